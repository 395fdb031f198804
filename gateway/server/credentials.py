"""Certificates of this gateway and of the CA, and what the CA has revoked; read anew without a restart."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import grpc
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from gateway.config import ConfigError, Tls
from gateway.errors import IdentityUnknown
from gateway.server.identity import UNREADABLE, Certificate

logger = logging.getLogger(__name__)

WARN_BEFORE = timedelta(days=30)
Serial = tuple[bytes, int]
"""Issuer (DER name) and serial number."""


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """What the files said when they were read. Times are aware."""

    paths: Tls
    ca: bytes
    certificate: bytes
    key: bytes
    authorities: frozenset[tuple[bytes, bytes]]
    """DER names of the CAs, each with the identifier of its key."""
    not_after: datetime
    revoked: dict[Serial, datetime]
    issued: datetime | None = None
    """When the list of revocations was made; None without a list."""
    next_update: datetime | None = None


def read_tls(tls: Tls) -> TlsFiles:
    """Reads and checks the files. Raises ConfigError."""
    ca, certificate, key = map(_read, (tls.ca, tls.certificate, tls.key))
    try:
        authorities = x509.load_pem_x509_certificates(ca)
    except UNREADABLE as error:
        raise ConfigError(f"tls.ca: {tls.ca}: no PEM certificates: {error}") from None
    not_after = _require_pair(tls, certificate, key)
    names = frozenset((ca.subject.public_bytes(), _key_of(ca)) for ca in authorities)
    files = TlsFiles(tls, ca, certificate, key, names, not_after, {})
    return files if tls.crl is None else _with_revocations(files, tls.crl, authorities)


def _key_of(authority: x509.Certificate) -> bytes:
    try:
        named = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    except x509.ExtensionNotFound:
        return b""
    return named.value.digest


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(f"tls: {path}: {error.strerror}") from None


def _require_pair(tls: Tls, certificate: bytes, key: bytes) -> datetime:
    try:
        own = x509.load_pem_x509_certificate(certificate)
    except UNREADABLE as error:
        raise ConfigError(f"tls.certificate: {tls.certificate}: {error}") from None
    try:
        public = load_pem_private_key(key, password=None).public_key()
    except (ValueError, TypeError) as error:
        raise ConfigError(f"tls.key: {tls.key}: {error}") from None
    form = Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    if public.public_bytes(*form) != own.public_key().public_bytes(*form):
        raise ConfigError(f"tls: {tls.key} is not the key of {tls.certificate}")
    return own.not_valid_after_utc


def _with_revocations(
    files: TlsFiles, path: Path, authorities: Sequence[x509.Certificate]
) -> TlsFiles:
    revoked: dict[Serial, datetime] = {}
    issued, due = list[datetime](), list[datetime]()
    for pem in _split(_read(path), path):
        try:
            found = x509.load_pem_x509_crl(pem)
            if not any(_signed(found, authority) for authority in authorities):
                raise ConfigError(f"tls.crl: {path}: not signed by a CA of tls.ca")
            issuer = found.issuer.public_bytes()
            revoked |= {(issuer, r.serial_number): r.revocation_date_utc for r in found}
        except UNREADABLE as error:
            raise ConfigError(f"tls.crl: {path}: no list of revocations: {error}") from None
        issued.append(found.last_update_utc)
        if found.next_update_utc is not None:
            due.append(found.next_update_utc)
    return replace(files, revoked=revoked, issued=min(issued), next_update=min(due, default=None))


def _split(content: bytes, path: Path) -> list[bytes]:
    end = b"-----END X509 CRL-----"
    found = [part + end for part in content.split(end)[:-1]]
    if not found:
        raise ConfigError(f"tls.crl: {path}: no PEM list of revocations (X509 CRL)")
    return found


def _signed(found: x509.CertificateRevocationList, authority: x509.Certificate) -> bool:
    if found.issuer != authority.subject:
        return False
    try:
        return found.is_signature_valid(authority.public_key())  # type: ignore[arg-type]
    except (InvalidSignature, TypeError):
        return False


def _server_configuration(files: TlsFiles) -> grpc.ServerCertificateConfiguration:
    return grpc.ssl_server_certificate_configuration([(files.key, files.certificate)], files.ca)


class Credentials:
    """The files as they were read last, and what follows from them."""

    def __init__(self, tls: Tls, now: Callable[[], datetime]) -> None:
        self._tls, self._now = tls, now
        self._distrusted: frozenset[tuple[bytes, bytes]] = frozenset()
        self._seen = self._stamps()
        self.files = read_tls(tls)
        self._serving = self.files

    def read(self, tls: Tls | None = None) -> TlsFiles:
        """Reads the files anew, or others. Raises ConfigError; changes nothing."""
        tls, held = tls or self._tls, self.files
        fresh = read_tls(tls)
        if held.issued is not None and (fresh.issued is None or fresh.issued < held.issued):
            raise ConfigError(
                f"tls.crl: {tls.crl}: older than the list in force: what that revokes would be "
                "good again; get the newest list"
            )
        return fresh

    def take(self, fresh: TlsFiles) -> list[str]:
        """Puts into effect what was read; names what changed."""
        held, self.files, self._tls = self.files, fresh, fresh.paths
        gone = held.authorities - fresh.authorities
        self._distrusted = (self._distrusted | gone) - fresh.authorities
        parts = {
            "certificate authority": held.ca != fresh.ca,
            "certificate": (held.certificate, held.key) != (fresh.certificate, fresh.key),
            "revocations": held.revoked != fresh.revoked,
        }
        return [name for name, changed in parts.items() if changed]

    def changed_on_disk(self) -> bool:
        """Whether a file is another than at the last look. Reads times and sizes only."""
        before, self._seen = self._seen, self._stamps()
        return before != self._seen

    def _stamps(self) -> list[tuple[int, int, int]]:
        paths = [self._tls.ca, self._tls.certificate, self._tls.key, self._tls.crl]
        return [_stamp(path) for path in paths if path is not None]

    def server(self) -> grpc.ServerCredentials:
        """For a server: each handshake uses what is in force then."""
        self._serving = self.files
        return grpc.dynamic_ssl_server_credentials(
            _server_configuration(self.files),
            self._changed_configuration,  # type: ignore[arg-type]  # grpc documents None, its types don't
            True,
        )

    def _changed_configuration(self) -> grpc.ServerCertificateConfiguration | None:
        """None while nothing has changed: what gRPC replaces, it frees under other handshakes.

        Given anew for each handshake, that ended one start of a gateway in a hundred by SIGSEGV
        (github.com/grpc/grpc/issues/36693).
        """
        files = self.files
        if files is self._serving:
            return None
        self._serving = files
        return _server_configuration(files)

    def channel(self) -> grpc.ChannelCredentials:
        """For a new connection to a peer."""
        return grpc.ssl_channel_credentials(self.files.ca, self.files.key, self.files.certificate)

    def refusal(self, certificate: Certificate) -> IdentityUnknown | None:
        """Why a caller's certificate is no longer good, or None."""
        revoked = self.files.revoked.get((certificate.issuer, certificate.serial))
        number = f"the certificate with serial number {certificate.serial:x}"
        if revoked is not None:
            return IdentityUnknown(
                f"{number} was revoked on {revoked:%Y-%m-%d %H:%M} UTC: ask your CA for another"
            )
        if certificate.not_after < self._now():
            return IdentityUnknown(
                f"{number} expired on {certificate.not_after:%Y-%m-%d %H:%M} UTC: renew it, and connect "
                "with the new one"
            )
        if (certificate.issuer, certificate.issuer_key) in self._distrusted:
            return IdentityUnknown(
                f"{number} is of a CA that this gateway no longer trusts: ask the CA that it does trust"
            )
        return None

    def warnings(self) -> list[str]:
        """What an operator has to see to soon."""
        now, files, found = self._now(), self.files, list[str]()
        left = files.not_after - now
        if left < timedelta(0):
            found.append(
                f"this gateway's certificate expired on {files.not_after:%Y-%m-%d}: renew it"
            )
        elif left < WARN_BEFORE:
            found.append(
                f"this gateway's certificate expires on {files.not_after:%Y-%m-%d}, in {left.days} "
                "days: renew it"
            )
        if files.next_update is not None and files.next_update < now:
            found.append(
                f"the list of revocations was due to be renewed on {files.next_update:%Y-%m-%d}; it "
                "stays in force: get the newest list from the CA"
            )
        return found


def _stamp(path: Path) -> tuple[int, int, int]:
    try:
        found = path.stat()
    except OSError:
        return (0, 0, 0)
    return (found.st_mtime_ns, found.st_size, found.st_ino)


def utc_now() -> datetime:
    """Aware."""
    return datetime.now(UTC)
