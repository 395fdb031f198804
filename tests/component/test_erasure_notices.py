"""Notices of a peer that asks for what it may not: ignored for that, alarmed, and nothing else harmed."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gateway.replication.origin import Origin
from integration.stack import AGREEMENTS
from schemas import message_ids
from tests.support.builders import draft
from tests.support.damage import run_sql
from tests.support.delta import Delta, delta
from tests.support.erasure import REPORTER, final_report, old_incident
from tests.support.handmade import HandmadeLog
from tests.support.materials import Materials
from tests.support.readers import read
from tests.support.rogue import all_of, batch, rogue
from tests.support.scene import scene
from tests.support.waiting import until
from yrd.exchange.v1.message_pb2 import Draft
from yrd.exchange.v1.service_pb2 import AlarmEvidence, Filter, ReplicateOpen, ReplicateResponse
from yrd.governance.v1.governance_pb2 import ErasureConfirmation

US, PEER = "310000", "320000"
CONTACT = "personal.contact"
OTHER_ID = message_ids.new(7)


def told(name: str) -> Draft:
    return old_incident(f"{PEER}/{name}")


def notice(*messages: tuple[str, int], participant: str = PEER, **changes: object) -> Draft:
    body = {
        "participant": participant,
        "reason": "ERASURE_REASON_TERM_OVER",
        "basis": "b",
        "messages": [
            {"messageId": name, "sequence": str(place), "groups": [CONTACT]}
            for name, place in messages
        ],
        "erasedTime": "2026-06-01T00:00:00Z",
    }
    return draft(body | changes, "erasureNotice", entity=f"{PEER}/erasure/{message_ids.new(1)}")


@contextmanager
def following(materials: Materials, folder: Path, log: HandmadeLog) -> Iterator[Delta]:
    """A gateway that has mirrored all of a peer's log and has no duty left."""

    with (
        rogue(materials, PEER, all_of(log)) as peer,
        delta(materials, folder, (US,), addresses={PEER: peer.address}) as made,
    ):
        until(lambda: peer.receipts, "the receipt")
        until(lambda: not run_sql(made.data(US), "SELECT 1 FROM duty"), "the duty is done")
        yield made


def alarms(made: Delta) -> list[str]:
    rows = run_sql(made.data(US), "SELECT detail FROM evidence WHERE kind = 'erasure' ORDER BY id")
    return [detail for (detail,) in rows]


def confirmations(made: Delta) -> list[ErasureConfirmation]:
    wanted = Filter(types=["yrd.governance.v1.ErasureConfirmation"])
    return [m.erasure_confirmation for m in made.client(US).messages(wanted)]


def test_what_is_right_in_a_notice_is_done_the_rest_is_not(
    materials: Materials, tmp_path: Path
) -> None:
    log = HandmadeLog(materials, PEER)
    first, second, later = told("first"), told("second"), told("later")
    asked = notice(
        (first.header.message_id, 0),
        (OTHER_ID, 1),
        (later.header.message_id, 3),
        (OTHER_ID, 99),
    )
    log.add(first, second, asked, later)
    with following(materials, tmp_path, log) as made:
        (confirmed,) = confirmations(made)
        assert (confirmed.erased_count, confirmed.absent_count) == (1, 0)
        assert confirmed.notice_id == asked.header.message_id
        (alarm,) = alarms(made)
        assert f"message {OTHER_ID} at 1: another message is there and 2 more; ignored" in alarm
        client = made.client(US)
        names = {
            name: client.get(sent.header.message_id).incident_report.reporter.person_name
            for name, sent in {"first": first, "second": second, "later": later}.items()
        }
        assert names == {"first": "", "second": REPORTER, "later": REPORTER}
        ((data,),) = run_sql(made.data(US), "SELECT data FROM evidence WHERE kind = 'erasure'")
        assert AlarmEvidence.FromString(data).leaf == log.entries[2].leaf
        assert "stopped for good" not in made.link(US, PEER).problem


WRONG = {
    "speaks for another": notice((OTHER_ID, 0), participant="330000"),
    "names nothing that is there": notice((OTHER_ID, 0)),
    "breaks the contract": notice((OTHER_ID, 0), basis=""),
}


@pytest.mark.parametrize("asked", WRONG.values(), ids=WRONG)
def test_a_notice_that_is_wrong_as_a_whole_is_not_confirmed(
    materials: Materials, tmp_path: Path, asked: Draft
) -> None:
    log = HandmadeLog(materials, PEER)
    first = told("first")
    log.add(first, asked)
    with following(materials, tmp_path, log) as made:
        assert confirmations(made) == []
        assert len(alarms(made)) == 1
        kept = made.client(US).get(first.header.message_id)
        assert kept.incident_report.reporter.person_name == REPORTER


def test_our_messages_are_not_anothers_to_destroy(materials: Materials, tmp_path: Path) -> None:
    """A notice is about the log that it is in: our message at that place is not looked at."""
    log = HandmadeLog(materials, PEER)
    ours, theirs = draft(entity=f"{US}/1"), told("first")
    with delta(materials, tmp_path, (US,)) as alone:
        alone.client(US).publish([ours])
        alone.stop(US)
    log.add(theirs, notice((ours.header.message_id, 0)))
    with following(materials, tmp_path, log) as made:
        assert made.client(US).get(ours.header.message_id).incident_report.reporter.phone
        assert len(alarms(made)) == 1
        assert confirmations(made) == []


def test_a_group_that_we_were_not_given_is_absent(materials: Materials, tmp_path: Path) -> None:
    log = HandmadeLog(materials, PEER)
    first = told("first")
    log.add(first, notice((first.header.message_id, 0)))
    del log.entries[0].disclosures[:]
    with following(materials, tmp_path, log) as made:
        (confirmed,) = confirmations(made)
        assert (confirmed.erased_count, confirmed.absent_count) == (0, 1)
        assert alarms(made) == []


def test_a_withheld_message_is_absent(materials: Materials, tmp_path: Path) -> None:
    log = HandmadeLog(materials, PEER)
    first = told("first")
    log.add(first, notice((first.header.message_id, 0)))
    whole = log.batch(0, 2)
    entry = whole.entries[0]
    digest = log.frontier(1).root()
    entry.Clear()
    entry.leaf_hash = digest

    def script(opened: ReplicateOpen) -> Iterator[ReplicateResponse]:
        if opened.size < 2:
            yield batch(whole)

    with (
        rogue(materials, PEER, script) as peer,
        delta(materials, tmp_path, (US,), addresses={PEER: peer.address}) as made,
    ):
        until(lambda: confirmations(made), "the confirmation")
        (confirmed,) = confirmations(made)
        assert (confirmed.erased_count, confirmed.absent_count) == (0, 1)


def test_the_same_notice_again_is_confirmed_as_absent(materials: Materials, tmp_path: Path) -> None:
    log = HandmadeLog(materials, PEER)
    first = told("first")
    log.add(
        first, notice((first.header.message_id, 0)), notice(*[(first.header.message_id, 0)] * 3)
    )
    with following(materials, tmp_path, log) as made:
        counts = [(c.erased_count, c.absent_count) for c in confirmations(made)]
        assert counts == [(1, 0), (0, 1)]
        assert REPORTER not in str(read(made.client(US)))


def test_a_batch_kept_ready_for_the_next_peer_is_forgotten(
    materials: Materials, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    peers = [materials.peer("joint", "127.0.0.1:9")]
    settings = {"peers": peers, "check_processes": 0, "agreements_dir": AGREEMENTS}
    with scene(materials, monkeypatch, tmp_path, **settings) as alone:
        alone.client.publish([old_incident(), final_report()])
        origin: Origin = alone.gateway.parts.origin
        size = alone.client.status().logs[0].size
        assert REPORTER.encode() in origin._batch("joint", 0, size)[0]
        alone.client.run_retention(dry_run=False)
        assert REPORTER.encode() not in origin._batch("joint", 0, size)[0]
