"""A channel to a gateway over mutual TLS."""

from pathlib import Path

import grpc

OPTIONS = (
    ("grpc.max_receive_message_length", 32 << 20),
    ("grpc.max_send_message_length", 32 << 20),
    ("grpc.keepalive_time_ms", 20_000),
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.max_reconnect_backoff_ms", 2_000),
)


def connect(address: str, ca: Path, certificate: Path, key: Path) -> grpc.Channel:
    """A channel to HOST:PORT. The files are PEM. Raises OSError if one can't be read."""
    roots, chain, secret = (path.read_bytes() for path in (ca, certificate, key))
    credentials = grpc.ssl_channel_credentials(roots, secret, chain)
    return grpc.secure_channel(address, credentials, OPTIONS)
