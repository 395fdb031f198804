"""Certificates of the kit's roles: those that a gateway must take, and those that it must not."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from integration.certs import Authority

_LEAD = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Kind:
    """What is in a certificate. Validity in days from now; `hosts` for those that listen."""

    uris: Sequence[str]
    from_days: float = 0.0
    until_days: float = 365.0
    hosts: Sequence[str] = ()


def issue(authority: Authority, folder: Path, stem: str, kind: Kind) -> None:
    """Makes folder/<stem>.pem and folder/<stem>.key."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"yrd kit {stem}")]))
        .issuer_name(authority.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _LEAD + timedelta(days=kind.from_days))
        .not_valid_after(now + timedelta(days=kind.until_days))
    )
    usage = [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH]
    builder = builder.add_extension(x509.ExtendedKeyUsage(usage), critical=False)
    names = _names(kind)
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    certificate = builder.sign(authority.key, hashes.SHA256())
    secret = folder / f"{stem}.key"
    secret.touch(mode=0o600, exist_ok=True)
    secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (folder / f"{stem}.pem").write_bytes(certificate.public_bytes(Encoding.PEM))


def _names(kind: Kind) -> list[x509.GeneralName]:
    names: list[x509.GeneralName] = [x509.UniformResourceIdentifier(uri) for uri in kind.uris]
    return [*names, *map(_host, kind.hosts)]


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
