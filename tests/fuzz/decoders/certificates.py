"""Certificates of callers, and what a CA has revoked."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from gateway.config import ConfigError, Tls
from gateway.errors import GatewayError
from gateway.server.credentials import read_tls
from gateway.server.identity import caller_of, certificate_of
from integration import certs
from tests.fuzz.target import Target
from tests.support.materials import Materials


def targets(materials: Materials, folder: Path) -> list[Target]:
    """Who calls, until when, and whether still."""
    pems = [path.read_bytes() for path in sorted(materials.folder.glob("*/*.pem"))]

    plain: Callable[[bytes], Any] = caller_of.__wrapped__
    other: Callable[[bytes], Any] = certificate_of.__wrapped__
    own, listed = materials.folder / "310000", folder / "crl.pem"
    certs.issue(certs.load_authority(materials.folder), own, "310000", "lost")
    certs.revoke(materials.folder, "310000", "lost")
    files = own / "gateway.pem", own / "gateway.key"
    tls = Tls(ca=materials.folder / "ca.pem", certificate=files[0], key=files[1], crl=listed)
    sample = (materials.folder / "crl.pem").read_bytes()

    def revocations(data: bytes) -> object:
        listed.write_bytes(data)
        return read_tls(tls)

    return [
        Target("revocations", revocations, [sample], (ConfigError,), 0.5),
        Target("certificate's name", plain, pems, (GatewayError,)),
        Target("certificate's end", other, pems, (GatewayError,)),
    ]
