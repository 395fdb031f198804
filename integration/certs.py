"""Development certificates and keys: a CA of one's own, and what each participant needs.

For trying things and for drills. A province uses its own CA.
"""

import ipaddress
from collections.abc import Sequence
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
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    folder.mkdir(parents=True, exist_ok=True)
    _write_secret(folder / "ca.key", _pem(key))
    (folder / "ca.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    authority = Authority(certificate, key)
    _write_revocations(authority, folder, [])
    return authority


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
        .add_extension(_issuer(authority), critical=False)
        .sign(authority.key, hashes.SHA256())
    )
    folder.mkdir(parents=True, exist_ok=True)
    _write_secret(folder / f"{system}.key", _pem(key))
    path = folder / f"{system}.pem"
    _replace(path, certificate.public_bytes(Encoding.PEM))
    return path


def renew(folder: Path, participant: str, system: str) -> Path:
    """Makes a new certificate and key in place of a system's. Returns the certificate's path."""
    path = folder / participant / f"{system}.pem"
    if not path.exists():
        raise CertificateFileError(f"{path}: no such certificate; make it with `yrd certs issue`")
    return issue(load_authority(folder), folder / participant, participant, system)


def revoke(folder: Path, participant: str, system: str) -> int:
    """Puts a system's certificate on the list crl.pem. Returns its serial number."""
    path = folder / participant / f"{system}.pem"
    try:
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError) as error:
        raise CertificateFileError(f"{path}: {error}") from None
    authority, held = load_authority(folder), list[x509.RevokedCertificate]()
    listed = folder / "crl.pem"
    if listed.exists():
        held = list(x509.load_pem_x509_crl(listed.read_bytes()))
    if certificate.serial_number in {one.serial_number for one in held}:
        raise CertificateFileError(f"{path}: it is revoked already; renew it for a new one")
    builder = x509.RevokedCertificateBuilder().serial_number(certificate.serial_number)
    held.append(builder.revocation_date(datetime.now(UTC)).build())
    _write_revocations(authority, folder, held)
    return certificate.serial_number


def _write_revocations(
    authority: Authority, folder: Path, revoked: Sequence[x509.RevokedCertificate]
) -> None:
    now = datetime.now(UTC)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.certificate.subject)
        .last_update(now)
        .next_update(now + VALID)
    )
    for one in revoked:
        builder = builder.add_revoked_certificate(one)
    made = builder.sign(authority.key, hashes.SHA256()).public_bytes(Encoding.PEM)
    _replace(folder / "crl.pem", made)


def make_signing_keys(folder: Path, participant: str, mark: str = "") -> None:
    """Makes log.key and witness.key with their public halves log.vkey and witness.vkey.

    With a mark they are log-MARK.key and so on. Raises CertificateFileError if they are there.
    """
    names = {"log": (log_origin(participant), LOG), "witness": (witness_name(participant), WITNESS)}
    folder.mkdir(parents=True, exist_ok=True)
    for kind_name, (name, kind) in names.items():
        file = f"{kind_name}-{mark}" if mark else kind_name
        if mark and (folder / f"{file}.key").exists():
            raise CertificateFileError(f"{folder / file}.key exists: choose another --mark")
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


def _issuer(authority: Authority) -> x509.AuthorityKeyIdentifier:
    """Tells two CAs of one name apart, as when the old one and the new one are both trusted."""
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())


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
    fresh = path.with_name(f".{path.name}.new")
    fresh.touch(mode=0o600, exist_ok=True)
    fresh.write_bytes(content)
    fresh.replace(path)


def _replace(path: Path, content: bytes) -> None:
    """Whoever reads the file finds the old content or the new, whole."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_bytes(content)
    fresh.replace(path)
