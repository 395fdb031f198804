"""Rescue bases (救援基地) with the open incidents in their reach."""

from collections.abc import Iterable, Iterator, Sequence

from pipelines.areas import areas_of, open_ones
from pipelines.base_table import Base, bases
from pipelines.distance import kilometres, position
from pipelines.stocktake import Holding
from pipelines.tally import basis
from schemas.codes.tables import province_of
from yrd.resource.v1.resource_pb2 import ResourceKind
from yrd.situation.v1.situation_pb2 import JointIncident
from yrd.situation.v1.supplies_pb2 import ReachedIncident, RescueBase


def evaluate(holdings: Sequence[Holding], joint: Sequence[JointIncident]) -> list[RescueBase]:
    """Bases of the table that were told of or have an open incident in reach, then those only told of."""
    known = [_listed(base, holdings, joint) for base in bases()]
    listed = [base for base in known if base.incidents or base.basis.messages]
    at_bases = {id_ for base in bases() for id_ in _ids(_at(base, holdings))}
    told = [
        _told(holding)
        for holding in holdings
        if holding.status.kind == ResourceKind.RESOURCE_KIND_BASE
        and holding.figures is not None
        and holding.message.header.message_id not in at_bases
    ]
    return [*listed, *sorted(told, key=lambda base: (base.participant, base.base_id))]


def _listed(base: Base, holdings: Iterable[Holding], joint: Iterable[JointIncident]) -> RescueBase:
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
        basis=basis(_ids(_at(base, holdings))),
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
