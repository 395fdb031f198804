"""Whose figures count for a joint incident, and where others say otherwise."""

from collections.abc import Iterable, Iterator

from pipelines.facts.scope import micros, told_us
from schemas.codes.tables import province_of
from yrd.exchange.v1.message_pb2 import Message
from yrd.incident.v1.incident_pb2 import IncidentGrade, IncidentReport
from yrd.situation.v1.incidents_pb2 import FigureRule
from yrd.situation.v1.situation_pb2 import Disagreement, DisagreementValue

FIGURES = ("dead", "missing", "seriously_injured", "injured", "trapped", "evacuated")


def competent(message: Message) -> bool:
    """Whether the place lies in the territory of the authority that reports."""
    return province_of(message.incident_report.place.admin_code) == message.stamp.origin


def spoken_us(message: Message) -> int:
    """When it was said: never later than it was sealed, whatever a wrong clock says."""
    return min(micros(message.header.reported_time), told_us(message))


def speaker(members: list[Message]) -> Message:
    """The competent authority's newest report, or else the newest of all."""
    return max(
        members,
        key=lambda m: (competent(m), spoken_us(m), m.header.message_id),
    )


def rule(members: list[Message]) -> FigureRule:
    """By which rule the speaker was chosen."""
    authorities = {message.stamp.origin for message in members if competent(message)}
    if not authorities:
        return FigureRule.FIGURE_RULE_NEWEST
    if len(authorities) == 1:
        return FigureRule.FIGURE_RULE_COMPETENT
    return FigureRule.FIGURE_RULE_NEWEST_COMPETENT


def figure(report: IncidentReport, name: str) -> int | None:
    """A figure; None if it is unknown, which is not zero."""
    casualties = report.casualties
    return getattr(casualties, name) if casualties.HasField(name) else None


def loss(report: IncidentReport) -> int | None:
    """Direct loss in fen; None if it is unknown."""
    return report.direct_loss_fen if report.HasField("direct_loss_fen") else None


def disagreements(members: list[Message]) -> Iterator[Disagreement]:
    """Figures, loss and grade on which those who state them differ."""
    reports = [message.incident_report for message in members]
    for name in FIGURES:
        values = [figure(report, name) for report in reports]
        yield from _differing(f"casualties.{name}", members, [_text(v) for v in values])
    losses = [_text(loss(report)) for report in reports]
    yield from _differing("direct_loss_fen", members, losses)
    yield from _differing("grade", members, [_grade_name(r.grade) for r in reports])


def _differing(field: str, members: list[Message], values: list[str]) -> Iterator[Disagreement]:
    if len(set(values) - {""}) > 1:
        yield _disagreement(field, zip(members, values, strict=True))


def _disagreement(field: str, said: Iterable[tuple[Message, str]]) -> Disagreement:
    return Disagreement(
        field=field,
        values=[
            DisagreementValue(
                participant=message.stamp.origin,
                value=value,
                message_id=message.header.message_id,
                reported_time=message.header.reported_time,
            )
            for message, value in said
        ],
    )


def _grade_name(grade: IncidentGrade) -> str:
    return IncidentGrade.Name(grade) if grade else ""


def _text(value: int | None) -> str:
    return "" if value is None else str(value)
