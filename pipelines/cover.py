"""Days of cover (可保障天数): what is available ÷ what the people who were moved to safety use a day.

Unknown people or an unknown use make the cover unknown, not zero; nor is a stock zero that nobody told of.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from pipelines.areas import areas_of, open_ones
from pipelines.daily_use import Use, capabilities, uses
from pipelines.stocktake import Holding
from pipelines.tally import Tally
from yrd.common.v1.common_pb2 import Code
from yrd.situation.v1.situation_pb2 import JointIncident
from yrd.situation.v1.supplies_pb2 import Cover

SCHEME = "yrd-capability"


@dataclass(slots=True)
class _People:
    """Who was moved to safety in an area. `count` is None if no incident says."""

    count: int | None = None
    incidents_unknown: int = 0
    incident_ids: list[str] = field(default_factory=list)

    def add(self, incident: JointIncident) -> None:
        if incident.casualties.HasField("evacuated"):
            self.count = (self.count or 0) + incident.casualties.evacuated
            self.incident_ids.append(incident.joint_id)
        else:
            self.incidents_unknown += 1


def evaluate(holdings: Iterable[Holding], joint: Iterable[JointIncident]) -> list[Cover]:
    """A line for each area with an open incident, each capability and unit of which a stock is told."""
    people = _people(joint)
    stocks: dict[tuple[str, str, str], Tally] = {}
    for holding in holdings:
        abilities = {c.value for c in holding.status.capabilities if c.scheme == SCHEME}
        for area in holding.areas:
            if area in people:
                for ability in sorted(abilities & capabilities()):
                    key = (area, ability, holding.status.stock.unit)
                    stocks.setdefault(key, Tally()).add(holding)
    return [
        _line(key, stocks[key], people[key[0]], uses().get(key[1:]))
        for key in sorted(stocks)
        if stocks[key].stocks
    ]


def _people(joint: Iterable[JointIncident]) -> dict[str, _People]:
    found: dict[str, _People] = {}
    for incident in sorted(open_ones(joint), key=lambda i: i.joint_id):
        for area in areas_of(incident.place.admin_code):
            found.setdefault(area, _People()).add(incident)
    return found


def _line(key: tuple[str, str, str], stock: Tally, people: _People, use: Use | None) -> Cover:
    area, ability, unit = key
    line = Cover(
        admin_code=area,
        capability=Code(scheme=SCHEME, value=ability),
        unit=unit,
        available=stock.available,
        people=people.count,
        incidents_unknown=people.incidents_unknown,
        incident_ids=people.incident_ids,
        basis=stock.basis(),
    )
    if use is not None:
        line.per_person, line.once = use.per_person, use.once
        line.people_served = stock.available / use.per_person
        if people.count and not use.once:
            line.days = line.people_served / people.count
            line.at_most = people.incidents_unknown > 0
    return line
