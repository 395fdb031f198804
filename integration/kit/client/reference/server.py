"""The reference gateway as a server: mutual TLS, the exchange, health, reflection."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import grpc
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from integration.kit.client.reference.handlers import SERVICE, Handlers

MAX_RECEIVE_BYTES = 32 << 20
CALLS_AT_ONCE = 256
OPTIONS = (
    ("grpc.max_receive_message_length", MAX_RECEIVE_BYTES),
    ("grpc.max_send_message_length", -1),
    ("grpc.http2.max_pings_without_data", 0),
    ("grpc.http2.min_recv_ping_interval_without_data_ms", 1_000),
    ("grpc.so_reuseport", 0),
)


class CertificateError(Exception):
    """Certificates that can't be used; the text names the file and what to do."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """PEM texts of the authority, the gateway's certificate and its key."""

    ca: bytes
    certificate: bytes
    key: bytes

    @classmethod
    def read(cls, folder: Path, name: str = "gateway") -> "Credentials":
        """Reads <name>.pem, <name>.key, and ca.pem there or one folder above.

        That is how `yrd certs` lays them out. Raises CertificateError.
        """
        ca = folder / "ca.pem"
        if not ca.exists() and (folder.parent / "ca.pem").exists():
            ca = folder.parent / "ca.pem"
        try:
            texts = [p.read_bytes() for p in (ca, folder / f"{name}.pem", folder / f"{name}.key")]
        except OSError as error:
            raise CertificateError(
                f"{error.filename}: {error.strerror}; name a folder with {name}.pem, {name}.key and "
                "ca.pem, such as the folder of a participant made by `yrd certs init`"
            ) from None
        made = cls(*texts)
        made.require_usable(folder / f"{name}.pem")
        return made

    def require_usable(self, path: Path) -> None:
        """Raises CertificateError, naming `path`, unless certificate and key belong together."""
        try:
            certificate = x509.load_pem_x509_certificate(self.certificate)
            x509.load_pem_x509_certificate(self.ca)
            key = load_pem_private_key(self.key, password=None)
        except (ValueError, TypeError) as error:
            raise CertificateError(
                f"{path} with its key and ca.pem: not in PEM without a password: {error}"
            ) from None
        if certificate.public_key() != key.public_key():
            raise CertificateError(f"{path}: the key beside it is another one's: issue both anew")


@contextmanager
def serving(handlers: Handlers, credentials: Credentials, listen: str) -> Iterator[int]:
    """Serves at HOST:PORT (port 0: any) until the block ends; gives the port. Raises OSError."""
    server = grpc.server(ThreadPoolExecutor(CALLS_AT_ONCE), options=OPTIONS)
    server.add_generic_rpc_handlers((handlers.generic_handler(),))
    healthy = health.HealthServicer()
    health_pb2_grpc.add_HealthServicer_to_server(healthy, server)
    names = (SERVICE, health.SERVICE_NAME, reflection.SERVICE_NAME)
    reflection.enable_server_reflection(names, server)
    tls = grpc.ssl_server_credentials(
        [(credentials.key, credentials.certificate)], credentials.ca, require_client_auth=True
    )
    try:
        port = server.add_secure_port(listen, tls)
    except RuntimeError as error:
        raise OSError(f"{listen} can't be had: {error}; choose another port") from None
    server.start()
    healthy.set("", health_pb2.HealthCheckResponse.SERVING)
    try:
        yield port
    finally:
        healthy.enter_graceful_shutdown()
        server.stop(grace=0.5).wait()
