"""TLS of a web server, from files that may change: each handshake uses what is in force then."""

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.settings_file import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsFiles:
    """Files (PEM) under the keys by which the settings name them.

    `clients_ca`: whose certificates clients may show, or must if `required`; `crl`: what that CA revoked.
    """

    certificate: Path
    key: Path
    clients_ca: Path | None = None
    crl: Path | None = None
    required: bool = False
    ca_key: str = "tls.clients_ca"

    @property
    def paths(self) -> tuple[Path, ...]:
        """All that there are."""
        found = (self.certificate, self.key, self.clients_ca, self.crl)
        return tuple(path for path in found if path is not None)


class RenewedContext(ssl.SSLContext):
    """The context that a server is given once. `in_force` is read for each handshake."""

    in_force: ssl.SSLContext

    def wrap_bio(self, *args: Any, **named: Any) -> ssl.SSLObject:
        """As the context in force does it; asyncio makes each connection by this."""
        return self.in_force.wrap_bio(*args, **named)


def renewed(files: TlsFiles) -> RenewedContext:
    """A context for a server. Raises ConfigError."""
    found = RenewedContext(ssl.PROTOCOL_TLS_SERVER)
    found.in_force = context(files)
    return found


def context(files: TlsFiles) -> ssl.SSLContext:
    """TLS 1.2 or newer, by what the files say now. Raises ConfigError."""
    found = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    found.minimum_version = ssl.TLSVersion.TLSv1_2
    where, file = "tls.certificate, tls.key", files.certificate
    try:
        found.load_cert_chain(files.certificate, files.key, password=_none)
        if files.clients_ca:
            where, file = files.ca_key, files.clients_ca
            found.load_verify_locations(files.clients_ca)
            found.verify_mode = ssl.CERT_REQUIRED if files.required else ssl.CERT_OPTIONAL
        if files.crl:
            where, file = "tls.crl", files.crl
            found.load_verify_locations(files.crl)
            found.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF
    except (OSError, ssl.SSLError) as error:
        said = getattr(error, "reason", None) or error.strerror or error
        raise ConfigError(f"{where}: {file}: can't be used ({said}): check the file") from None
    return found


def _none() -> str:
    """A key with a password is refused: OpenSSL would ask at the terminal."""
    raise ssl.SSLError("the key has a password: give it without one, readable by this user alone")
