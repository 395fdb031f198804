"""A server that speaks TLS with certificates of a test's choice, and one that speaks none."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def context(certificate: Path, key: Path, clients: Path) -> ssl.SSLContext:
    """Wants a client's certificate of that CA, as a gateway does."""
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=clients)
    made.load_cert_chain(certificate, key)
    made.verify_mode = ssl.CERT_REQUIRED
    return made


@contextmanager
def serving(secure: ssl.SSLContext | None) -> Iterator[str]:
    """HOST:PORT of a server that says one byte to whoever comes; without TLS a line of text."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=_serve, args=(listening, secure))
        thread.start()
        try:
            yield f"127.0.0.1:{listening.getsockname()[1]}"
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join()


def _serve(listening: socket.socket, secure: ssl.SSLContext | None) -> None:
    while True:
        try:
            plain, _ = listening.accept()
        except OSError:
            return
        with plain, contextlib.suppress(OSError):  # of TLS, too
            if secure is None:
                plain.sendall(b"220 ready\r\n")
                continue
            with secure.wrap_socket(plain, server_side=True) as told:
                told.sendall(b"x")
