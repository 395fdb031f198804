"""Faults in what a refusal says."""

from collections.abc import Callable
from typing import Any

from google.rpc import code_pb2, error_details_pb2
from google.rpc.status_pb2 import Status

from gateway import errors
from gateway.server import answers, guard, telling
from tests.contract.kit.faults.fault import Fault, Install, both, replaced, wrapped

_EVERYWHERE = ("revisions", "header", "get")


def _statuses(change: Callable[[Status], None]) -> Install:
    """Changes every status on its way out."""

    def wrap(original: Any, error: Any) -> Status:
        status: Status = original(error)
        change(status)
        return status

    return both(wrapped(answers, "to_status", wrap), wrapped(telling, "to_status", wrap))


def _only(status: Status, *kinds: Any) -> list[Any]:
    return [d for d in status.details if any(d.Is(kind.DESCRIPTOR) for kind in kinds)]


def _without(*kinds: Any) -> Callable[[Status], None]:
    def change(status: Status) -> None:
        for detail in _only(status, *kinds):
            status.details.remove(detail)

    return change


def _info(change: Callable[[Any], None]) -> Callable[[Status], None]:
    """Changes the ErrorInfo."""

    def apply(status: Status) -> None:
        for detail in _only(status, error_details_pb2.ErrorInfo):
            info = error_details_pb2.ErrorInfo()
            detail.Unpack(info)
            change(info)
            detail.Pack(info)

    return apply


def _fields(change: Callable[[Any], None]) -> Callable[[Status], None]:
    """Changes every violation."""

    def apply(status: Status) -> None:
        for detail in _only(status, error_details_pb2.BadRequest):
            bad = error_details_pb2.BadRequest()
            detail.Unpack(bad)
            for violation in bad.field_violations:
                change(violation)
            detail.Pack(bad)

    return apply


def _one_key_less(info: Any) -> None:
    for key in sorted(info.metadata)[:1]:
        del info.metadata[key]


def _no_message(status: Status) -> None:
    status.message = ""


async def _abort_without_details(context: Any, error: Any) -> None:
    status = errors.to_status(error)
    await context.abort(telling.CODES[status.code], status.message)


FAULTS = (
    Fault(
        "error-info-missing",
        "ErrorInfo is missing",
        _statuses(_without(error_details_pb2.ErrorInfo)),
        _EVERYWHERE,
    ),
    Fault(
        "bad-request-missing",
        "BadRequest is missing",
        _statuses(_without(error_details_pb2.BadRequest)),
        ("header",),
    ),
    Fault(
        "retry-info-missing",
        "RetryInfo is missing",
        _statuses(_without(error_details_pb2.RetryInfo)),
        ("quota", "restarts"),
    ),
    Fault(
        "details-missing",
        "A refused call has a status without details",
        replaced(guard, "abort", _abort_without_details),
        ("get", "list"),
    ),
    Fault(
        "wrong-domain",
        "ErrorInfo names another domain",
        _statuses(_info(lambda i: setattr(i, "domain", "example.org"))),
        _EVERYWHERE,
    ),
    Fault(
        "reason-with-prefix",
        "The reason has the enum's prefix",
        _statuses(_info(lambda i: setattr(i, "reason", f"ERROR_REASON_{i.reason}"))),
        _EVERYWHERE,
    ),
    Fault(
        "metadata-missing",
        "Metadata is missing",
        _statuses(_info(lambda i: i.metadata.clear())),
        _EVERYWHERE,
    ),
    Fault(
        "metadata-incomplete",
        "One key of the metadata is missing",
        _statuses(_info(_one_key_less)),
        _EVERYWHERE,
    ),
    Fault(
        "field-path-missing",
        "Violations don't name their field",
        _statuses(_fields(lambda v: v.ClearField("field"))),
        ("header",),
    ),
    Fault(
        "rule-missing",
        "Violations don't name their rule",
        _statuses(_fields(lambda v: v.ClearField("reason"))),
        ("header",),
    ),
    Fault(
        "remedy-missing",
        "Violations don't say what to do",
        _statuses(_fields(lambda v: v.ClearField("description"))),
        ("header",),
    ),
    Fault("message-missing", "The status has no message", _statuses(_no_message), _EVERYWHERE),
    Fault(
        "wrong-code",
        "A stale revision is FAILED_PRECONDITION",
        replaced(errors.RevisionStale, "code", code_pb2.FAILED_PRECONDITION),
        ("revisions",),
    ),
    Fault(
        "wrong-reason",
        "A stale revision is told as a used id",
        replaced(errors.RevisionStale, "reason", errors.MessageIdReused.reason),
        ("revisions",),
    ),
)
