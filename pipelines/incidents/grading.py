"""Which grade figures reach by the rules of their type, and which rule that is."""

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from pipelines.incidents.figures import figure, loss
from pipelines.tabled import rows
from yrd.exchange.v1.message_pb2 import Message
from yrd.incident.v1.incident_pb2 import IncidentReport


class Threshold(NamedTuple):
    """From `at_least` on, a figure makes an incident of the family one of this grade; 1 is the gravest."""

    family: str
    figure: str
    grade: int
    at_least: int
    mark: str
    source: str


class Reached(NamedTuple):
    """A grade, the figures that reach it, and the rule."""

    grade: int
    figures: tuple[tuple[str, int], ...]
    rule: str
    mark: str


def codes(report: IncidentReport) -> list[str]:
    """Main type and further types."""
    return [report.primary_type.value, *(code.value for code in report.secondary_types)]


def figures_of(message: Message) -> dict[str, int]:
    """What a report gives of the figures that grades rest on; the unknown are left out."""
    report = message.incident_report
    given = {name: figure(report, name) for name in ("dead", "seriously_injured")}
    given["direct_loss_fen"] = loss(report)
    return {name: value for name, value in given.items() if value is not None}


def reached(types: Iterable[str], figures: dict[str, int]) -> Reached | None:
    """The gravest grade that figures reach; None if they reach none that the table knows."""
    named = list(types)
    met = [
        t
        for t in _thresholds()
        if any(code.startswith(t.family) for code in named)
        and figures.get(t.figure, -1) >= t.at_least
    ]
    if not met:
        return None
    first = min(met, key=lambda t: (t.grade, t.mark != "verified", t.source))
    same = [t for t in met if (t.grade, t.source) == (first.grade, first.source)]
    return Reached(
        first.grade,
        tuple((t.figure, figures[t.figure]) for t in same),
        first.source,
        first.mark,
    )


@cache
def _thresholds() -> tuple[Threshold, ...]:
    return tuple(
        Threshold(
            r["family"], r["figure"], int(r["grade"]), int(r["at_least"]), r["mark"], r["source"]
        )
        for r in rows("incident_grades")
    )
