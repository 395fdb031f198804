"""What is due at an instant: to the microsecond, by days of Beijing, months of any length."""

from datetime import UTC, datetime
from typing import Any

import pytest
import yaml

from gateway.log.sealing import prepare, seal, stamp
from gateway.retention.due import Item, closings, due_rule, item
from gateway.retention.ledgers import provisions_over
from gateway.retention.policy import Ledger, Policy, parse
from gateway.retention.terms import Term
from gateway.retention.trace import TYPES, findings
from gateway.store.port import Entry
from gateway.store.retained import Disclosed, Provision
from gateway.store.upkeep import Confirmed, Incident
from schemas import message_ids
from schemas.instants import BEIJING
from tests.support.bodies import waybill_body
from tests.support.builders import draft, incident_body
from yrd.exchange.v1.message_pb2 import Disposition, Draft

OURS, THEIRS = "yrd/310000", "yrd/320000"
REPORT, WAYBILL = "yrd.incident.v1.IncidentReport", "yrd.hazmat.v1.Waybill"
DAY_US = 86_400_000_000


def us(text: str) -> int:
    """An instant in Beijing."""
    return int(datetime.fromisoformat(text).replace(tzinfo=BEIJING).timestamp() * 1e6)


TERMS = [
    ({"days": 0}, "2026-03-05T00:00", "2026-03-06T00:00"),
    ({"days": 0}, "2026-03-05T23:59:59.999999", "2026-03-06T00:00"),
    ({"days": 30}, "2026-03-05T12:00", "2026-04-05T00:00"),
    ({"months": 1}, "2026-01-31T08:00", "2026-03-01T00:00"),
    ({"months": 1}, "2028-01-31T08:00", "2028-03-01T00:00"),
    ({"months": 12}, "2024-02-29T08:00", "2025-03-01T00:00"),
    ({"months": 12}, "2025-02-28T08:00", "2026-03-01T00:00"),
    ({"months": 12}, "2025-06-01T07:59", "2026-06-02T00:00"),
    ({"months": 6}, "2026-08-31T00:00", "2027-03-01T00:00"),
    ({"months": 36}, "2026-12-31T23:00", "2030-01-01T00:00"),
    ({"months": 12}, "2026-12-01T00:00", "2027-12-02T00:00"),
]


@pytest.mark.parametrize(("term", "start", "over"), TERMS)
def test_a_term_is_over_with_the_end_of_its_last_day(
    term: dict[str, int], start: str, over: str
) -> None:
    assert Term.model_validate(term).over_us(us(start)) == us(over)


def test_days_are_those_of_beijing() -> None:
    evening = int(datetime(2026, 3, 5, 16, 30, tzinfo=UTC).timestamp() * 1e6)
    assert Term.model_validate({"days": 1}).over_us(evening) == us("2026-03-08T00:00")


def policy(**changes: Any) -> Policy:
    rule = {
        "id": "r",
        "types": ["yrd.incident.*"],
        "groups": ["personal.*"],
        "due": {"incident_closed": {"days": 30}},
        "reason": "incident_closed",
        "basis": "b",
    }
    return parse(yaml.safe_dump({"rules": [rule | changes]}), "p")


def held(**changes: Any) -> Item:
    fields: dict[str, Any] = {
        "offset": 1,
        "sequence": 0,
        "type": REPORT,
        "group": "personal.contact",
        "message_id": message_ids.new(1),
        "incidents": frozenset(["i"]),
        "reported_us": us("2026-01-01T12:00"),
        "occurred_us": us("2026-01-01T10:00"),
    }
    return Item(**(fields | changes))


CLOSED = {"i": us("2026-02-01T09:00")}
OVER = us("2026-03-04T00:00")


@pytest.mark.parametrize(("now_us", "due"), [(OVER - 1, False), (OVER, True), (OVER + 1, True)])
def test_due_thirty_days_after_the_incident_is_closed(now_us: int, due: bool) -> None:
    assert (due_rule(policy(), held(), CLOSED, now_us) is not None) is due


def test_all_of_its_incidents_must_be_closed() -> None:
    both = held(incidents=frozenset(["i", "j"]))
    assert due_rule(policy(), both, CLOSED, OVER) is None
    later = CLOSED | {"j": us("2026-02-10T09:00")}
    assert due_rule(policy(), both, later, us("2026-03-13T00:00") - 1) is None
    assert due_rule(policy(), both, later, us("2026-03-13T00:00")) is not None


def test_without_any_incident_none_is_closed() -> None:
    assert due_rule(policy(), held(incidents=frozenset()), CLOSED, OVER + 1000 * DAY_US) is None


@pytest.mark.parametrize(
    ("since", "over"), [("reported", "2026-02-02T00:00"), ("occurred", "2026-02-02T00:00")]
)
def test_due_by_age(since: str, over: str) -> None:
    aged = policy(due={since: {"months": 1}})
    assert due_rule(aged, held(), {}, us(over) - 1) is None
    assert due_rule(aged, held(), {}, us(over)) is not None


def test_age_runs_from_what_the_rule_says() -> None:
    early = held(occurred_us=us("2025-12-31T12:00"))
    now = us("2026-02-01T12:00")
    assert due_rule(policy(due={"occurred": {"months": 1}}), early, {}, now) is not None
    assert due_rule(policy(due={"reported": {"months": 1}}), early, {}, now) is None


def test_a_rule_keeps_to_its_types_groups_and_messages() -> None:
    assert due_rule(policy(), held(type=WAYBILL), CLOSED, OVER) is None
    assert due_rule(policy(), held(group="commercial.party"), CLOSED, OVER) is None
    one = held()
    only = policy(messages=[one.message_id])
    assert due_rule(only, one, CLOSED, OVER) is not None
    assert due_rule(only, held(message_id=message_ids.new(2)), CLOSED, OVER) is None


def test_only_what_belongs_to_no_incident() -> None:
    alone = policy(due={"reported": {"days": 1}}, without_incident=True)
    assert due_rule(alone, held(), CLOSED, OVER) is None
    assert due_rule(alone, held(incidents=frozenset()), CLOSED, OVER) is not None


def incident(log: str, ended: bool, time_us: int = 5, entity: str = "i") -> Incident:
    return Incident(entity, log, 1, ended, time_us)


def test_an_incident_is_closed_when_all_that_tell_of_it_say_so() -> None:
    assert closings([], OURS) == {}
    assert closings([incident(THEIRS, True, 7)], OURS) == {"i": 7}
    assert closings([incident(THEIRS, False)], OURS) == {}
    other = incident("yrd/330000", False)
    assert closings([incident(THEIRS, True), other], OURS) == {}
    assert closings([incident(THEIRS, True, 7), other._replace(ended=True, time_us=9)], OURS) == {
        "i": 9
    }


def test_of_ones_own_incident_nobody_else_says_whether_it_is_closed() -> None:
    assert closings([incident(OURS, True, 7), incident(THEIRS, False, 9)], OURS) == {"i": 7}
    assert closings([incident(OURS, False), incident(THEIRS, True)], OURS) == {}


def entry(made: Draft, log: str = OURS, offset: int = 1) -> Entry:
    """A draft as it lies in a store."""
    content = prepare(made, iter([b"s" * 16] * 4))
    now = int(datetime(2026, 6, 2, tzinfo=UTC).timestamp() * 1e6)
    sealed = seal(content, stamp(log.removeprefix("yrd/"), "console", offset - 1, now))
    whole = Disposition.DISPOSITION_WHOLE
    return Entry(
        offset, log, offset - 1, sealed.hash, sealed.leaf, content.type, whole, now, sealed.parts
    )


def test_what_decides_is_read_from_the_header() -> None:
    report = entry(draft(entity="310000/i", incidentIds=["320000/j"]))
    found = item(Disclosed(64, 1, 0, REPORT, "personal.contact", report.leaf or b""))
    assert found.incidents == {"310000/i", "320000/j"}
    truck = entry(draft(waybill_body(), "waybill", entity="310000/t"))
    assert (
        item(Disclosed(64, 1, 0, WAYBILL, "personal.driver", truck.leaf or b"")).incidents == set()
    )
    assert found.reported_us == int(datetime(2026, 6, 1, 12, tzinfo=UTC).timestamp() * 1e6)


def reports(*kinds: str, log: str = OURS) -> list[Entry]:
    """An incident's reports in order."""
    return [
        entry(
            draft(incident_body(kind=f"REPORT_KIND_{kind}"), entity="i", revision=number),
            log,
            number,
        )
        for number, kind in enumerate(kinds, 1)
    ]


@pytest.mark.parametrize(
    ("kinds", "revision", "ended"),
    [
        (("FOLLOW_UP",), 1, False),
        (("FOLLOW_UP", "FINAL"), 2, True),
        (("FOLLOW_UP", "FINAL", "CORRECTION"), 2, True),
        (("FOLLOW_UP", "CORRECTION"), 1, False),
        (("FOLLOW_UP", "WITHDRAWAL"), 2, True),
    ],
)
def test_findings_are_what_the_newest_report_that_is_no_correction_says(
    kinds: tuple[str, ...], revision: int, ended: bool
) -> None:
    found = findings("310000", reports(*kinds), 9).incidents
    newest = max(found, key=lambda i: i.revision)
    assert (newest.revision, newest.ended) == (revision, ended)
    assert len(found) == len(kinds)


def notice(log: str, offset: int) -> Entry:
    body = {
        "participant": log.removeprefix("yrd/"),
        "reason": "ERASURE_REASON_TERM_OVER",
        "basis": "b",
        "messages": [{"messageId": message_ids.new(1), "groups": ["personal.contact"]}],
        "erasedTime": "2026-06-01T00:00:00Z",
    }
    return entry(draft(body, "erasureNotice"), log, offset)


def confirmation(log: str, addressee: str, offset: int, participant: str = "") -> Entry:
    body = {
        "participant": participant or log.removeprefix("yrd/"),
        "addressee": addressee,
        "noticeId": str(message_ids.new(3)),
        "erasedTime": "2026-06-01T00:00:00Z",
    }
    return entry(draft(body, "erasureConfirmation"), log, offset)


def test_only_own_notices_and_confirmations_of_them_count() -> None:
    entries = [
        notice(OURS, 1),
        notice(THEIRS, 2),
        confirmation(THEIRS, "310000", 3),
        confirmation(THEIRS, "330000", 4),
        confirmation(THEIRS, "310000", 5, participant="330000"),
        confirmation(OURS, "320000", 6),
    ]
    assert {e.type for e in entries} < set(TYPES)
    found = findings("310000", entries, 6)
    assert [offset for _, offset in found.notices] == [1]
    assert [confirmed[1:] for confirmed in found.confirmed] == [("320000", 3)]
    assert isinstance(found.confirmed[0], Confirmed)


def test_what_can_not_be_read_says_nothing() -> None:
    good, future = reports("FINAL", "FINAL", log=THEIRS)
    broken = good._replace(leaf=b"\xff\xff")
    early = future._replace(received_us=1)
    assert findings("310000", [broken, early], 3).incidents == []


def test_provisions_go_when_three_years_are_over() -> None:
    ended = Provision("320000", 0, 9, us("2023-01-01T00:00"), us("2023-06-01T12:00"), "a")
    ledger = Ledger(months=36)
    assert provisions_over([ended], ledger, us("2026-06-02T00:00") - 1) == []
    assert provisions_over([ended], ledger, us("2026-06-02T00:00")) == [ended]
