"""An origin that sends an entry and leaves out a disclosure group which it has promised is found out from
the entry itself; one that left it out rightly is not accused, and the answer says why.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from schemas import message_ids
from tests.support.alarm_proofs import due_by, shown_by
from tests.support.bodies import waybill_body
from tests.support.builders import draft
from tests.support.damage import run_sql
from tests.support.delta import Delta, delta
from tests.support.handmade import HandmadeLog, agreed
from tests.support.materials import AGREED, Materials
from tests.support.rogue import all_of, rogue
from tests.support.waiting import until
from yrd.exchange.v1.message_pb2 import Disclosure, Draft
from yrd.exchange.v1.service_pb2 import AbsentGroup, ReportMissingResponse

VICTIM, ROGUE = "310000", "320000"
CREW, CONTACT = "personal.driver", "personal.contact"
CLAUSE = "hazmat-transport/corridor-crew"
LEFT_OUT, NEVER_CAME, DESTROYED, SENT, WHOLE, SPOILT = range(AGREED, AGREED + 6)
"""Waybills: without its crew; without it since it was destroyed before; with it, destroyed since; without
only what no clause discloses; one that has all of its groups; and one with something else for a crew."""
NOTICE_ID = message_ids.new(1)


def waybill(name: str) -> Draft:
    return draft(waybill_body(), "waybill", entity=f"{ROGUE}/{name}")


def notice(log: HandmadeLog, *places: int) -> Draft:
    body = {
        "participant": ROGUE,
        "reason": "ERASURE_REASON_TERM_OVER",
        "basis": "b",
        "messages": [
            {"messageId": log.ids()[place], "sequence": str(place), "groups": [CREW]}
            for place in places
        ],
        "erasedTime": "2026-06-01T00:00:00Z",
    }
    made = draft(body, "erasureNotice", entity=f"{ROGUE}/erasure/{NOTICE_ID}")
    made.header.message_id = NOTICE_ID
    return made


def leave_out(log: HandmadeLog, index: int, *groups: str) -> None:
    entry = log.entries[index]
    kept = [d for d in entry.disclosures if Disclosure.FromString(d).group not in groups]
    assert len(kept) == len(entry.disclosures) - len(groups)
    del entry.disclosures[:]
    entry.disclosures.extend(kept)


@contextmanager
def held(materials: Materials, path: Path) -> Iterator[tuple[Delta, HandmadeLog]]:
    """Shanghai holds waybills of Jiangsu, each without something, and has acted on its notice."""
    log = HandmadeLog(materials, ROGUE)
    log.add(*agreed(ROGUE), *(waybill(f"w{i}") for i in range(4)))
    log.add(draft(waybill_body(consignor={"name": "甲"}), "waybill", entity=f"{ROGUE}/w4"))
    log.add(waybill("w5"), notice(log, NEVER_CAME, DESTROYED))
    for index in (LEFT_OUT, NEVER_CAME):
        leave_out(log, index, CREW, CONTACT)
    for index in (DESTROYED, SENT, SPOILT):
        leave_out(log, index, CONTACT)
    log.entries[SPOILT].disclosures[0] = Disclosure(group=CREW, body=b"").SerializeToString()
    with (
        rogue(materials, ROGUE, all_of(log)) as bad,
        delta(materials, path, (VICTIM,), addresses={ROGUE: bad.address}) as made,
    ):
        until(lambda: made.log(VICTIM, ROGUE).size == len(log.entries), "its log is mirrored")
        until(lambda: not run_sql(made.data(VICTIM), "SELECT 1 FROM duty"), "the duty is done")
        yield made, log


def report(made: Delta, log: HandmadeLog, index: int) -> ReportMissingResponse:
    """Shows the gateway what it holds itself of an entry: that is all that it takes."""
    client = made.client(VICTIM)
    own = client.evidence(log.ids()[index])
    return client.report_missing(own.leaf, own.proof)


def groups(answer: ReportMissingResponse) -> dict[str, AbsentGroup]:
    return {one.group: one for one in answer.groups}


def test_a_group_that_was_due_and_left_out_is_alarmed_with_proof(
    materials: Materials, tmp_path: Path
) -> None:
    with held(materials, tmp_path) as (made, log):
        answer = report(made, log, LEFT_OUT)
        assert (list(answer.clauses), answer.not_due) == ([CLAUSE], "")
        found = groups(answer)
        assert (list(found[CREW].clauses), found[CREW].not_due) == ([CLAUSE], "")
        assert not found[CONTACT].clauses
        assert found[CONTACT].not_due == f"{CLAUSE} gave the entry without it"
        (alarm,) = made.client(VICTIM).alarms()
        assert (alarm.log_origin, alarm.kind) == (f"yrd/{ROGUE}", "missing_entry")
        assert (alarm.number, alarm.detail) == (answer.alarm.number, answer.alarm.detail)
        assert f"entry {LEFT_OUT} came without disclosure groups" in alarm.detail
        assert f"{CREW} ({CLAUSE})" in alarm.detail
        assert CONTACT not in alarm.detail
        assert shown_by(materials, alarm) == "its own entry"
        assert due_by(materials, alarm, VICTIM).groups == {CREW: (CLAUSE,)}
        stopped = "stopped: "
        until(lambda: made.link(VICTIM, ROGUE).problem.startswith(stopped), "the link is closed")
        assert report(made, log, LEFT_OUT).alarm.number == alarm.number, "told again, the same"


def test_what_came_in_the_place_of_a_group_and_is_not_it_is_alarmed_too(
    materials: Materials, tmp_path: Path
) -> None:
    """It was not kept, and the entry is quarantined: another who got it right can show it."""
    with held(materials, tmp_path) as (made, log):
        answer = made.client(VICTIM).report_missing(*log.exported(SPOILT))
        assert list(groups(answer)[CREW].clauses) == [CLAUSE]
        assert f"entry {SPOILT} came without disclosure groups" in answer.alarm.detail


@pytest.mark.parametrize("index", [NEVER_CAME, DESTROYED])
def test_what_was_destroyed_by_notice_is_no_alarm(
    materials: Materials, tmp_path: Path, index: int
) -> None:
    """Whether it was destroyed before it was sent or after."""
    with held(materials, tmp_path) as (made, log):
        answer = report(made, log, index)
        assert groups(answer)[CREW].not_due == f"it was erased by notice {NOTICE_ID}"
        require_innocent(made, answer)


def test_what_no_clause_discloses_is_no_alarm(materials: Materials, tmp_path: Path) -> None:
    with held(materials, tmp_path) as (made, log):
        answer = report(made, log, SENT)
        assert groups(answer).keys() == {CONTACT}, "the crew is here"
        assert f"{CONTACT} ({CLAUSE} gave the entry without it)" in answer.not_due
        require_innocent(made, answer)
        whole = report(made, log, WHOLE)
        assert whole.not_due == "it was sent: this gateway has it, and every disclosure group"
        assert not whole.groups
        require_innocent(made, whole)


def require_innocent(made: Delta, answer: ReportMissingResponse) -> None:
    assert answer.not_due.startswith("it was sent")
    assert not answer.HasField("alarm")
    assert not answer.clauses
    assert not list(made.client(VICTIM).alarms())
    assert made.link(VICTIM, ROGUE).connected
