"""Proposals: what neighbours could lend, by the plan over all open needs at once.

Never below the minimum that an owner keeps, nothing promised twice. People decide; nothing is requested by a
proposal.
"""

from pipelines.aid.needs import OpenNeed
from pipelines.aid.planning import Planned, planned
from pipelines.aid.proposal_reasons import left_out, obstacles, reasons, second_best
from pipelines.aid.relaxations import Short, relaxations
from pipelines.allocation import Share
from pipelines.facts.known import Known
from pipelines.facts.scope import timestamp
from yrd.common.v1.common_pb2 import Quantity
from yrd.situation.v1.situation_pb2 import AidProposal, Allocation, ProposalLine

_EXACT = 6
"""Decimals of what is unmet: amounts are in thousandths, what was stated may be finer."""


def evaluate(known: Known, as_of_us: int) -> list[AidProposal]:
    """One proposal for each province that lacks something it does not have."""
    whole = planned(known, as_of_us)
    lines: dict[str, list[tuple[OpenNeed, ProposalLine]]] = {}
    for place, need in enumerate(whole.needs):
        line = _line(whole, place)
        if line is not None:
            lines.setdefault(need.beneficiary, []).append((need, line))
    return [_proposal(province, lines[province], as_of_us) for province in sorted(lines)]


def unmet(whole: Planned, place: int) -> float:
    """What a need still lacks when the plan has given what it can."""
    need, demand = whole.needs[place], whole.places.get(place)
    given = 0.0 if demand is None else whole.plan.given(demand)
    return round(max(0.0, need.missing - given), _EXACT)


def _line(whole: Planned, place: int) -> ProposalLine | None:
    """What could be lent; None if nothing is missing, the province can help itself, or nobody stated it and
    nobody can help."""
    need, demand = whole.needs[place], whole.places.get(place)
    if demand is None:
        return None
    shares = whole.plan.of(demand)
    own = [s for s in shares if whole.supplies[s.supply].owner == need.beneficiary]
    lent = [s for s in shares if whole.supplies[s.supply].owner != need.beneficiary]
    short = Short(whole, need, demand, unmet(whole, place))
    if not lent and (need.is_inferred or not short.unmet):
        return None
    return ProposalLine(
        need=need.need,
        source_id=need.source_id,
        message_id=need.message_id,
        already_covered=need.offered + sum(share.quantity for share in own),
        allocations=[_allocation(whole, need, share) for share in lent],
        unmet=short.unmet,
        obstacles=obstacles(short) if short.unmet else [],
        inferred=need.is_inferred,
        late=sum(share.quantity for share in shares if share.late_minutes),
        relaxations=relaxations(short),
        left_out=left_out(need),
    )


def _allocation(whole: Planned, need: OpenNeed, share: Share) -> Allocation:
    message = whole.messages[share.supply]
    allocation = Allocation(
        participant=message.stamp.origin,
        resource_id=message.header.entity_id,
        resource_name=message.resource_status.name,
        quantity=Quantity(value=share.quantity, unit=need.need.quantity.unit),
        transport_mode=share.way.mode,  # type: ignore[arg-type]
        reasons=reasons(message, share),
        message_id=message.header.message_id,
        second_best=second_best(whole, share),
    )
    if share.way.minutes is not None and share.way.km is not None:
        allocation.distance_km = share.way.km
        allocation.arrival_minutes = share.way.minutes
    if share.late_minutes:
        allocation.late_minutes = share.late_minutes
    return allocation


def _proposal(
    province: str, found: list[tuple[OpenNeed, ProposalLine]], as_of_us: int
) -> AidProposal:
    lines = [line for _, line in found]
    allocations = [a for line in lines for a in line.allocations]
    ids = {line.message_id for line in lines} | {a.message_id for a in allocations}
    ids |= {a.second_best.message_id for a in allocations if a.HasField("second_best")}
    ids |= {i for line in lines for r in line.relaxations for i in r.message_ids}
    ids |= {refusal.message_id for need, _ in found for refusal in need.refusals}
    return AidProposal(
        as_of_time=timestamp(as_of_us),
        beneficiary=province,
        incident_ids=sorted({need.incident_id for need, _ in found}),
        lines=lines,
        addressed_to=sorted({a.participant for a in allocations}),
        message_ids=sorted(ids),
    )
