"""What somebody shows of who they are: a certificate that TLS has verified, or an issuer's word."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.server.identity import UNREADABLE


@dataclass(frozen=True, slots=True)
class Shows:
    """Marks by which a person may be known, each as name and value."""

    means: Literal["certificate", "oidc"]
    credential: str
    """SHA-256 (hex): of the certificate, or of issuer, line feed and subject."""
    marks: tuple[tuple[str, str], ...]


@lru_cache(maxsize=1024)
def of_certificate(pem: bytes) -> tuple[Shows, datetime] | None:
    """What a certificate shows, and until when (aware). None for one that X.509 forbids."""
    try:
        read = x509.load_pem_x509_certificate(pem)
        digest = sha256(read.public_bytes(Encoding.DER)).hexdigest()
        marks = [
            ("fingerprint", digest),
            ("serial", f"{read.serial_number:x}"),
            ("subject", read.subject.rfc4514_string()),
            *(("uri", uri) for uri in _uris(read)),
        ]
        return Shows("certificate", digest, tuple(marks)), read.not_valid_after_utc
    except UNREADABLE:
        return None


def _uris(read: x509.Certificate) -> list[str]:
    try:
        names = read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return names.get_values_for_type(x509.UniformResourceIdentifier)


def certificate(pem: bytes | None, now: float) -> Shows | None:
    """The same for one that may be missing or over; `now` in seconds since 1970."""
    found = of_certificate(pem) if pem else None
    return found[0] if found and now < found[1].timestamp() else None


def of_issuer(issuer: str, subject: str) -> Shows:
    """What an issuer says."""
    digest = sha256(f"{issuer}\n{subject}".encode()).hexdigest()
    return Shows("oidc", digest, (("oidc_subject", subject),))
