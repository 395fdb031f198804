"""Certificates that nobody should be given."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from integration.certs import Authority

NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "310000 console")])


def issue_with_uris(
    authority: Authority,
    folder: Path,
    system: str,
    uris: Sequence[str],
    valid: timedelta = timedelta(days=1),
) -> None:
    """Makes folder/<system>.pem and .key with these URIs, or with no alternative name at all."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(NAME)
        .issuer_name(authority.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + valid)
    )
    if uris:
        names = [x509.UniformResourceIdentifier(uri) for uri in uris]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    certificate = builder.sign(authority.key, hashes.SHA256())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / f"{system}.key").write_bytes(pem)
    (folder / f"{system}.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
