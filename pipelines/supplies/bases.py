"""Rescue bases (救援基地) with the open incidents in their reach."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from pipelines.places.areas import areas_of, open_ones
from pipelines.places.distance import kilometres, position
from pipelines.supplies.base_table import Base, bases
from pipelines.supplies.stocktake import Holding
from pipelines.supplies.tally import basis
from schemas.codes.tables import province_of
from yrd.resource.v1.resource_pb2 import ResourceKind
from yrd.situation.v1.situation_pb2 import JointIncident
from yrd.situation.v1.supplies_pb2 import Basis, ReachedIncident, RescueBase

_BASE = ResourceKind.RESOURCE_KIND_BASE


class Told(NamedTuple):
    """What was told of bases: of those in the table, by their name; and of others."""

    at: Mapping[str, Basis]
    others: Sequence[RescueBase]


def evaluate(holdings: Sequence[Holding], joint: Sequence[JointIncident]) -> list[RescueBase]:
    """Bases of the table that were told of or have an open incident in reach, then those only told of."""
    return reach(told_of(holdings), joint)


def told_of(holdings: Sequence[Holding]) -> Told:
    """What is told to be at each base; and bases that the table doesn't know: their reach is unknown."""
    at = {base.base_id: _ids(_at(base, holdings)) for base in bases()}
    at_bases = {id_ for ids in at.values() for id_ in ids}
    others = [
        _told(holding)
        for holding in holdings
        if holding.status.kind == _BASE
        and holding.figures is not None
        and holding.message.header.message_id not in at_bases
    ]
    return Told(
        {name: basis(ids) for name, ids in at.items()},
        sorted(others, key=lambda base: (base.participant, base.base_id)),
    )


def reach(told: Told, joint: Sequence[JointIncident]) -> list[RescueBase]:
    """Bases with the open incidents in their reach."""
    listed = [_listed(base, told.at[base.base_id], joint) for base in bases()]
    return [*(b for b in listed if b.incidents or b.basis.messages), *told.others]


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


def _at(base: Base, holdings: Iterable[Holding]) -> list[Holding]:
    """What is told to be in the base's county, by its owner, with a capability of the base."""
    return [
        holding
        for holding in holdings
        if holding.areas[-1] == base.admin_code
        and holding.message.stamp.origin == province_of(base.admin_code)
        and any(c.value.startswith(base.abilities) for c in holding.status.capabilities)
    ]


def _ids(holdings: Iterable[Holding]) -> list[str]:
    return [holding.message.header.message_id for holding in holdings]


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
