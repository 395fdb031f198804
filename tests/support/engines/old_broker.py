"""A broker of 2017 (0.10.2, no transactions) or of 2019 (2.4, none that follow a group) as far as a
client asks it before it works.

It speaks Kafka's protocol: each message has its length (4 bytes) before it; a request begins with key,
version and correlation id, and the answer with that id.
"""

import socket
import socketserver
import ssl
import struct
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

METADATA, OFFSET_FETCH, API_VERSIONS, UNSUPPORTED = 3, 9, 18, 35
Known = Sequence[tuple[int, int, int]]
# key, oldest and newest version of each request that it knows
KNOWN_2017 = [
    (0, 0, 2),
    (1, 0, 3),
    (2, 0, 1),
    (METADATA, 0, 2),
    *((key, 0, 2) for key in (8, 9, 11)),
    *((key, 0, 1) for key in (12, 13, 14, 19, 20)),
    (10, 0, 0),
    (15, 0, 0),
    (16, 0, 0),
    (17, 0, 0),
    (API_VERSIONS, 0, 0),
]
KNOWN_2019 = [row for row in KNOWN_2017 if row[0] != OFFSET_FETCH] + [
    (OFFSET_FETCH, 0, 6),
    (22, 0, 1),
    *((key, 0, 1) for key in (24, 25, 26)),
    (28, 0, 2),
]


class _Conversation(socketserver.StreamRequestHandler):
    server: "_Server"

    def handle(self) -> None:
        while len(head := self.rfile.read(4)) == 4:
            request = self.rfile.read(int.from_bytes(head, "big"))
            key, version, correlation = struct.unpack(">hhi", request[:8])
            body = self._answer(key, version)
            self.wfile.write(struct.pack(">ii", len(body) + 4, correlation) + body)

    def _answer(self, key: int, version: int) -> bytes:
        if key == API_VERSIONS:
            error = UNSUPPORTED if version else 0
            rows = self.server.known
            return struct.pack(">hi", error, len(rows)) + b"".join(
                struct.pack(">hhh", *row) for row in rows
            )
        assert key == METADATA, f"request {key} is not known to this broker"
        _, port = self.connection.getsockname()
        broker = struct.pack(">i", 1) + _text("127.0.0.1") + struct.pack(">ih", port, -1)
        return struct.pack(">i", 1) + broker + _text("old") + struct.pack(">ii", 1, 0)


def _text(text: str) -> bytes:
    return struct.pack(">h", len(text)) + text.encode()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True
    address_family = socket.AF_INET

    def __init__(self, known: Known, tls: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.known = known
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_side=True)


@contextmanager
def old_broker(known: Known, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """Its address, as HOST:PORT, until the block ends."""
    with _Server(known, tls) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
