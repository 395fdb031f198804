"""A channel to a gateway over mutual TLS."""

from pathlib import Path

import grpc
import grpc.aio

OPTIONS = (
    ("grpc.max_receive_message_length", 32 << 20),
    ("grpc.max_send_message_length", 32 << 20),
    ("grpc.keepalive_time_ms", 20_000),
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.max_reconnect_backoff_ms", 2_000),
)


def connect(address: str, ca: Path, certificate: Path, key: Path) -> grpc.Channel:
    """A channel to HOST:PORT. The files are PEM. Raises OSError if one can't be read."""
    return grpc.secure_channel(address, _credentials(ca, certificate, key), OPTIONS)


def connect_async(address: str, ca: Path, certificate: Path, key: Path) -> grpc.aio.Channel:
    """The same for the running event loop. A stream reads little ahead of who reads it."""
    options = (*OPTIONS, ("grpc.http2.bdp_probe", 0))
    return grpc.aio.secure_channel(address, _credentials(ca, certificate, key), options)


def _credentials(ca: Path, certificate: Path, key: Path) -> grpc.ChannelCredentials:
    roots, chain, secret = (path.read_bytes() for path in (ca, certificate, key))
    return grpc.ssl_channel_credentials(roots, secret, chain)
