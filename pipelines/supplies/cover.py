"""Days of cover (可保障天数): what is available ÷ what the people who were moved to safety use a day.

Unknown people or an unknown use make the cover unknown, not zero; nor is a stock zero that nobody told of.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import floor

from pipelines.incidents.shared_people import Edge, least_people
from pipelines.places.areas import areas_of, open_ones
from pipelines.supplies.daily_use import Use, capabilities, uses
from pipelines.supplies.following import Rollup
from pipelines.supplies.stocktake import Holding
from pipelines.supplies.tally import Tally
from yrd.common.v1.common_pb2 import Code
from yrd.resource.v1.resource_pb2 import ResourceKind
from yrd.situation.v1.situation_pb2 import JointIncident
from yrd.situation.v1.supplies_pb2 import Cover

SCHEME = "yrd-capability"
_SLACK = 1e-9
_Key = tuple[str, str, str]
"""Area, capability and unit."""


@dataclass(slots=True)
class _People:
    """Who was moved to safety in an area. `count` is None if no incident says."""

    counted: dict[str, int] = field(default_factory=dict)
    incidents_unknown: int = 0
    count: int | None = None
    at_least: bool = False

    def add(self, incident: JointIncident) -> None:
        if incident.casualties.HasField("evacuated"):
            self.counted[incident.joint_id] = incident.casualties.evacuated
        else:
            self.incidents_unknown += 1

    def sum_up(self, edges: Sequence[Edge]) -> None:
        """Nobody counts twice where one incident brought another about."""
        if not self.counted:
            return
        here = [e for e in edges if e[0] in self.counted and e[1] in self.counted]
        self.count = least_people(self.counted, here)
        self.at_least = self.incidents_unknown > 0 or self.count < sum(self.counted.values())


def rollup() -> Rollup[_Key, Tally, Tally]:
    """What people live on, by area, capability and unit; nothing yet."""
    return Rollup(_keys_of, Tally, lambda key, tally: tally)


def _keys_of(holding: Holding) -> Iterator[_Key]:
    status = holding.status
    if status.kind == ResourceKind.RESOURCE_KIND_SUPPLIES:
        abilities = {c.value for c in status.capabilities if c.scheme == SCHEME}
        for ability in abilities & capabilities():
            yield from ((area, ability, status.stock.unit) for area in holding.areas)


def lines(
    stocks: Mapping[_Key, Tally], joint: Iterable[JointIncident], edges: Sequence[Edge] = ()
) -> list[Cover]:
    """A line for each area with an open incident, each capability and unit of which a stock is told.

    `edges`: incidents that brought others about.
    """
    people = _people(joint, edges)
    return [
        _line(key, stock, people[key[0]], uses().get(key[1:]))
        for key, stock in stocks.items()
        if stock.stocks and key[0] in people
    ]


def _people(joint: Iterable[JointIncident], edges: Sequence[Edge]) -> dict[str, _People]:
    found: dict[str, _People] = {}
    for incident in sorted(open_ones(joint), key=lambda i: i.joint_id):
        for area in areas_of(incident.place.admin_code):
            found.setdefault(area, _People()).add(incident)
    for people in found.values():
        people.sum_up(edges)
    return found


def _line(key: _Key, stock: Tally, people: _People, use: Use | None) -> Cover:
    area, ability, unit = key
    line = Cover(
        admin_code=area,
        capability=Code(scheme=SCHEME, value=ability),
        unit=unit,
        available=stock.available,
        people=people.count,
        incidents_unknown=people.incidents_unknown,
        incident_ids=sorted(people.counted),
        basis=stock.basis(),
    )
    if use is not None:
        line.per_person, line.once = use.per_person, use.once
        served = stock.available / use.per_person
        line.people_served = floor(served + _SLACK)
        if people.count and not use.once:
            line.days = served / people.count
            line.at_most = people.at_least
    return line
