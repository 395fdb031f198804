"""The listener that a sender connects to: it passes bytes to the gateway behind it and back.

It can cut a connection or be gone for a while, as a network or a restart does, and it sees what gRPC
does not tell: connections in plain text, and handshakes that came to nothing.
"""

import socket
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from integration.kit.client.events import Connection, Ended, Opening

CHUNK = 64 << 10
AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER: close with a reset, nothing more is sent
HTTP2_PREFACE = b"PRI"
TLS_HANDSHAKE = 0x16
LOOK_SECONDS = 0.05


class ListenError(Exception):
    """The address can't be had; the text says what to do."""


@dataclass(slots=True)
class _Pair:
    """A connection from outside and its twin to the gateway."""

    number: int
    near: socket.socket
    far: socket.socket
    opened: float
    opening: Opening = Opening.NOTHING
    ended: Ended = Ended.OPEN
    closed: float | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def close(self, how: Ended, now: float) -> None:
        with self.lock:
            if self.ended is not Ended.OPEN:
                return
            self.ended, self.closed = how, now
        _close(self.near)
        _close(self.far)


class Front:
    """Has HOST:PORT at once, and takes connections once it is opened. `clock` gives seconds."""

    def __init__(self, listen: tuple[str, int], clock: Callable[[], float]) -> None:
        self._behind, self._clock = 0, clock
        self._lock, self._closing = threading.Lock(), False
        self._down, self._back_at = False, 0.0
        self._pairs: list[_Pair] = []
        self._by_port: dict[int, _Pair] = {}
        try:
            self._listening = _listening(listen)
        except OSError as error:
            raise ListenError(
                f"{listen[0]}:{listen[1]} can't be had: {error.strerror or error}; "
                "choose another address with --listen"
            ) from None
        self._at: tuple[str, int] = self._listening.getsockname()[:2]

    def open(self, behind: int) -> None:
        """Takes connections, and passes them to that port of this machine."""
        self._behind = behind
        self._begin(self._listening)

    @property
    def address(self) -> str:
        """HOST:PORT, with the port that was given."""
        host, port = self._at
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    def number_of(self, peer: str) -> int:
        """The number of the connection that gRPC calls `peer`; 0 if it is none of ours."""
        pair = self._by_port.get(_port(peer))
        return pair.number if pair else 0

    def cut(self, peer: str) -> None:
        """Resets the connection that gRPC calls `peer`."""
        pair = self._by_port.get(_port(peer))
        if pair:
            pair.close(Ended.CUT, self._clock())

    def go_down(self, seconds: float) -> None:
        """Resets every connection and refuses new ones for so long. Returns at once."""
        with self._lock:
            already, self._down = self._down, True
            self._back_at = max(self._back_at, time.monotonic() + seconds)
        _close(self._listening)
        for pair in self._all():
            pair.close(Ended.CUT, self._clock())
        if not already:
            threading.Thread(target=self._come_back, daemon=True).start()

    def close(self) -> None:
        """Ends for good."""
        with self._lock:
            self._closing = True
        _close(self._listening)
        for pair in self._all():
            pair.close(Ended.AT_THE_END, self._clock())

    def connections(self) -> tuple[Connection, ...]:
        """All that there were, in order."""
        return tuple(
            Connection(p.number, p.opened, p.opening, p.ended, p.closed) for p in self._all()
        )

    def _all(self) -> list[_Pair]:
        with self._lock:
            return list(self._pairs)

    def _come_back(self) -> None:
        while not self._closing:
            time.sleep(LOOK_SECONDS)
            with self._lock, suppress(OSError):  # somebody else has the port for a moment
                if time.monotonic() >= self._back_at and not self._closing:
                    self._listening = _listening(self._at)
                    self._down = False
                    self._begin(self._listening)
                    return

    def _begin(self, listening: socket.socket) -> None:
        threading.Thread(target=self._accept, args=(listening,), daemon=True).start()

    def _accept(self, listening: socket.socket) -> None:
        with suppress(OSError):  # closed: no more is accepted
            while True:
                near, _ = listening.accept()
                self._connect(near, listening)

    def _connect(self, near: socket.socket, listening: socket.socket) -> None:
        near.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            far = socket.create_connection(("127.0.0.1", self._behind))
        except OSError:  # the gateway behind has ended
            _close(near)
            return
        far.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._lock:
            pair = _Pair(len(self._pairs) + 1, near, far, self._clock())
            self._pairs.append(pair)
            self._by_port[far.getsockname()[1]] = pair
        if listening.fileno() < 0:  # gone down meanwhile
            pair.close(Ended.CUT, self._clock())
        for pump in (self._inward, self._outward):
            threading.Thread(target=pump, args=(pair,), daemon=True).start()

    def _inward(self, pair: _Pair) -> None:
        with suppress(OSError):
            while data := pair.near.recv(CHUNK):
                if pair.opening is Opening.NOTHING:
                    pair.opening = _opening(data)
                pair.far.sendall(data)
        pair.close(Ended.BY_SENDER, self._clock())

    def _outward(self, pair: _Pair) -> None:
        with suppress(OSError):
            while data := pair.far.recv(CHUNK):
                pair.near.sendall(data)
        pair.close(Ended.BY_GATEWAY, self._clock())


def _listening(at: tuple[str, int]) -> socket.socket:
    family = socket.AF_INET6 if ":" in at[0] else socket.AF_INET
    return socket.create_server(at, family=family, backlog=128)


def _opening(first: bytes) -> Opening:
    if first[0] == TLS_HANDSHAKE:
        return Opening.TLS
    return Opening.PLAINTEXT if first[:3] == HTTP2_PREFACE else Opening.OTHER


def _port(peer: str) -> int:
    port = peer.rpartition(":")[2]
    return int(port) if port.isdigit() else 0


def _close(one: socket.socket) -> None:
    with suppress(OSError):
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)  # wakes a thread that waits in it
    one.close()
