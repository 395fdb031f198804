"""Faults in who may do what."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import grpc
from google.protobuf.message import DecodeError
from grpc_health.v1 import health, health_pb2
from grpc_reflection.v1alpha import reflection

from gateway.app import Gateway
from gateway.errors import IdentityUnknown
from gateway.exchange import access
from gateway.exchange.access import Access, Caller
from gateway.exchange.quota import Quota
from gateway.server import guard, identity, services
from gateway.server.status import Status
from tests.contract.kit.faults.fault import Fault, Install, both, replaced, wrapped

OWN = Caller("310000", "console")


class _Loose:
    """Matches the beginning of a URI only."""

    def fullmatch(self, uri: str) -> Any:
        return re.match(r"yrd://participant/([a-z0-9]+)/([a-z0-9][a-z0-9._-]*)", uri)


def _nameless_is_console(original: Any, context: Any) -> Caller:
    try:
        found: Caller = original(context)
    except IdentityUnknown:
        return OWN
    return found


def _same_participant(original: Any, context: Any) -> Caller:
    found: Caller = original(context)
    return Caller(OWN.participant, found.system)


def _nothing(*_: Any, **__: Any) -> None:
    return


async def _never(*_: Any) -> None:
    return


def _empty_if_unreadable(deserialize: Any) -> Any:
    def read(data: bytes) -> Any:
        try:
            return deserialize(data)
        except DecodeError:
            return deserialize(b"")

    return read


def _status(change: Callable[[Any], None]) -> Callable[..., Any]:
    def wrap(original: Any, self: Any) -> Any:
        status = original(self)
        change(status)
        return status

    return wrap


def _swapped(status: Any) -> None:
    status.logs.reverse()


def _never_heard(status: Any) -> None:
    for link in status.links:
        link.ClearField("last_heard_time")


async def _not_serving(original: Any, self: Any, service: str, status: Any) -> None:
    await original(self, service, health_pb2.HealthCheckResponse.NOT_SERVING)


def _not_asked_for(original: Any, first: Any, fetch: Any, _required: bool) -> Any:
    return original(first, fetch, False)


_NOBODY = identity.Certificate(b"", b"", 0, datetime.max.replace(tzinfo=UTC))


def _but_administrators(original: Any, self: Any, caller: Any, role: str, call: str) -> None:
    if role != "administrator":
        original(self, caller, role, call)


def _mixed_up(status: Any) -> None:
    for log in status.logs:
        log.counts.whole, log.counts.redacted = log.counts.redacted, log.counts.whole


def _identity(wrap: Callable[[Any, Any], Caller]) -> Install:
    """Who calls is read where calls are let in, and where they are answered."""
    return both(wrapped(guard, "identify", wrap), wrapped(services, "identify", wrap))


_OPERATING = ("operating",)
FAULTS = (
    Fault(
        "nameless-is-let-in",
        "A certificate without a name is taken for the console",
        _identity(_nameless_is_console),
        ("identity",),
    ),
    Fault(
        "certificates-not-asked-for",
        "No certificate is asked for, and everyone is the console",
        both(
            wrapped(grpc, "dynamic_ssl_server_credentials", _not_asked_for),
            replaced(guard, "pem_of", lambda _: b""),
            replaced(guard, "certificate_of", lambda _: _NOBODY),
            _identity(lambda _original, _context: OWN),
        ),
        ("identity",),
    ),
    Fault(
        "anyone-may-administer",
        "Everybody may ask for the state",
        wrapped(Access, "require", _but_administrators),
        _OPERATING,
    ),
    Fault(
        "counts-mixed-up",
        "Counts of dispositions are mixed up",
        wrapped(Status, "__call__", _status(_mixed_up)),
        _OPERATING,
    ),
    Fault(
        "everyone-is-console",
        "Who calls is not read from the certificate",
        _identity(lambda _original, _context: OWN),
        ("permissions",),
    ),
    Fault(
        "any-participant",
        "Systems of other participants are taken for one's own",
        _identity(_same_participant),
        ("permissions",),
    ),
    Fault(
        "uri-not-matched-whole",
        "A URI with more behind is taken for a name",
        both(
            replaced(identity, "_URI", _Loose()),
            # what it has found is kept for the process
            replaced(identity, "caller_of", identity.caller_of.__wrapped__),
        ),
        ("identity",),
    ),
    Fault(
        "roles-unchecked",
        "Every system may do everything",
        replaced(Access, "require", _nothing),
        ("permissions",),
    ),
    Fault(
        "types-unchecked",
        "A publisher may publish every type",
        replaced(Access, "require_type", _nothing),
        ("permissions",),
    ),
    Fault(
        "clients-seal-governance",
        "Systems publish what only gateways seal",
        replaced(access, "GOVERNANCE", "nothing."),
        ("permissions",),
    ),
    Fault(
        "peers-unchecked",
        "Anybody may follow the log",
        replaced(Access, "require_peer", _nothing),
        ("follower",),
    ),
    Fault(
        "no-quota",
        "There is no quota",
        replaced(Quota, "take", _nothing),
        ("quota/too-much-too-fast",),
    ),
    Fault(
        "health-says-serving",
        "The health service says SERVING though nothing is accepted",
        replaced(Gateway, "_watch", _never),
        ("restarts",),
    ),
    Fault(
        "health-says-not-serving",
        "The health service never says SERVING",
        wrapped(health.aio.HealthServicer, "set", _not_serving),
        _OPERATING,
    ),
    Fault(
        "no-reflection",
        "There is no reflection",
        replaced(reflection, "enable_server_reflection", _nothing),
        _OPERATING,
    ),
    Fault(
        "status-not-accepting",
        "The state says that nothing is accepted",
        wrapped(Status, "__call__", _status(lambda s: setattr(s, "accepting", False))),
        _OPERATING,
    ),
    Fault(
        "status-without-offset",
        "The state tells no last_offset",
        wrapped(Status, "__call__", _status(lambda s: s.ClearField("last_offset"))),
        _OPERATING,
    ),
    Fault(
        "status-logs-swapped",
        "The own log is not the first",
        wrapped(Status, "__call__", _status(_swapped)),
        _OPERATING,
    ),
    Fault(
        "status-never-heard",
        "A link does not tell when it was heard",
        wrapped(Status, "__call__", _status(_never_heard)),
        _OPERATING,
    ),
    Fault(
        "garbage-is-empty",
        "Garbage is taken for an empty request",
        replaced(guard, "_tolerant", _empty_if_unreadable),
        ("bytes",),
    ),
)
