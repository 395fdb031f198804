"""Facts of a small drill in which everything is as it should be, made without any gateway."""

from hashlib import sha256
from pathlib import Path

from integration.drill import holdings
from integration.drill.checks import run_checks
from integration.drill.expectation import expected
from integration.drill.facts import Facts
from integration.drill.holdings import Holding, groups_present
from integration.drill.observe import Observed
from integration.drill.scenario import PARTICIPANTS, Step
from integration.stack import AGREEMENTS
from schemas.catalog import body_of
from tests.support import tiny
from tests.support.builders import message
from tests.support.handmade import agreed
from yrd.exchange.v1.message_pb2 import Draft, Message, Mode
from yrd.exchange.v1.service_pb2 import GetStatusResponse

CALLER = {"organization": "值班室", "person_name": "张三", "phone": "021-55512345"}
DRIVER = {"name": "王三", "certificate_number": "330300000001"}
PLACE = {"admin_code": "310115"}
FLOOD, FIRE = "310000/tiny/flood", "340000/tiny/fire"


def steps(folder: Path) -> tuple[Step, ...]:
    """A flood that needs pumps, a warning, a waybill that Anhui may not see, and a real event."""
    needs = [tiny.need(6)]
    flood = tiny.incident(casualties={"dead": 1, "missing": 0}, reporter=CALLER, needs=needs)
    waybill = {"driver": DRIVER, "origin": PLACE, "destination": PLACE}
    warning = {"action": "WARNING_ACTION_ISSUE", "issue_time": "2021-07-25T10:00+08:00"}
    return tiny.made(
        folder,
        tiny.step("2021-07-25T09:00+08:00", body=flood),
        tiny.step(
            "2021-07-25T09:30+08:00", "320000", "pumps", tiny.stock("320000", 10), "resource_status"
        ),
        tiny.step("2021-07-25T10:00+08:00", "310000", "warning", warning, "early_warning"),
        tiny.step("2021-07-25T10:30+08:00", "310000", "waybill", waybill, "waybill"),
        tiny.step("2021-07-25T11:00+08:00", "340000", "fire", mode="actual"),
    ).steps


def good(folder: Path) -> Facts:
    """Facts on which every check holds."""
    made = steps(folder)
    held = holdings.expected(made, AGREEMENTS)
    logs = _logs(made)
    logs["joint"] = _views(logs)
    for name, log in logs.items():
        log.extend(_activations(name, len(log)))
    published = frozenset(step.draft.header.message_id for step in made)
    return Facts(
        acknowledged=published,
        published=published,
        refusals=(),
        holdings=held,
        activations=holdings.activations(AGREEMENTS),
        exercise=expected(made, Mode.MODE_EXERCISE),
        actual=expected(made, Mode.MODE_ACTUAL),
        observed=Observed(
            {name: _status(name, logs, held[name]) for name in PARTICIPANTS},
            {name: _received(name, logs, held[name]) for name in PARTICIPANTS},
        ),
        audit_problems=(),
        audited_entries=8,
    )


def _logs(made: tuple[Step, ...]) -> dict[str, list[Message]]:
    """Messages by origin, in the order of its log."""
    logs: dict[str, list[Message]] = {name: [] for name in PARTICIPANTS}
    for step in made:
        log = logs[step.participant]
        log.append(message(step.participant, len(log), step.draft, step.at))
    return logs


def _activations(participant: str, first: int) -> list[Message]:
    """What its gateway says of the agreements, all of which concern everybody."""
    return [
        message(participant, first + number, made)
        for number, made in enumerate(agreed(participant))
    ]


def _received(name: str, logs: dict[str, list[Message]], held: dict[str, Holding]) -> list[Message]:
    """What one participant has of all logs, without the groups that it may not see."""
    found: list[Message] = []
    for published in (m for log in logs.values() for m in log):
        holding = held.get(published.header.message_id)
        if holding is None or not holding.withheld:
            received = Message.FromString(published.SerializeToString())
            if holding is not None:
                _redact(received, holding)
            received.receipt.offset = len(found) + 1
            found.append(received)
    return found


def _redact(received: Message, holding: Holding) -> None:
    if "personal.contact" in holding.absent_groups:
        received.incident_report.reporter.ClearField("person_name")
        received.incident_report.reporter.ClearField("phone")
    if "personal.driver" in holding.absent_groups:
        received.waybill.ClearField("driver")
    received.receipt.absent_groups.extend(sorted(holding.absent_groups))
    body = body_of(received)
    assert body is not None
    assert not frozenset(groups_present(body)) & holding.absent_groups


def _status(
    name: str, logs: dict[str, list[Message]], held: dict[str, Holding]
) -> GetStatusResponse:
    status = GetStatusResponse(participant=name, accepting=True)
    for origin in [name, *(other for other in PARTICIPANTS if other != name)]:
        log = status.logs.add(log_origin=f"yrd/{origin}", size=len(logs[origin]))
        log.root_hash = sha256(origin.encode()).digest()
        log.counts.withheld = sum(h.withheld and h.origin == origin for h in held.values())
        if log.size:
            signers = [f"yrd/{origin}", *(f"yrd/{p}/witness" for p in PARTICIPANTS if p != origin)]
            log.checkpoint = "".join(f"\u2014 {signer} c2lnbmF0dXJl\n" for signer in signers)
    return status


def _views(logs: dict[str, list[Message]]) -> list[Message]:
    """What the pipeline says of it: a summary and a proposal of the exercise, and a real summary."""
    flood, warning, waybill = logs["310000"]
    (pumps,), (fire,) = logs["320000"], logs["340000"]
    exercise, proposal, actual = Draft(), Draft(), Draft()
    summary = exercise.situation_summary
    summary.as_of_time.CopyFrom(waybill.header.reported_time)
    incident = summary.incidents.add(message_ids=[flood.header.message_id])
    incident.members.add(entity_id=FLOOD)
    incident.casualties.dead, incident.casualties.missing = 1, 0
    summary.warnings.add(entity_id=warning.header.entity_id)
    _cover(exercise, {"310000": 3, "320000": 1})
    aid = proposal.aid_proposal
    aid.beneficiary, aid.incident_ids[:] = "310000", [FLOOD]
    aid.message_ids[:] = [flood.header.message_id, pumps.header.message_id]
    line = aid.lines.add(source_id=FLOOD)
    line.need.line_id = "pumps"
    line.allocations.add(participant="320000").quantity.value = 6
    joined = actual.situation_summary.incidents.add(message_ids=[fire.header.message_id])
    joined.members.add(entity_id=FIRE)
    joined.casualties.dead = 0
    _cover(actual, {"340000": 1})
    return [
        _view(number, draft, Mode.MODE_ACTUAL if draft is actual else Mode.MODE_EXERCISE)
        for number, draft in enumerate((exercise, proposal, actual))
    ]


def _cover(draft: Draft, counts: dict[str, int]) -> None:
    draft.situation_summary.scope = "joint"
    for name in PARTICIPANTS:
        draft.situation_summary.coverage.add(participant=name, message_count=counts.get(name, 0))


def _view(number: int, draft: Draft, mode: Mode) -> Message:
    draft.header.message_id = f"01890a5d-0000-7000-8000-00000000000{number}"
    draft.header.entity_id, draft.header.mode = f"joint/view/{number}", mode
    return message("joint", number, draft)


def failed(facts: Facts) -> dict[str, str]:
    """Checks that failed, with what they say."""
    return {check.name: check.detail for check in run_checks(facts) if not check.ok}


def held(facts: Facts, participant: str, field: str) -> Message:
    """The first message of a kind that a participant has."""
    return next(m for m in facts.observed.messages[participant] if m.HasField(field))


def view(facts: Facts, mode: str = "EXERCISE", field: str = "situation_summary") -> Message:
    """What the duty room has of its own views."""
    wanted = Mode.Value(f"MODE_{mode}")
    mine = (m for m in facts.observed.messages["joint"] if m.header.mode == wanted)
    return next(m for m in mine if m.HasField(field))
