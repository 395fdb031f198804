"""The gateway under test, and connections to it as each role."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import grpc

from integration.kit.setup import Setup, SetupError

EXCHANGE = "/yrd.exchange.v1.ExchangeService/"
REPLICATION = "/yrd.exchange.v1.ReplicationService/"
ADMIN = "/yrd.exchange.v1.AdminService/"
AUDIT = "/yrd.exchange.v1.AuditService/"
OPTIONS = (
    ("grpc.max_receive_message_length", 64 << 20),
    ("grpc.max_send_message_length", -1),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 1_000),
)


class Unreachable(Exception):
    """No gateway answers; the text says where."""


@dataclass(slots=True)
class Target:
    """Calls methods with bare bytes, so that any bytes can be sent. Safe from any thread.

    `seconds` is how long a call may take, `patience_seconds` how long what must come may take.
    """

    address: str
    setup: Setup
    seconds: float = 10.0
    patience_seconds: float = 20.0
    _channels: dict[str, grpc.Channel] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def channel(self, role: str) -> grpc.Channel:
        """The channel of a role, made once. Raises SetupError."""
        with self._lock:
            if role not in self._channels:
                self._channels[role] = self.fresh_channel(role)
            return self._channels[role]

    def fresh_channel(self, role: str) -> grpc.Channel:
        """A channel of its own; the caller closes it. Raises SetupError."""
        pair = self.setup.pair(role)
        try:
            ca = (self.setup.folder / "ca.pem").read_bytes()
            pem, key = (path.read_bytes() for path in pair) if pair else (None, None)
        except OSError as error:
            raise SetupError(f"{error.filename}: {error.strerror}; make the folder anew") from None
        credentials = grpc.ssl_channel_credentials(ca, key, pem)
        options = [*OPTIONS, ("grpc.use_local_subchannel_pool", 1)]
        return grpc.secure_channel(self.address, credentials, options)

    def unary(self, role: str, method: str, request: bytes, response: type[Any]) -> Any:
        """One answer. Raises grpc.RpcError."""
        call: Any = self.channel(role).unary_unary(method, None, response.FromString)
        return call(request, timeout=self.seconds)

    def stream(
        self, role: str, method: str, requests: Iterable[bytes], response: Callable[[bytes], Any]
    ) -> Any:
        """A call that iterates over answers and can be cancelled. Raises grpc.RpcError."""
        call: Any = self.channel(role).stream_stream(method, None, response)
        return call(iter(requests), timeout=self.seconds)

    def require_reachable(self, seconds: float = 5.0) -> None:
        """Raises Unreachable unless a connection as the console can be made."""
        try:
            grpc.channel_ready_future(self.channel("console")).result(seconds)
        except grpc.FutureTimeoutError:
            raise Unreachable(
                f"no gateway answers at {self.address} over mutual TLS; check the address, that it "
                f"runs, and that its certificate is one that {self.setup.folder / 'ca.pem'} vouches for"
            ) from None

    def close(self) -> None:
        """Closes all channels; the next call opens a fresh one."""
        with self._lock:
            for channel in self._channels.values():
                channel.close()
            self._channels.clear()
