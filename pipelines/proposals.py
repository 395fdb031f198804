"""Proposals: what neighbours could lend to a need that a province can't meet itself.

Nearest first, never below the minimum that an owner keeps, no unit promised twice within one
evaluation. People decide; nothing is requested by a proposal.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from pipelines import aid, resources, stocktake
from pipelines.amounts import amount
from pipelines.closing import is_closed
from pipelines.distance import ROAD_FACTOR, kilometres, position
from pipelines.known import Known
from pipelines.same_event import Group, groups
from pipelines.scope import micros, timestamp
from schemas.codes.tables import PROVINCES, province_of
from yrd.common.v1.common_pb2 import Place, Quantity, TransportMode
from yrd.exchange.v1.message_pb2 import Message
from yrd.incident.v1.incident_pb2 import ReportKind
from yrd.resource.v1.resource_pb2 import Need
from yrd.situation.v1.situation_pb2 import AidProposal, Allocation, ProposalLine, Reason

ROAD_KMH = 60.0
"""Speed assumed on the road, loaded."""
_FAR_FUTURE = 1 << 62

Line = tuple[str, str, str]
"""Province, incident, and the line's name."""


@dataclass(frozen=True, slots=True)
class OpenNeed:
    """A need, the province that lacks it, where, which message says so, and what was offered."""

    need: Need
    beneficiary: str
    incident_id: str
    place: Place
    source: Message
    offered: float

    def urgency(self) -> tuple[bool, int, str, str, str]:
        """Lives first, then the earliest, then a stable order."""
        has_time = self.need.HasField("needed_by_time")
        by = micros(self.need.needed_by_time) if has_time else _FAR_FUTURE
        source = self.source.header.entity_id
        return not self.need.life_saving, by, self.incident_id, self.need.line_id, source

    def line(self) -> Line:
        """What a request must name to speak of this need."""
        return self.beneficiary, self.incident_id, self.need.line_id


@dataclass(slots=True)
class Pool:
    """What can still be given of each resource."""

    left: dict[tuple[str, str], float]
    resources: list[Message] = field(default_factory=list)

    def take(self, message: Message, wanted: float) -> float:
        """Takes up to `wanted`; returns how much it was."""
        entity = _entity(message)
        taken = min(wanted, self.left[entity])
        self.left[entity] -= taken
        return taken


def _entity(message: Message) -> tuple[str, str]:
    return message.stamp.origin, message.header.entity_id


def evaluate(known: Known, as_of_us: int) -> list[AidProposal]:
    """One proposal for each province that lacks something it does not have."""
    valid = stocktake.valid(known, as_of_us)
    pool = Pool({_entity(m): figures.spare for m, figures in valid}, [m for m, _ in valid])
    lines: dict[str, list[tuple[OpenNeed, ProposalLine]]] = {}
    for need in sorted(open_needs(known), key=OpenNeed.urgency):
        line = _line(need, pool)
        if line is not None:
            lines.setdefault(need.beneficiary, []).append((need, line))
    return [_proposal(province, lines[province], as_of_us) for province in sorted(lines)]


def open_needs(known: Known) -> Iterator[OpenNeed]:
    """Needs of open incidents and of requests; a request line that repeats a need counts once."""
    requests = list(_requested(known))
    yield from requests
    reported = list(_reported(known))
    repeated = _repeated(requests, {need.line() for need in reported}, groups(known))
    yield from (need for need in reported if need.line() not in repeated)


def _repeated(requests: list[OpenNeed], reported: set[Line], joint: list[Group]) -> set[Line]:
    """Reported needs that requests repeat, under the incident's own name or a joint one."""
    names = {m.header.entity_id: group for group in joint for m in group.members}
    found: set[Line] = set()
    for request in requests:
        province, incident, line_id = request.line()
        if request.line() in reported:
            found.add(request.line())
        elif incident in names:
            members = names[incident].members
            found |= {(province, m.header.entity_id, line_id) for m in members}
    return found


def _requested(known: Known) -> Iterator[OpenNeed]:
    withdrawn = {
        m.header.entity_id
        for m in known.newest("incident_report")
        if m.incident_report.kind == ReportKind.REPORT_KIND_WITHDRAWAL
    }
    for message in known.current("aid_request"):
        request = message.aid_request
        stands = request.incident_id not in withdrawn and not request.withdrawn
        for line in request.lines if stands else ():
            answers = list(aid.answers_to(known, message.header.entity_id, line.need.line_id))
            place = _destination(line.need, line.report_to)
            yield OpenNeed(
                line.need,
                _province(message.stamp.origin, place),
                request.incident_id,
                place,
                message,
                aid.offered(answers, line.need.quantity.unit),
            )


def _destination(need: Need, otherwise: Place) -> Place:
    return need.destination if need.HasField("destination") else otherwise


def _province(asking: str, place: Place) -> str:
    """Who lacks it: the duty room asks for the province in which help is to report."""
    return asking if asking in PROVINCES else province_of(place.admin_code)


def _reported(known: Known) -> Iterator[OpenNeed]:
    for message in (m for group in groups(known) for m in group.members):
        report = message.incident_report
        for need in report.needs if not is_closed(known, message) else ():
            place = _destination(need, report.place)
            incident = message.header.entity_id
            beneficiary = _province(message.stamp.origin, place)
            yield OpenNeed(need, beneficiary, incident, place, message, 0.0)


def _line(open_need: OpenNeed, pool: Pool) -> ProposalLine | None:
    """What could be lent; None if nothing is missing, or the province can help itself."""
    need, home = open_need.need, open_need.beneficiary
    missing = need.quantity.value - open_need.offered
    fitting = [m for m in pool.resources if _fits(m, need)]
    own = 0.0
    for message in (m for m in fitting if m.stamp.origin == home):
        own += pool.take(message, max(0.0, missing - own))
    missing -= own
    if missing <= 0:
        return None
    line = ProposalLine(
        need=need,
        source_id=open_need.source.header.entity_id,
        message_id=open_need.source.header.message_id,
        already_covered=open_need.offered + own,
    )
    others = [m for m in fitting if m.stamp.origin != home]
    for km, message in _by_distance(others, open_need.place):
        taken = pool.take(message, missing)
        if taken > 0:
            line.allocations.append(_allocation(message, need, taken, km))
            missing -= taken
    line.unmet = missing
    if missing > 0:
        line.obstacles.append(_obstacle(bool(others)))
    return line


def _fits(message: Message, need: Need) -> bool:
    status = message.resource_status
    wanted = resources.code_key(need.capability)
    able = any(resources.code_key(c) == wanted for c in status.capabilities)
    return able and status.kind == need.kind and status.stock.unit == need.quantity.unit


def _by_distance(messages: list[Message], place: Place) -> list[tuple[float | None, Message]]:
    """Kilometres by road as assumed, nearest first; where a place is unknown, None, last."""
    there = position(place)
    found: list[tuple[float | None, Message]] = []
    for message in messages:
        here = position(message.resource_status.place)
        known = here is not None and there is not None
        found.append((kilometres(here, there) * ROAD_FACTOR if known else None, message))  # type: ignore[arg-type]
    return sorted(found, key=_nearest_first)


def _nearest_first(item: tuple[float | None, Message]) -> tuple[bool, float, str, str]:
    km, message = item
    return km is None, km or 0.0, message.header.entity_id, message.stamp.origin


def _allocation(message: Message, need: Need, taken: float, km: float | None) -> Allocation:
    status = message.resource_status
    allocation = Allocation(
        participant=message.stamp.origin,
        resource_id=message.header.entity_id,
        resource_name=status.name,
        quantity=Quantity(value=taken, unit=need.quantity.unit),
        transport_mode=TransportMode.TRANSPORT_MODE_ROAD,
        reasons=_reasons(message, km),
        message_id=message.header.message_id,
    )
    if km is not None:
        allocation.distance_km = round(km, 1)
        allocation.arrival_minutes = round(status.mobilize_minutes + km / ROAD_KMH * 60)
    return allocation


def _reasons(message: Message, km: float | None) -> list[Reason]:
    stock = message.resource_status.stock
    kept = f"{amount(stock.minimum_kept)}{stock.unit}"
    available = amount(stock.available)
    return [
        _distance_reason(km),
        Reason(
            code="above_minimum",
            text_zh=f"可用{available}{stock.unit}，保留最低保有量{kept}",
            text_en=f"{available} {stock.unit} available, the minimum of {kept} is kept",
        ),
    ]


def _distance_reason(km: float | None) -> Reason:
    if km is None:
        return Reason(
            code="distance_unknown",
            text_zh="位置只到省级，距离不详，排在最后",
            text_en="its place or the need's is known by province only, so it comes last",
        )
    return Reason(
        code="nearest",
        text_zh=f"距离约{km:.0f}公里，为尚有余量者中最近",
        text_en=f"about {km:.0f} km away, the nearest with anything to spare",
    )


def _obstacle(somebody_has_it: bool) -> Reason:
    if somebody_has_it:
        return Reason(
            code="minimum_kept",
            text_zh="其余库存为各方最低保有量或已投入使用",
            text_en="what else there is, is committed or kept as a minimum",
        )
    return Reason(
        code="nobody_has_it",
        text_zh="各方均无此类资源的有效登记",
        text_en="no participant states a valid resource of this capability",
    )


def _proposal(
    province: str, found: list[tuple[OpenNeed, ProposalLine]], as_of_us: int
) -> AidProposal:
    lines = [line for _, line in found]
    allocations = [a for line in lines for a in line.allocations]
    ids = {line.message_id for line in lines} | {a.message_id for a in allocations}
    return AidProposal(
        as_of_time=timestamp(as_of_us),
        beneficiary=province,
        incident_ids=sorted({need.incident_id for need, _ in found}),
        lines=lines,
        addressed_to=sorted({a.participant for a in allocations}),
        message_ids=sorted(ids),
    )
