"""Faults in what of a draft is checked."""

from collections.abc import Callable
from typing import Any

from gateway.exchange import accepting, checking
from tests.contract.kit.faults.fault import Fault, redrafted, replaced, unchanged, wrapped
from yrd.exchange.v1.message_pb2 import Draft


def _without(*rules: str) -> Callable[..., Any]:
    """Violations but those of rules with such beginnings."""

    def wrap(original: Any, *arguments: Any) -> Any:
        return [v for v in original(*arguments) if not v.rule.startswith(rules)]

    return wrap


def _without_cel(original: Any, draft: Draft, *more: Any) -> Any:
    return [v for v in original(draft, *more) if v.rule.startswith(_KEPT)]


_KEPT = (
    "string",
    "uint",
    "int",
    "enum",
    "repeated",
    "required",
    "double",
    "code_table",
    "timestamp",
)


def _strict_clock(original: Any, draft: Draft, now: Any, skew: float) -> Any:
    return original(draft, now, 0.0)


def _keep_unknown(draft: Draft) -> bytes:
    return draft.SerializeToString(deterministic=True)


def _drop_unknown(draft: Draft) -> bytes:
    draft.DiscardUnknownFields()
    return draft.SerializeToString(deterministic=True)


def _without_trace(draft: Draft) -> None:
    draft.header.ClearField("traceparent")


def _zero_lost(draft: Draft) -> None:
    if draft.incident_report.casualties.dead == 0:
        draft.incident_report.casualties.ClearField("dead")


_VIOLATIONS = checking, "violations"
FAULTS = (
    Fault(
        "steps-unchecked",
        "Any step may follow any other",
        replaced(accepting, "follow", lambda state, step: "open"),
        ("states",),
    ),
    Fault(
        "no-clock-check",
        "Times in the future are accepted",
        wrapped(*_VIOLATIONS, _without("header.time_in_future")),
        ("times",),
    ),
    Fault(
        "no-skew-forgiven",
        "A clock that is a little fast is refused",
        wrapped(*_VIOLATIONS, _strict_clock),
        ("times",),
    ),
    Fault(
        "no-timestamp-range",
        "Times that are none are accepted",
        wrapped(*_VIOLATIONS, _without("timestamp.range")),
        ("times",),
    ),
    Fault(
        "no-cel",
        "Rules between fields are not run",
        wrapped(*_VIOLATIONS, _without_cel),
        ("header", "body"),
    ),
    Fault(
        "no-code-tables",
        "Code tables are not looked up",
        wrapped(*_VIOLATIONS, _without("code_table")),
        ("body",),
    ),
    Fault(
        "core-data-accepted",
        "Core data is accepted",
        wrapped(*_VIOLATIONS, _without("header.data_level")),
        ("header",),
    ),
    Fault(
        "only-first-violation",
        "Only the first violation is told",
        wrapped(*_VIOLATIONS, lambda original, *a: original(*a)[:1]),
        ("header", "times"),
    ),
    Fault(
        "unknown-fields-accepted",
        "Unknown fields are passed on",
        replaced(checking, "_serialised", _keep_unknown),
        ("bytes",),
    ),
    Fault(
        "unknown-fields-dropped",
        "Unknown fields are dropped in silence",
        replaced(checking, "_serialised", _drop_unknown),
        ("bytes",),
    ),
    Fault(
        "no-size-limit",
        "Messages of any size are accepted",
        unchanged,
        ("bytes",),
        {"max_draft_bytes": 16 << 20},
    ),
    Fault(
        "authority-unchecked",
        "Anyone may state any fact",
        replaced(checking, "foreign_claims", lambda *_: []),
        ("authority",),
    ),
    Fault(
        "traceparent-dropped",
        "The trace context is dropped",
        redrafted(_without_trace),
        ("header",),
    ),
    Fault(
        "zero-is-unknown",
        "A figure of zero is dropped",
        redrafted(_zero_lost),
        ("publish",),
    ),
)
