"""Facts that later revisions of an entity must not hide: each is kept in a slot of its own.

Every message is kept in the slot "", that of its entity's newest revision.
"""

from collections.abc import Callable, Sequence

from pipelines.facts.natural_slots import of_earthquake, of_observation, of_warning
from yrd.exchange.v1.message_pb2 import Message
from yrd.hazmat.v1.hazmat_pb2 import MovementKind
from yrd.incident.v1.incident_pb2 import ReportKind

NEWEST = ("",)
_CROSSED = MovementKind.MOVEMENT_KIND_BORDER_CROSSED
_STOPPED = MovementKind.MOVEMENT_KIND_STOPPED
HALF_HOUR_SECONDS = 1800
_REPORTS = {
    ReportKind.REPORT_KIND_INITIAL: ("", "initial"),
    ReportKind.REPORT_KIND_FINAL: ("", "final"),
}


def slots_of(message: Message, field: str) -> Sequence[str]:
    """Names of the slots of a message whose body is in `field`."""
    rule = _RULES.get(field)
    return NEWEST if rule is None else rule(message)


def _of_movement(message: Message) -> Sequence[str]:
    """Each border crossed; and that it stood, once for each half hour.

    So a stop that is told again and again still counts from about when it began.
    """
    movement = message.vehicle_movement
    if movement.kind == _CROSSED:
        return "", f"border/{movement.from_province}-{movement.to_province}"
    if movement.kind == _STOPPED:
        return "", f"stopped/{message.header.occurred_time.seconds // HALF_HOUR_SECONDS}"
    return NEWEST


def _of_report(message: Message) -> Sequence[str]:
    return _REPORTS.get(message.incident_report.kind, NEWEST)


def _of_deployment(message: Message) -> Sequence[str]:
    return "", f"deployment/{message.aid_deployment.status}"


def _of_return(message: Message) -> Sequence[str]:
    return "", f"return/{message.aid_return.step}"


def _of_settlement(message: Message) -> Sequence[str]:
    return "", f"settlement/{message.aid_settlement.step}"


_RULES: dict[str, Callable[[Message], Sequence[str]]] = {
    "vehicle_movement": _of_movement,
    "incident_report": _of_report,
    "early_warning": of_warning,
    "observation": of_observation,
    "earthquake_report": of_earthquake,
    "aid_deployment": _of_deployment,
    "aid_return": _of_return,
    "aid_settlement": _of_settlement,
}
