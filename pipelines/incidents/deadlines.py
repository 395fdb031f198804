"""When reports on an incident are due, by jurisdiction, family and grade."""

from datetime import timedelta
from functools import cache
from typing import NamedTuple

from pipelines.tabled import rows

FIRST, FOLLOW_UP = "first", "follow_up"
WRITTEN = "written"
"""What the exchange carries is a written report."""
_ANY = "any"


class Deadline(NamedTuple):
    """A row of the table; empty `families` and `grades` stand for any."""

    report: str
    jurisdiction: str
    family: str
    grades: frozenset[int]
    channel: str
    term: timedelta
    mark: str
    source: str

    def holds(self, report: str, province: str, types: list[str], grade: int) -> bool:
        """Whether it is about such a report; grade 0 is none yet."""
        return (
            self.report == report
            and self.channel == WRITTEN
            and self.jurisdiction in (_ANY, province)
            and any(code.startswith(self.family) for code in types)
            and (not self.grades or grade in self.grades)
        )


def deadline(report: str, province: str, types: list[str], grade: int) -> Deadline | None:
    """The most specific row for a written report, or None if there is no rule for it."""
    fitting = [d for d in _deadlines() if d.holds(report, province, types, grade)]
    return min(
        fitting,
        key=lambda d: (d.jurisdiction == _ANY, -len(d.family), d.term, d.source),
        default=None,
    )


@cache
def _deadlines() -> tuple[Deadline, ...]:
    return tuple(
        Deadline(
            report=r["report"],
            jurisdiction=r["jurisdiction"],
            family="" if r["family"] == _ANY else r["family"],
            grades=frozenset(() if r["grades"] == _ANY else map(int, r["grades"].split())),
            channel=r["channel"],
            term=timedelta(minutes=int(r["minutes"])),
            mark=r["mark"],
            source=r["source"],
        )
        for r in rows("report_deadlines")
    )
