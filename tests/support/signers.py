"""Issuers of alerts: keys with certificates of their own, as values and as files."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey


class Issuer(NamedTuple):
    """A key with its certificate."""

    key: Key
    certificate: x509.Certificate

    def files(self, folder: Path) -> tuple[Path, Path]:
        """Certificate and key in PEM."""
        certificate, key = folder / "issuer.pem", folder / "issuer.key"
        certificate.write_bytes(self.certificate.public_bytes(Encoding.PEM))
        key.write_bytes(self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return certificate, key


def issuer(name: str, key: Key | None = None, *, days: int = 1) -> Issuer:
    """One whose certificate ends in some days, or ended."""
    held = key or ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = x509.CertificateBuilder(who, who, held.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now - timedelta(days=9)).not_valid_after(
        now + timedelta(days=days)
    )
    digest = None if isinstance(held, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return Issuer(held, made.sign(held, digest))
