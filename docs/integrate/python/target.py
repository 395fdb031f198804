"""Which gateway, and who we are."""

import argparse
from pathlib import Path

import grpc

OPTIONS = (
    # above the largest answer of a gateway; gRPC's own default of 4 MiB is not
    ("grpc.max_receive_message_length", 32 << 20),
    # a quiet subscription would otherwise not notice a cut cable
    ("grpc.keepalive_time_ms", 20_000),
    # look for the gateway again soon when it was away
    ("grpc.max_reconnect_backoff_ms", 2_000),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments that `connect` reads. All files are PEM."""
    parser.add_argument("--gateway", default="127.0.0.1:7310", help="HOST:PORT of the own gateway")
    parser.add_argument("--ca", type=Path, default="ca.pem", help="the certificate authority")
    parser.add_argument("--certificate", type=Path, default="system.pem", help="our certificate")
    parser.add_argument("--key", type=Path, default="system.key", help="its private key")


def connect(arguments: argparse.Namespace) -> grpc.Channel:
    """A channel with mutual TLS. It does not wait for the gateway: a call does. Raises OSError."""
    credentials = grpc.ssl_channel_credentials(
        root_certificates=arguments.ca.read_bytes(),
        private_key=arguments.key.read_bytes(),
        certificate_chain=arguments.certificate.read_bytes(),
    )
    return grpc.secure_channel(arguments.gateway, credentials, OPTIONS)
