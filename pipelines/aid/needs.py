"""Needs that are open: stated by incidents and by requests, each once, and inferred where none is."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipelines.aid.branches import branches
from pipelines.aid.inferred_needs import inferred
from pipelines.aid.refusals import Refusal, refusals
from pipelines.aid.stages import covering
from pipelines.facts.known import Known
from pipelines.facts.scope import micros
from pipelines.incidents.closing import is_closed
from pipelines.incidents.same_event import Group, groups
from pipelines.supplies.resources import code_key
from schemas.codes.tables import PROVINCES, province_of
from yrd.common.v1.common_pb2 import Place
from yrd.exchange.v1.message_pb2 import Message
from yrd.incident.v1.incident_pb2 import ReportKind
from yrd.resource.v1.resource_pb2 import Need

_FAR_FUTURE = 1 << 62

Line = tuple[str, str, str]
"""Province, incident, and the line's name."""


@dataclass(frozen=True, slots=True)
class OpenNeed:
    """A need, the province that lacks it, where, what says so, and what was offered."""

    need: Need
    beneficiary: str
    incident_id: str
    place: Place
    source_id: str
    message_id: str
    offered: float = 0.0
    refusals: tuple[Refusal, ...] = ()
    is_inferred: bool = False

    def urgency(self) -> tuple[bool, bool, int, str, str, str, str]:
        """Stated before inferred; lives first, then the earliest, then a stable order."""
        has_time = self.need.HasField("needed_by_time")
        by = micros(self.need.needed_by_time) if has_time else _FAR_FUTURE
        return (
            self.is_inferred,
            not self.need.life_saving,
            by,
            self.incident_id,
            self.need.line_id,
            self.source_id,
            self.message_id,
        )

    def line(self) -> Line:
        """What a request must name to speak of this need."""
        return self.beneficiary, self.incident_id, self.need.line_id

    @property
    def missing(self) -> float:
        """What nobody has offered yet."""
        return max(0.0, self.need.quantity.value - self.offered)


def all_needs(known: Known) -> list[OpenNeed]:
    """Stated and inferred needs, most urgent first."""
    return known.once("open needs", lambda: sorted(_all(known), key=OpenNeed.urgency))


def _all(known: Known) -> Iterator[OpenNeed]:
    stated = list(open_needs(known))
    yield from stated
    capabilities = {(need.incident_id, code_key(need.need.capability)) for need in stated}
    for joint, need in inferred(known, known.as_of_us, capabilities):
        province = province_of(joint.place.admin_code)
        if province in PROVINCES:
            yield OpenNeed(
                need,
                province,
                joint.joint_id,
                joint.place,
                joint.joint_id,
                joint.message_ids[0],
                is_inferred=True,
            )


def open_needs(known: Known) -> Iterator[OpenNeed]:
    """Needs of open incidents and of requests; a request line that repeats a need counts once."""
    requests = list(_requested(known))
    yield from requests
    reported = list(_reported(known))
    repeated = _repeated(requests, {need.line() for need in reported}, groups(known))
    yield from (need for need in reported if need.line() not in repeated)


def _repeated(requests: Iterable[OpenNeed], reported: set[Line], joint: list[Group]) -> set[Line]:
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
            place = _destination(line.need, line.report_to)
            yield _asked(known, message, line.need, place)


def _asked(known: Known, message: Message, need: Need, place: Place) -> OpenNeed:
    of_line = branches(known).get((message.header.entity_id, need.line_id), [])
    mine = [branch for branch in of_line if branch.request is message]
    return OpenNeed(
        need,
        _province(message.stamp.origin, place),
        message.aid_request.incident_id,
        place,
        message.header.entity_id,
        message.header.message_id,
        sum(map(covering, mine)),
        tuple(refusals(mine, known.as_of_us)),
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
            yield OpenNeed(
                need,
                _province(message.stamp.origin, place),
                message.header.entity_id,
                place,
                message.header.entity_id,
                message.header.message_id,
            )
