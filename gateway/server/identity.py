"""Who calls, from the certificate that the TLS handshake has verified."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from cryptography import x509

from gateway.errors import IdentityUnknown
from gateway.exchange.access import Caller

UNREADABLE = (
    ValueError,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
    x509.InvalidVersion,
)
_URI = re.compile(r"yrd://participant/([a-z0-9]+)/([a-z0-9][a-z0-9._-]*)")


@dataclass(frozen=True, slots=True)
class Certificate:
    """What is asked of a caller's certificate while a call is open."""

    issuer: bytes
    """DER name."""
    issuer_key: bytes
    """Identifier of the issuer's key; empty if the certificate does not say."""
    serial: int
    not_after: datetime
    """Aware."""


def identify(context: Any) -> Caller:
    """The caller of a request. Raises IdentityUnknown."""
    return caller_of(pem_of(context))


def pem_of(context: Any) -> bytes:
    """The caller's certificate. Raises IdentityUnknown."""
    auth: Mapping[str, Iterable[bytes]] = context.auth_context()
    pem = next(iter(auth.get("x509_pem_cert", ())), None)
    if pem is None:
        raise IdentityUnknown(
            "no client certificate: connect with mutual TLS and a certificate of your participant"
        )
    return pem


@lru_cache(maxsize=256)
def certificate_of(pem: bytes) -> Certificate:
    """Issuer, serial number and end of a certificate."""
    read = _read(pem)
    try:
        named = read.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
        key = named.key_identifier or b""
    except (x509.ExtensionNotFound, *UNREADABLE):
        key = b""
    try:
        end = read.not_valid_after_utc
        return Certificate(read.issuer.public_bytes(), key, read.serial_number, end)
    except UNREADABLE as error:
        raise _unreadable(error) from None


@lru_cache(maxsize=256)
def caller_of(pem: bytes) -> Caller:
    """The caller named by a certificate's URI. Raises IdentityUnknown."""
    certificate = _read(pem)
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, *UNREADABLE):
        names = x509.SubjectAlternativeName([])
    uris = names.get_values_for_type(x509.UniformResourceIdentifier)
    for uri in uris:
        found = _URI.fullmatch(uri)
        if found:
            return Caller(found[1], found[2])
    raise IdentityUnknown(
        "the certificate names no participant: it needs the URI "
        "yrd://participant/<participant>/<system> as subject alternative name, and has "
        f"{', '.join(uris) or 'none'}"
    )


def _read(pem: bytes) -> x509.Certificate:
    """TLS takes some certificates that the rules of X.509 forbid. Raises IdentityUnknown."""
    try:
        return x509.load_pem_x509_certificate(pem)
    except UNREADABLE as error:
        raise _unreadable(error) from None


def _unreadable(error: Exception) -> IdentityUnknown:
    return IdentityUnknown(f"the certificate can't be read ({error}): ask your CA for another")
