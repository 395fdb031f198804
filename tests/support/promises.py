"""What a caller is promised of every kind of refusal."""

from collections.abc import Mapping
from dataclasses import dataclass

from gateway import errors
from gateway.errors import GatewayError
from tests.support.told import Told, documented_metadata


@dataclass(frozen=True, slots=True)
class Promise:
    """Name of the status, reason in ErrorInfo, and whether it says when to try again."""

    code: str
    reason: str
    retry: bool = False


PROMISED: dict[type[GatewayError], Promise] = {
    errors.ContractViolated: Promise("INVALID_ARGUMENT", "CONTRACT_VIOLATED"),
    errors.MalformedRequest: Promise("INVALID_ARGUMENT", "MALFORMED_REQUEST"),
    errors.TypeUnknown: Promise("FAILED_PRECONDITION", "TYPE_UNKNOWN"),
    errors.TransitionRefused: Promise("FAILED_PRECONDITION", "TRANSITION_REFUSED"),
    errors.LogInconsistent: Promise("FAILED_PRECONDITION", "LOG_INCONSISTENT"),
    errors.IdentityUnknown: Promise("UNAUTHENTICATED", "IDENTITY_UNKNOWN"),
    errors.NotPermitted: Promise("PERMISSION_DENIED", "NOT_PERMITTED"),
    errors.NotAuthority: Promise("PERMISSION_DENIED", "NOT_AUTHORITY"),
    errors.MessageNotFound: Promise("NOT_FOUND", "MESSAGE_NOT_FOUND"),
    errors.MessageIdReused: Promise("ALREADY_EXISTS", "MESSAGE_ID_REUSED"),
    errors.RevisionStale: Promise("ABORTED", "REVISION_STALE"),
    errors.CursorOutOfRange: Promise("OUT_OF_RANGE", "CURSOR_OUT_OF_RANGE"),
    errors.QuotaExceeded: Promise("RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED", retry=True),
    errors.MessageTooLarge: Promise("RESOURCE_EXHAUSTED", "MESSAGE_TOO_LARGE"),
    errors.Unavailable: Promise("UNAVAILABLE", "UNAVAILABLE", retry=True),
    errors.DataLoss: Promise("DATA_LOSS", "DATA_LOSS"),
    errors.Internal: Promise("INTERNAL", "INTERNAL"),
}


def require_promised(
    found: Told, kind: type[GatewayError], metadata: Mapping[str, str] | None = None
) -> None:
    """Fails unless a refusal keeps what is promised of its kind; `metadata` must be in it."""
    promise = PROMISED[kind]
    assert (found.code, found.domain, found.reason) == (promise.code, "yrd", promise.reason)
    assert set(found.metadata) == documented_metadata()[promise.reason]
    assert {**found.metadata, **(metadata or {})} == found.metadata
    assert found.message
    if promise.retry:
        assert found.retry_seconds is not None
        assert found.retry_seconds > 0
    else:
        assert found.retry_seconds is None


def require_fields(found: Told, fields: tuple[tuple[str, str, str], ...]) -> None:
    """Fails unless these fields and no others are named: (path, rule, words of the remedy)."""
    expected = sorted(fields)
    named = sorted(found.fields)
    assert [(path, rule) for path, rule, _ in named] == [(p, rule) for p, rule, _ in expected]
    for (path, _, remedy), (_, _, words) in zip(named, expected, strict=True):
        assert words in remedy, f"{path}: {remedy}"
