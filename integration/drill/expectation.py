"""What the joint picture must say at the end of a drill, from the scenario alone.

Shares nothing with gateway/ or pipelines/. Written for scenarios of some hundred messages: plain
loops, no states.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from itertools import combinations
from math import acos, cos, inf, radians, sin

from integration.drill.scenario import Step
from schemas.codes.tables import point_of
from yrd.aid.v1.aid_pb2 import AidResponseLine
from yrd.common.v1.common_pb2 import Place
from yrd.exchange.v1.message_pb2 import Draft, Mode
from yrd.resource.v1.resource_pb2 import Need

NEAR_KM, SOON_HOURS = 10.0, 24.0
ROAD_MINUTES_PER_KM = 1.3
WITHDRAWN, FINAL, CANCELLED, OFFERING, REFUSING = 5, 3, 3, (1, 2), (2, 3, 4)
Casualty = dict[str, int]


@dataclass(slots=True)
class ExpectedPicture:
    """Instant; incidents by their members with figures; warnings; message counts; lenders by line.

    `questions`: kind, origin and message of what is wrong and was not corrected; `grounds` on which it is
    objected to, by message, of what was corrected, too.
    """

    as_of: datetime
    incidents: dict[frozenset[str], Casualty] = field(default_factory=dict)
    warnings: set[str] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=dict)
    lenders: dict[tuple[str, str], list[tuple[str, float]]] = field(default_factory=dict)
    questions: set[tuple[str, str, str]] = field(default_factory=set)
    grounds: dict[str, int] = field(default_factory=dict)


def expected(steps: Sequence[Step], mode: Mode) -> ExpectedPicture:
    """The picture of one mode after all steps."""
    mine = [step for step in steps if step.draft.header.mode == mode]
    newest: dict[tuple[str, str], Step] = {}
    for step in mine:
        newest[step.draft.WhichOneof("body") or "", step.draft.header.entity_id] = step
    current = list(newest.values())
    picture = ExpectedPicture(max((s.at for s in mine), default=datetime.now(UTC)))
    for step in mine:
        picture.counts[step.participant] = picture.counts.get(step.participant, 0) + 1
    groups = _groups([s for s in current if _is_incident(s)])
    for group in groups:
        members = frozenset(s.draft.header.entity_id for s in group)
        picture.incidents[members] = _figures(_speaker(group).draft)
    picture.warnings = {
        s.draft.header.entity_id for s in current if _in_force(s.draft, picture.as_of)
    }
    picture.lenders = _lenders(current, groups, picture.as_of)
    picture.questions = {
        (s.questioned.kind, s.participant, s.draft.header.message_id)
        for s in current
        if s.questioned
    }
    picture.grounds = {s.draft.header.message_id: s.questioned.ground for s in mine if s.questioned}
    return picture


def _is_incident(step: Step) -> bool:
    draft = step.draft
    return draft.HasField("incident_report") and draft.incident_report.kind != WITHDRAWN


def _groups(steps: list[Step]) -> list[list[Step]]:
    """Joins what is named, then the nearest two groups that share no participant, until none is near."""
    groups = [[step] for step in steps]
    while pair := next(((a, b) for a, b in combinations(groups, 2) if _named(a, b)), None):
        _join(groups, *pair)
    while pairs := [(d, a, b) for a, b in combinations(groups, 2) if (d := _distance(a, b)) <= 2]:
        _, *nearest = min(pairs, key=lambda p: p[0])
        _join(groups, *nearest)
    return groups


def _join(groups: list[list[Step]], a: list[Step], b: list[Step]) -> None:
    a.extend(b)
    groups[:] = [group for group in groups if group is not b]


def _named(a: list[Step], b: list[Step]) -> bool:
    for one, other in ((a, b), (b, a)):
        ids = {step.draft.header.entity_id for step in one}
        if any(ids & {*step.draft.incident_report.same_event_ids} for step in other):
            return True
    return False


def _distance(a: list[Step], b: list[Step]) -> float:
    """Of their nearest two reports, in parts of what is near and soon; infinite for two events."""
    if {s.participant for s in a} & {s.participant for s in b}:
        return inf
    return min(_apart(x.draft, y.draft) for x in a for y in b)


def _apart(x: Draft, y: Draft) -> float:
    if len({d.incident_report.primary_type.value[:3] for d in (x, y)}) > 1:
        return inf
    hours = abs(x.header.occurred_time.seconds - y.header.occurred_time.seconds) / 3600
    km = _km(x.incident_report.place, y.incident_report.place)
    return km / NEAR_KM + hours / SOON_HOURS if km <= NEAR_KM and hours <= SOON_HOURS else inf


def _km(a: Place, b: Place) -> float:
    (lat_a, lon_a), (lat_b, lon_b) = _point(a), _point(b)
    cosine = sin(radians(lat_a)) * sin(radians(lat_b)) + cos(radians(lat_a)) * cos(
        radians(lat_b)
    ) * cos(radians(lon_a - lon_b))
    return 6371 * acos(min(1.0, cosine))


def _point(place: Place) -> tuple[float, float]:
    if place.HasField("point"):
        return place.point.latitude, place.point.longitude
    found = point_of(place.admin_code)
    if found is None:
        raise LookupError(f"no point for {place.admin_code}")
    return found


def _speaker(group: list[Step]) -> Step:
    """The one in whose province it lies, or else the newest."""

    def rank(step: Step) -> tuple[bool, datetime]:
        at_home = step.draft.incident_report.place.admin_code[:2] == step.participant[:2]
        return at_home, step.at

    return max(group, key=rank)


def _figures(draft: Draft) -> Casualty:
    """Figures that are stated, zeros included."""
    stated = draft.incident_report.casualties.ListFields()
    return {f.name: value for f, value in stated if f.message_type is None}


def _in_force(draft: Draft, at: datetime) -> bool:
    if not draft.HasField("early_warning") or draft.early_warning.action == CANCELLED:
        return False
    warning = draft.early_warning
    now = at.timestamp()
    ends = warning.expire_time.seconds if warning.HasField("expire_time") else now + 1
    return warning.issue_time.seconds <= now < ends


@dataclass(frozen=True, slots=True)
class _Wanted:
    need: Need
    home: str
    incident: str
    place: Place
    missing: float
    refusing: frozenset[str] = frozenset()

    def order(self) -> tuple[bool, float, str, str]:
        by = self.need.needed_by_time.seconds if self.need.HasField("needed_by_time") else 1e18
        return not self.need.life_saving, by, self.incident, self.need.line_id


def _lenders(
    current: list[Step], groups: Iterable[list[Step]], at: datetime
) -> dict[tuple[str, str], list[tuple[str, float]]]:
    """(incident, line) → lenders with what they could give, earliest first."""
    left = {
        s.draft.header.entity_id: _spare(s.draft)
        for s in current
        if s.draft.HasField("resource_status") and _still_valid(s.draft, at)
    }
    stocks = [s for s in current if s.draft.header.entity_id in left]
    found: dict[tuple[str, str], list[tuple[str, float]]] = {}
    for wanted in sorted(_wanted(current, groups), key=_Wanted.order):
        missing, lenders = wanted.missing, []
        able = [s for s in stocks if _fits(s.draft, wanted.need)]
        able = [s for s in able if s.participant not in wanted.refusing]
        for s in sorted(able, key=partial(_soonest, wanted)):
            given = _draw(left, s, missing)
            missing -= given
            if given > 0 and s.participant != wanted.home:
                lenders.append((s.participant, given))
        if lenders or missing > 0:
            found[wanted.incident, wanted.need.line_id] = lenders
    return found


def _soonest(wanted: _Wanted, step: Step) -> tuple[bool, float]:
    """Who is there first, mobilisation included; where no life depends on it, the own province before all."""
    status = step.draft.resource_status
    minutes = status.mobilize_minutes + _km(status.place, wanted.place) * ROAD_MINUTES_PER_KM
    return not wanted.need.life_saving and step.participant != wanted.home, minutes


def _draw(left: dict[str, float], step: Step, wanted: float) -> float:
    entity = step.draft.header.entity_id
    given = max(0.0, min(wanted, left[entity]))
    left[entity] -= given
    return given


def _spare(draft: Draft) -> float:
    stock = draft.resource_status.stock
    return max(0.0, stock.available - stock.minimum_kept)


def _still_valid(draft: Draft, at: datetime) -> bool:
    status = draft.resource_status
    return not status.HasField("valid_until_time") or (
        status.valid_until_time.seconds > at.timestamp()
    )


def _fits(draft: Draft, need: Need) -> bool:
    status = draft.resource_status
    able = any(c == need.capability for c in status.capabilities)
    return able and status.kind == need.kind and status.stock.unit == need.quantity.unit


def _wanted(current: list[Step], groups: Iterable[list[Step]]) -> list[_Wanted]:
    asked: dict[tuple[str, str], _Wanted] = {}
    for step in current:
        request = step.draft.aid_request
        for line in request.lines:
            answers = list(_answers(current, step.draft.header.entity_id, line.need.line_id))
            offers = sum(a.quantity.value for _, a in answers if a.decision in OFFERING)
            asked[request.incident_id, line.need.line_id] = _Wanted(
                line.need,
                step.participant,
                request.incident_id,
                line.report_to,
                line.need.quantity.value - offers,
                frozenset(who for who, a in answers if a.decision in REFUSING),
            )
    for step in (s for group in groups for s in group):
        report, incident = step.draft.incident_report, step.draft.header.entity_id
        for need in report.needs if report.kind != FINAL else ():
            wanted = _Wanted(need, step.participant, incident, report.place, need.quantity.value)
            asked.setdefault((incident, need.line_id), wanted)
    return list(asked.values())


def _answers(
    current: list[Step], request_id: str, line_id: str
) -> Iterator[tuple[str, AidResponseLine]]:
    for step in current:
        response = step.draft.aid_response
        for answer in response.lines if response.request_id == request_id else ():
            if answer.request_line_id == line_id:
                yield step.participant, answer
