"""A TCP proxy that can fall silent, or close everything and refuse, as a broken network does."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import yaml

from integration.stack import Stack

CHUNK = 64 << 10
AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER: close with a reset, nothing more is sent


class Proxy:
    """Listens on a port, of its own unless told, and passes bytes to `target` (HOST:PORT) and back."""

    def __init__(self, target: str, port: int = 0) -> None:
        host, _, number = target.rpartition(":")
        self._target = (host, int(number))
        self._forth, self._back = threading.Event(), threading.Event()
        self._bytes_left: int | None = None
        self._lock, self._refusing = threading.Lock(), False
        self._sockets: set[socket.socket] = set()
        self._listening = socket.create_server(("127.0.0.1", port))
        self.address = f"127.0.0.1:{self._listening.getsockname()[1]}"
        self._pass()
        self._accept_from(self._listening)

    def _pass(self) -> None:
        self._forth.set()
        self._back.set()

    def fall_silent(self, *, forth: bool = True, back: bool = True) -> None:
        """Passes no byte any more; connections stay open, and new ones are taken and left waiting.

        `forth` is the way to the target, `back` the one from it.
        """
        for passing, silent in ((self._forth, forth), (self._back, back)):
            if silent:
                passing.clear()

    def cut_after(self, count: int) -> None:
        """Resets every connection once so many more bytes have passed, wherever in a frame that is."""
        with self._lock:
            self._bytes_left = count

    def refuse(self) -> None:
        """Resets every connection and takes no new one."""
        _close(self._listening)
        with self._lock:
            self._refusing = True
        self._reset()

    def _reset(self) -> None:
        with self._lock:
            self._bytes_left = None
            sockets, self._sockets = self._sockets, set()
        for one in sockets:
            _close(one)

    def pass_on(self) -> None:
        """All is well again."""
        self._pass()
        if self._refusing:
            self._refusing = False
            host, _, port = self.address.rpartition(":")
            self._listening = socket.create_server((host, int(port)))
            self._accept_from(self._listening)

    def close(self) -> None:
        """Ends for good."""
        self.refuse()
        self._pass()

    def _accept_from(self, listening: socket.socket) -> None:
        threading.Thread(target=self._accept, args=(listening,), daemon=True).start()

    def _accept(self, listening: socket.socket) -> None:
        with suppress(OSError):  # closed: no more is accepted
            while True:
                near, _ = listening.accept()
                threading.Thread(target=self._connect, args=(near,), daemon=True).start()

    def _connect(self, near: socket.socket) -> None:
        try:
            far = socket.create_connection(self._target)
        except OSError:  # the gateway behind is not there
            _close(near)
            return
        with self._lock:
            refused = self._refusing  # while it was being connected
            self._sockets |= set() if refused else {near, far}
        if refused:
            _close(near)
            _close(far)
            return
        threading.Thread(target=self._pump, args=(far, near, self._back), daemon=True).start()
        self._pump(near, far, self._forth)

    def _pump(self, source: socket.socket, sink: socket.socket, passing: threading.Event) -> None:
        with suppress(OSError):
            while data := source.recv(CHUNK):
                passing.wait()
                allowed = self._allowed(len(data))
                sink.sendall(data[:allowed])
                if allowed < len(data):
                    self._reset()
        for one in (source, sink):
            _close(one)
            with self._lock:
                self._sockets.discard(one)

    def _allowed(self, count: int) -> int:
        """How many of so many bytes may still pass."""
        with self._lock:
            if self._bytes_left is None:
                return count
            allowed = min(count, self._bytes_left)
            self._bytes_left -= allowed
            return allowed


def _close(one: socket.socket) -> None:
    with suppress(OSError):
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)  # wakes a thread that waits in it
    one.close()


@contextmanager
def between(stack: Stack, participant: str, others: list[str]) -> Iterator[list[Proxy]]:
    """Puts a proxy on each way between a participant's gateway and others, before they start."""
    ways = [(participant, other) for other in others] + [(other, participant) for other in others]
    proxies = []
    for follower, followed in ways:
        proxy = Proxy(stack.members[followed].address)
        _set_address(stack.members[follower].config, followed, proxy.address)
        proxies.append(proxy)
    try:
        yield proxies
    finally:
        for proxy in proxies:
            proxy.close()


def _set_address(config: Path, peer: str, address: str) -> None:
    content = yaml.safe_load(config.read_text())
    for entry in content["peers"]:
        if entry["participant"] == peer:
            entry["address"] = address
    config.write_text(yaml.safe_dump(content, allow_unicode=True))
    set_heartbeat(config, 0.25)


def set_heartbeat(config: Path, seconds: float) -> None:
    """How often a gateway says that it is there; after four that are missing its peers notice."""
    content = yaml.safe_load(config.read_text())
    content["limits"] = {"heartbeat_seconds": seconds}
    config.write_text(yaml.safe_dump(content, allow_unicode=True))
