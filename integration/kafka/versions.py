"""Whether brokers are new enough: each is asked which requests it knows, and in which versions.

Brokers since 0.11 have transactions; only since 2.5 do these follow a group's rebalances (KIP-447). Before,
offsets of a bridge that lost its partitions would still be committed. librdkafka falls back to that without
a word, hence this one request of our own (ApiVersions 0, which brokers answer before a login, too).
"""

import logging
import socket
import ssl
import struct
from collections.abc import Iterable, Mapping

from integration.kafka.connecting import OLDEST, Settings
from integration.kafka.errors import Halted

API_VERSIONS = 18
NEEDED = {"TxnOffsetCommit": (28, 3), "OffsetFetch": (9, 7)}
"""Request → its key, and the version that came with KIP-447."""
_CLIENT = b"yrd-bridge"
_MOST_BYTES = 1 << 16

logger = logging.getLogger(__name__)


def require_new(brokers: Iterable[tuple[str, int]], settings: Settings, seconds: float) -> None:
    """Raises Halted naming a broker that is too old. One that does not say is logged."""
    for host, port in brokers:
        try:
            known = _asked(host, port, settings, seconds)
        except (OSError, ValueError, struct.error) as error:
            logger.warning(
                "broker_version_unknown", extra={"broker": f"{host}:{port}", "reason": str(error)}
            )
            continue
        if why := too_old(known):
            raise Halted(
                f"broker {host}:{port} is too old for transactions of a group ({why}): use Kafka "
                f"{OLDEST} or newer"
            )


def too_old(known: Mapping[int, int]) -> str:
    """What a broker lacks that knows these requests up to these versions; empty if nothing."""
    lacking = [
        f"{name} up to version {known[key]}, needed is {needed}" if key in known else f"no {name}"
        for name, (key, needed) in NEEDED.items()
        if known.get(key, -1) < needed
    ]
    return "; ".join(lacking)


def parsed(answer: bytes) -> dict[int, int]:
    """Key of each request → its newest version. Raises ValueError or struct.error."""
    error, count = struct.unpack_from(">hi", answer)
    if error:
        raise ValueError(f"Kafka's error {error} in answer to ApiVersions")
    rows = struct.iter_unpack(">hhh", answer[6 : 6 + 6 * count])
    return {key: newest for key, _, newest in rows}


def _asked(host: str, port: int, settings: Settings, seconds: float) -> dict[int, int]:
    request = struct.pack(">hhih", API_VERSIONS, 0, 0, len(_CLIENT)) + _CLIENT
    with socket.create_connection((host, port), seconds) as plain:
        context = _tls(settings)
        with context.wrap_socket(plain, server_hostname=host) if context else plain as link:
            link.sendall(struct.pack(">i", len(request)) + request)
            with link.makefile("rb") as answers:
                (size,) = struct.unpack(">i", answers.read(4))
                if not 4 <= size <= _MOST_BYTES:
                    raise ValueError(f"an answer of {size} bytes")
                return parsed(answers.read(size)[4:])


def _tls(settings: Settings) -> ssl.SSLContext | None:
    """As librdkafka's settings say; None for a connection without TLS."""
    if not str(settings["security.protocol"]).upper().endswith("SSL"):
        return None
    context = ssl.create_default_context(cafile=settings.get("ssl.ca.location"))
    context.check_hostname = settings.get("ssl.endpoint.identification.algorithm") != "none"
    if certificate := settings.get("ssl.certificate.location"):
        key, password = settings.get("ssl.key.location"), settings.get("ssl.key.password")
        context.load_cert_chain(certificate, key, password)
    return context
