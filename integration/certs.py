"""Development certificates and keys: a CA of one's own, and what each participant needs.

For trying things and for drills. A province uses its own CA.
"""

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from gateway.log.checkpoint import log_origin, witness_name
from gateway.log.note import LOG, WITNESS, encode_vkey

PARTICIPANTS = ("310000", "320000", "330000", "340000", "joint")
SYSTEMS = ("gateway", "console")
VALID = timedelta(days=365)


class CertificateFileError(Exception):
    """A file that stands in the way or is missing; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate authority."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def make_authority(folder: Path) -> Authority:
    """Makes ca.pem and ca.key. Raises CertificateFileError if there is a CA already."""
    if (folder / "ca.pem").exists():
        raise CertificateFileError(f"{folder / 'ca.pem'} exists: choose another folder, or use it")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "yrd development CA")])
    certificate = (
        _builder(name, name, key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder.mkdir(parents=True, exist_ok=True)
    _write_secret(folder / "ca.key", _pem(key))
    (folder / "ca.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    return Authority(certificate, key)


def load_authority(folder: Path) -> Authority:
    """Reads ca.pem and ca.key. Raises CertificateFileError."""
    try:
        certificate = x509.load_pem_x509_certificate((folder / "ca.pem").read_bytes())
        key = load_pem_private_key((folder / "ca.key").read_bytes(), password=None)
    except OSError as error:
        raise CertificateFileError(
            f"{error.filename}: {error.strerror}; make a CA with `yrd certs init --dir {folder}`"
        ) from None
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise CertificateFileError(f"{folder / 'ca.key'}: not an elliptic-curve key")
    return Authority(certificate, key)


def issue(authority: Authority, folder: Path, participant: str, system: str) -> Path:
    """Makes folder/<system>.pem and .key for one system. Returns the certificate's path."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{participant} {system}")])
    names = x509.SubjectAlternativeName(
        [
            x509.UniformResourceIdentifier(f"yrd://participant/{participant}/{system}"),
            x509.DNSName("localhost"),
            x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
        ]
    )
    usage = x509.ExtendedKeyUsage(
        [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH]
    )
    certificate = (
        _builder(subject, authority.certificate.subject, key.public_key())
        .add_extension(names, critical=False)
        .add_extension(usage, critical=False)
        .sign(authority.key, hashes.SHA256())
    )
    folder.mkdir(parents=True, exist_ok=True)
    _write_secret(folder / f"{system}.key", _pem(key))
    path = folder / f"{system}.pem"
    path.write_bytes(certificate.public_bytes(Encoding.PEM))
    return path


def make_signing_keys(folder: Path, participant: str) -> None:
    """Makes log.key and witness.key with their public halves log.vkey and witness.vkey."""
    names = {"log": (log_origin(participant), LOG), "witness": (witness_name(participant), WITNESS)}
    folder.mkdir(parents=True, exist_ok=True)
    for file, (name, kind) in names.items():
        key = ed25519.Ed25519PrivateKey.generate()
        public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        _write_secret(folder / f"{file}.key", _pem(key))
        (folder / f"{file}.vkey").write_text(f"{encode_vkey(name, kind, public)}\n")


def make_all(folder: Path) -> None:
    """A CA, and for each participant certificates of its gateway and console, and signing keys."""
    authority = make_authority(folder)
    for participant in PARTICIPANTS:
        for system in SYSTEMS:
            issue(authority, folder / participant, participant, system)
        make_signing_keys(folder / participant, participant)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + VALID)
    )


def _pem(key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write_secret(path: Path, content: bytes) -> None:
    path.touch(mode=0o600, exist_ok=True)
    path.write_bytes(content)
