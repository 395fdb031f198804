"""One TLS handshake with a gateway, and what went wrong by its name."""

import socket
import ssl
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

SECONDS = 5.0
ALERT_SECONDS = 3.0
"""For the other end's word on our certificate, which TLS 1.3 gives behind the handshake."""


class Kind(StrEnum):
    """What went wrong."""

    DNS = "dns"
    REFUSED = "refused"
    SILENT = "silent"
    UNREACHABLE = "unreachable"
    UNKNOWN_CA = "unknown_ca"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    WRONG_NAME = "wrong_name"
    NOT_TRUSTED = "not_trusted"
    OURS_REFUSED = "ours_refused"
    NO_TLS = "no_tls"


_BY_CODE = {
    9: Kind.NOT_YET_VALID,
    10: Kind.EXPIRED,
    18: Kind.UNKNOWN_CA,
    19: Kind.UNKNOWN_CA,
    20: Kind.UNKNOWN_CA,
    21: Kind.UNKNOWN_CA,
    62: Kind.WRONG_NAME,
    64: Kind.WRONG_NAME,
}
"""Of OpenSSL's X509_V_ERR codes."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no connection; the library's own words, too."""

    kind: Kind
    words: str


@dataclass(frozen=True, slots=True)
class Files:
    """CA, certificate and key (PEM) with which the handshake is made."""

    ca: Path
    certificate: Path
    key: Path


def shake(address: str, name: str, files: Files) -> Failure | None:
    """Connects to HOST:PORT as to a gateway of that name; None if all went well.

    Raises OSError, ssl.SSLError if the own files can't be used.
    """
    context = ssl.create_default_context(cafile=files.ca)
    context.load_cert_chain(files.certificate, files.key)
    context.set_alpn_protocols(["h2"])
    host, _, port = address.rpartition(":")
    try:
        with (
            socket.create_connection((host, int(port)), SECONDS) as plain,
            context.wrap_socket(plain, server_hostname=name) as secured,
        ):
            return _last_word(secured)
    except ssl.SSLCertVerificationError as error:
        return Failure(_BY_CODE.get(error.verify_code, Kind.NOT_TRUSTED), error.verify_message)
    except ssl.SSLError as error:
        return _of_tls(error)
    except OSError as error:
        return Failure(_of_network(error), error.strerror or str(error))


def _last_word(secured: ssl.SSLSocket) -> Failure | None:
    """A gateway that takes our certificate speaks HTTP/2 at once; one that does not sends an alert."""
    secured.settimeout(ALERT_SECONDS)
    try:
        if secured.recv(1):
            return None
    except TimeoutError:
        return None
    return Failure(Kind.OURS_REFUSED, "the connection was closed behind the handshake")


def _of_tls(error: ssl.SSLError) -> Failure:
    reason = error.reason or str(error)
    alert = "ALERT" in reason
    return Failure(Kind.OURS_REFUSED if alert else Kind.NO_TLS, reason)


def _of_network(error: OSError) -> Kind:
    match error:
        case socket.gaierror():
            return Kind.DNS
        case ConnectionRefusedError():
            return Kind.REFUSED
        case TimeoutError():
            return Kind.SILENT
        case ConnectionResetError() | BrokenPipeError():
            return Kind.OURS_REFUSED
    return Kind.UNREACHABLE
