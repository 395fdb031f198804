"""How a refusal is told over HTTP: problem details (RFC 9457) with the reasons of gRPC.

A refusal of the gateway keeps its reason; the door's own are errors of the same table.
"""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from client import ExchangeError, describe
from gateway.errors import GatewayError, to_status
from yrd.exchange.v1.errors_pb2 import ErrorReason

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:yrd:problem:"

STATUSES: Mapping[str, int] = MappingProxyType(
    {
        "INVALID_ARGUMENT": 400,
        "FAILED_PRECONDITION": 400,
        "OUT_OF_RANGE": 400,
        "UNAUTHENTICATED": 401,
        "PERMISSION_DENIED": 403,
        "NOT_FOUND": 404,
        "ALREADY_EXISTS": 409,
        "ABORTED": 409,
        "RESOURCE_EXHAUSTED": 429,
        "INTERNAL": 500,
        "DATA_LOSS": 500,
        "UNIMPLEMENTED": 501,
        "UNAVAILABLE": 503,
        "DEADLINE_EXCEEDED": 504,
    }
)
"""gRPC status → HTTP status, as google/rpc/code.proto pairs them. Any other is 500."""
OF_REASON: Mapping[str, int] = MappingProxyType({"MESSAGE_TOO_LARGE": 413})
"""Reasons for which HTTP has a status of its own."""
_UNREASONED = {"UNAVAILABLE": "UNAVAILABLE", "DEADLINE_EXCEEDED": "UNAVAILABLE"}
"""Reason of what gRPC says when no gateway does."""
_UNSAID = {
    "UNAVAILABLE": "the gateway can't be reached: try again, under the same ids",
    "DEADLINE_EXCEEDED": "the gateway did not answer in time: try again, under the same ids",
}
"""Instead of gRPC's own words, which speak of addresses inside."""
_FAILED = "the call of the gateway failed: call the operator; the door's log has the details"
_AGAIN_SECONDS = 2.0


def _name(reason: int) -> str:
    return ErrorReason.Name(reason).removeprefix("ERROR_REASON_")


TITLES: Mapping[str, str] = MappingProxyType(
    {_name(kind.reason): (kind.__doc__ or "").strip() for kind in GatewayError.__subclasses__()}
)
"""Reason → what it means."""


class Refused(Exception):
    """A refusal of the door itself, with an HTTP status where the table's would say less."""

    def __init__(
        self,
        error: GatewayError,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(error.message)
        self.error, self.status, self.headers = describe(to_status(error)), status, headers or {}


def problem(error: ExchangeError, status: int | None = None) -> dict[str, Any]:
    """The members of a problem."""
    reason = error.reason or _UNREASONED.get(error.code, "INTERNAL")
    found: dict[str, Any] = {
        "type": f"{TYPE}{reason.lower().replace('_', '-')}",
        "title": TITLES.get(reason, "Refused."),
        "status": status or OF_REASON.get(reason) or STATUSES.get(error.code, 500),
        "detail": error.message if error.reason else _UNSAID.get(error.code, _FAILED),
        "code": error.code,
        "reason": reason,
    }
    if error.metadata:
        found["metadata"] = error.metadata
    if error.fields:
        found["errors"] = [
            {"field": f.field, "rule": f.rule, "remedy": f.remedy} for f in error.fields
        ]
    again = error.retry_seconds
    if again is None and reason == "UNAVAILABLE":
        again = _AGAIN_SECONDS
    if again is not None:
        found["retryAfterSeconds"] = again
    return found


def written(found: Mapping[str, Any]) -> bytes:
    """A problem's bytes."""
    return json.dumps(found, ensure_ascii=False).encode()
