"""Rescue bases (救援基地) with the open incidents in their reach."""

from collections.abc import Iterable, Iterator, Sequence

from pipelines.places.areas import areas_of, open_ones
from pipelines.places.distance import kilometres, position
from pipelines.supplies.base_table import Base, bases
from pipelines.supplies.stocktake import Holding
from pipelines.supplies.tally import Ids, basis
from schemas.codes.tables import province_of
from yrd.resource.v1.resource_pb2 import ResourceKind
from yrd.situation.v1.situation_pb2 import JointIncident
from yrd.situation.v1.supplies_pb2 import Basis, ReachedIncident, RescueBase

_BASE = ResourceKind.RESOURCE_KIND_BASE


class Bases:
    """What was told of bases: of those in the table, by their name; and of others."""

    def __init__(self) -> None:
        self._at = {base.base_id: Ids() for base in bases()}
        self._told: dict[int, Holding] = {}

    def change(self, gone: Iterable[Holding], came: Iterable[Holding]) -> None:
        """Takes resources out and in."""
        for holding in gone:
            for base in _bases_of(holding):
                self._at[base.base_id].remove(holding)
            self._told.pop(id(holding), None)
        for holding in came:
            for base in _bases_of(holding):
                self._at[base.base_id].add(holding)
            if holding.status.kind == _BASE and holding.figures is not None:
                self._told[id(holding)] = holding

    def reach(self, joint: Sequence[JointIncident]) -> list[RescueBase]:
        """Bases of the table that were told of or have an open incident in reach, then those only told of.

        The reach of what the table doesn't know is unknown.
        """
        listed = [_listed(base, self._at[base.base_id].basis(), joint) for base in bases()]
        at_bases = {id_ for ids in self._at.values() for id_ in ids.distinct()}
        others = [
            _told(holding)
            for holding in self._told.values()
            if holding.message.header.message_id not in at_bases
        ]
        others.sort(key=lambda base: (base.participant, base.base_id))
        return [*(b for b in listed if b.incidents or b.basis.messages), *others]


def _listed(base: Base, there: Basis, joint: Iterable[JointIncident]) -> RescueBase:
    return RescueBase(
        base_id=base.base_id,
        participant=province_of(base.admin_code),
        name_zh=base.name_zh,
        name_en=base.name_en,
        admin_code=base.admin_code,
        covers=base.covers,
        reaches=base.reaches,
        source=base.source,
        incidents=[r for incident in open_ones(joint) for r in _reached(base, incident)],
        basis=there,
    )


def _bases_of(holding: Holding) -> list[Base]:
    """In whose county it is told to be, by the base's owner, with a capability of the base."""
    return [
        base
        for base in bases()
        if holding.areas[-1] == base.admin_code
        and holding.message.stamp.origin == province_of(base.admin_code)
        and any(c.value.startswith(base.abilities) for c in holding.status.capabilities)
    ]


def _reached(base: Base, incident: JointIncident) -> Iterator[ReachedIncident]:
    around = areas_of(incident.place.admin_code)
    covered = any(code in around for code in base.covers)
    if not covered and not any(code in around for code in base.reaches):
        return
    there = position(incident.place)
    yield ReachedIncident(
        joint_id=incident.joint_id,
        covered=covered,
        fits=base.fits(incident.primary_type),
        distance_km=round(kilometres(base.position, there)) if there else None,
    )


def _told(holding: Holding) -> RescueBase:
    status = holding.status
    return RescueBase(
        base_id=holding.message.header.entity_id,
        participant=holding.message.stamp.origin,
        name_zh=status.name,
        admin_code=status.place.admin_code,
        basis=basis([holding.message.header.message_id]),
    )
