"""Who calls, from the certificate that the TLS handshake has verified."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from cryptography import x509

from gateway.errors import IdentityUnknown
from gateway.exchange.access import Caller

_URI = re.compile(r"yrd://participant/([a-z0-9]+)/([a-z0-9][a-z0-9._-]*)")


def identify(context: Any) -> Caller:
    """The caller of a request. Raises IdentityUnknown."""
    auth: Mapping[str, Iterable[bytes]] = context.auth_context()
    pem = next(iter(auth.get("x509_pem_cert", ())), None)
    if pem is None:
        raise IdentityUnknown(
            "no client certificate: connect with mutual TLS and a certificate of your participant"
        )
    return caller_of(pem)


@lru_cache(maxsize=256)
def caller_of(pem: bytes) -> Caller:
    """The caller named by a certificate's URI. Raises IdentityUnknown."""
    certificate = x509.load_pem_x509_certificate(pem)
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
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
