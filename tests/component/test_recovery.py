"""A gateway that lost its disk, or came back from an old copy of it, gets its log back from its peers."""

import shutil
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import pytest

from client import ExchangeError, connect, describe
from gateway.audit import verify_store
from gateway.audit.report import Lost
from gateway.errors import NotPermitted
from gateway.recovery import appending
from gateway.recovery.recover import recover
from gateway.recovery.report import RecoveryError, RecoveryReport
from gateway.replication import holder
from gateway.store.port import Entry
from tests.support.bodies import waybill_body
from tests.support.builders import draft, incident_body
from tests.support.damage import run_sql
from tests.support.delta import Delta, delta
from tests.support.materials import AGREED, Materials
from tests.support.promises import require_promised
from tests.support.readers import ids, told
from tests.support.scene import stubs
from tests.support.told import refused
from tests.support.waiting import until
from yrd.exchange.v1.message_pb2 import Draft, Priority, SealedEntry
from yrd.exchange.v1.service_pb2 import (
    GetHoldingRequest,
    GetHoldingResponse,
    RestoreRequest,
    RestoreResponse,
)

US, SOUTH, JOINT = "310000", "330000", "joint"
EVERYONE = (US, "320000", JOINT)


def whole(name: str, revision: int = 1) -> Draft:
    """Seen whole by every peer."""
    return draft(incident_body(reporter=None), entity=f"{US}/{name}", revision=revision)


def waybill(name: str) -> Draft:
    """Jiangsu sees the driver, the joint room nothing of the crew; nobody sees all of it."""
    return draft(waybill_body(), "waybill", entity=f"{US}/{name}")


@contextmanager
def exchange(
    materials: Materials, folder: Path, participants: tuple[str, ...] = EVERYONE
) -> Iterator[Delta]:
    with delta(materials, folder, participants) as made:
        yield made


def others(made: Delta) -> list[str]:
    return [participant for participant in made.configs if participant != US]


def publish(made: Delta, *drafts: Draft) -> None:
    assert all(r.HasField("accepted") for r in made.client(US).publish(drafts))
    made.wait_level(US, *others(made))


def recovered(made: Delta, *without: str) -> RecoveryReport:
    return recover(made.configs[US], without, lambda *_: None)


def copied(made: Delta, folder: Path) -> None:
    """A backup as an operator makes it, of a store in use."""
    with (
        closing(sqlite3.connect(made.data(US) / "gateway.db")) as source,
        closing(sqlite3.connect(folder / "backup.db")) as backup,
    ):
        source.backup(backup)


def lose_disk(made: Delta) -> None:
    made.stop(US)
    shutil.rmtree(made.data(US))


def put_back(made: Delta, folder: Path) -> None:
    """The newer files of the database are gone; the copy takes their place."""
    made.stop(US)
    for path in made.data(US).glob("gateway.db*"):
        path.unlink()
    shutil.copy(folder / "backup.db", made.data(US) / "gateway.db")


def no_problems(made: Delta) -> None:
    for participant in list(made.stacks):
        made.stop(participant)
    for config in made.configs.values():
        assert verify_store(config, lambda *_: None).problems == []


def goes_on(made: Delta, size: int) -> None:
    """Started again, it accepts at that size; every peer takes the next entry, and no alarm is raised."""
    made.start(US)
    until(lambda: made.status(US).accepting, "it accepts")
    (accepted,) = made.client(US).publish([whole("next")])
    assert accepted.accepted.sequence == size
    made.wait_level(US, *others(made))
    for participant in made.configs:
        assert not made.status(participant).alarms
        assert made.log(participant, US).root_hash == made.log(US, US).root_hash


def test_a_lost_disk_is_rebuilt_from_what_all_peers_hold_together(
    materials: Materials, tmp_path: Path
) -> None:
    first = [whole("a"), waybill("truck"), whole("b"), draft(entity=f"{US}/reported")]
    with exchange(materials, tmp_path) as made:
        publish(made, *first)
        made.client("320000").publish([draft(entity="320000/x")])
        made.wait_level("320000", US)
        lose_disk(made)
        report = recovered(made)
        assert (report.before, report.after, report.lost) == (0, AGREED + 4, [])
        assert {p.participant: (p.size, p.verdict) for p in report.peers} == {
            "320000": (AGREED + 4, "good"),
            JOINT: (AGREED + 4, "good"),
        }
        goes_on(made, AGREED + 4)
        found = {m.header.message_id: m for m in told(made.client(US)) if m.stamp.origin == US}
        assert list(found) == [*ids(first), *list(found)[4:]]
        truck = found[first[1].header.message_id]
        assert truck.waybill.driver == first[1].waybill.driver, "from Jiangsu"
        groups = {entry.index: set(entry.groups) for entry in report.incomplete}
        assert set(groups[AGREED + 1]) == set(truck.receipt.absent_groups)
        assert groups[AGREED + 1], "nobody was ever given all of it"
        assert report.whole == AGREED + 4 - len(groups)
        reported = found[first[3].header.message_id].incident_report
        assert reported.reporter == first[3].incident_report.reporter, "from the joint room"
        until(
            lambda: made.log(US, "320000").size == AGREED + 1, "the peers' logs are mirrored again"
        )
        no_problems(made)


def test_what_was_accepted_is_known_again(materials: Materials, tmp_path: Path) -> None:
    """A repeat gets its first answer, an old revision and an impossible step are refused as before."""
    first, second = whole("a"), whole("a", revision=2)
    with exchange(materials, tmp_path) as made:
        answers = made.client(US).publish([first, second])
        made.wait_level(US, *others(made))
        lose_disk(made)
        recovered(made)
        made.start(US)
        until(lambda: made.status(US).accepting, "it accepts")
        *again, stale = made.client(US).publish([first, second, whole("a", revision=2)])
        assert again == answers
        assert describe(stale.error).reason == "REVISION_STALE"
        assert made.log(US, US).size == AGREED + 2


def test_what_is_urgent_is_known_to_be_so_again(materials: Materials, tmp_path: Path) -> None:
    """So that it goes ahead to a peer that lacks much."""
    query = "SELECT priority, idx FROM urgent ORDER BY priority, idx"
    first = [whole("a"), whole("b"), whole("c")]
    first[1].header.priority = Priority.PRIORITY_LIFE_SAFETY
    first[2].header.priority = Priority.PRIORITY_URGENT
    with exchange(materials, tmp_path) as made:
        publish(made, *first)
        before = run_sql(made.data(US), query)
        assert len(before) == 2
        lose_disk(made)
        recovered(made)
        assert run_sql(made.data(US), query) == before


def test_what_no_peer_ever_held_is_reported_and_not_invented(
    materials: Materials, tmp_path: Path
) -> None:
    """Anhui is given no waybill, and is the only peer."""
    lost = waybill("truck")
    with exchange(materials, tmp_path, (US, "340000")) as made:
        publish(made, whole("a"), lost, waybill("second"), whole("b"))
        lose_disk(made)
        report = recovered(made)
        assert (report.after, report.lost, report.lost_count, report.whole) == (
            AGREED + 4,
            [(AGREED + 1, AGREED + 3)],
            2,
            AGREED + 2,
        )
        goes_on(made, AGREED + 4)
        assert made.log(US, US).counts.withheld == 2
        with pytest.raises(ExchangeError, match="NOT_FOUND"):
            made.client(US).get(lost.header.message_id)
        (repeat,) = made.client(US).publish([lost])
        assert repeat.accepted.sequence == AGREED + 5, "its id is not known any more: a new entry"
        made.wait_level(US, "340000")
        no_problems(made)
        audited = verify_store(made.configs[US], lambda *_: None)
        assert audited.lost == [Lost(AGREED + 1, AGREED + 3)]
        run_sql(made.data(US), "DELETE FROM erased")
        problems = verify_store(made.configs[US], lambda *_: None).problems
        assert [p for p in problems if "no recovery has noted that it was lost" in p] == problems
        assert len(problems) == 2


def test_a_peer_that_comes_later_gets_the_hashes_of_what_is_lost(
    materials: Materials, tmp_path: Path
) -> None:
    with exchange(materials, tmp_path, (US, "340000", JOINT)) as made:
        made.stop(JOINT)
        made.client(US).publish([whole("a"), waybill("truck")])
        made.wait_level(US, "340000")
        lose_disk(made)
        with pytest.raises(RecoveryError, match="--without PEER"):
            recovered(made)
        assert recovered(made, JOINT).lost == [(AGREED + 1, AGREED + 2)]
        made.start(JOINT)
        made.start(US)
        until(lambda: made.log(JOINT, US).size == AGREED + 2, "it is mirrored")
        assert made.log(JOINT, US).root_hash == made.log("340000", US).root_hash
        assert made.log(JOINT, US).counts.withheld == 1


def test_an_old_copy_accepts_nothing_until_it_is_recovered(
    materials: Materials, tmp_path: Path
) -> None:
    with exchange(materials, tmp_path) as made:
        publish(made, whole("a"))
        copied(made, tmp_path)
        publish(made, whole("b"), whole("c"))
        put_back(made, tmp_path)
        made.start(US)
        status = made.status(US)
        assert not status.accepting
        assert (
            f"holds {AGREED + 3} entries of our log under our signature, and this store has {AGREED + 1}"
            in status.problem
        )
        (alarm,) = status.alarms
        assert (alarm.log_origin, alarm.kind) == (f"yrd/{US}", "rollback")
        with pytest.raises(ExchangeError, match="yrd gateway recover"):
            made.client(US).publish([whole("d")])
        for peer in others(made):
            assert made.log(peer, US).size == AGREED + 3
            assert not made.status(peer).alarms, "it has shown nobody its old copy"
        with pytest.raises(RecoveryError, match="stop it first"):
            recovered(made)
        made.stop(US)
        report = recovered(made)
        assert (report.before, report.after, report.whole) == (AGREED + 1, AGREED + 3, 2)
        made.start(US)
        made.client(US).settle(alarm.number, "recovered")
        made.stop(US)
        goes_on(made, AGREED + 3)
        no_problems(made)


def test_an_old_copy_whose_peers_are_silent_waits_for_them(
    materials: Materials, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The copy was made in the same run, so that only the size beside it betrays its age."""
    monkeypatch.setattr("gateway.replication.continuity.AGAIN_SECONDS", 0.1)
    with exchange(materials, tmp_path) as made:
        publish(made, whole("a"))
        copied(made, tmp_path)
        publish(made, whole("b"))
        put_back(made, tmp_path)
        made.stop("320000")
        made.stop(JOINT)
        made.start(US)
        assert "320000, joint gave no true answer" in made.status(US).problem
        with pytest.raises(ExchangeError, match="may be an old copy"):
            made.client(US).publish([whole("c")])
        made.start(JOINT)
        until(
            lambda: f"this store has {AGREED + 1}" in made.status(US).problem, "it hears of its age"
        )


def test_a_store_whose_mark_is_right_waits_for_nobody(materials: Materials, tmp_path: Path) -> None:
    with exchange(materials, tmp_path) as made:
        publish(made, whole("a"))
        for participant in EVERYONE:
            made.stop(participant)
        made.start(US)
        (accepted,) = made.client(US).publish([whole("b")])
        assert accepted.accepted.sequence == AGREED + 1


def test_a_peer_gives_back_only_to_whom_it_belongs(materials: Materials, tmp_path: Path) -> None:
    with exchange(materials, tmp_path, (US, "320000")) as made:
        publish(made, whole("a"))
        channel = connect(made.configs["320000"].listen, *materials.system(US, "gateway"))
        service = stubs(channel).replication
        held = service.GetHolding(GetHoldingRequest(log_origin=f"yrd/{US}"), timeout=5)
        assert held.size == AGREED + 1
        assert held.version == made.status(US).version
        assert abs(held.time.seconds - time.time()) < 60
        pieces = list(service.Restore(RestoreRequest(log_origin=f"yrd/{US}"), timeout=5))
        assert [len(piece.entries) for piece in pieces] == [AGREED + 1]
        for foreign in (f"yrd/{SOUTH}", "yrd/320000"):
            asked = GetHoldingRequest(log_origin=foreign)
            found = refused(partial(service.GetHolding, asked, timeout=5))
            require_promised(found, NotPermitted)
            given = service.Restore(RestoreRequest(log_origin=foreign), timeout=5)
            require_promised(refused(partial(list, given)), NotPermitted)


def test_what_is_given_back_comes_in_pieces(
    materials: Materials, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holder, "PIECE_BYTES", 500)
    monkeypatch.setattr(holder, "READ", 3)
    with exchange(materials, tmp_path, (US, "320000")) as made:
        publish(made, *(whole(str(n)) for n in range(10)))
        channel = connect(made.configs["320000"].listen, *materials.system(US, "gateway"))
        request = RestoreRequest(log_origin=f"yrd/{US}", start=AGREED + 2)
        pieces = list(stubs(channel).replication.Restore(request, timeout=5))
        assert sum(len(piece.entries) for piece in pieces) == 8
        assert pieces[0].start == AGREED + 2
        assert len(pieces) > 2
        for piece in pieces:
            assert len(piece.entries) == 1 or sum(e.ByteSize() for e in piece.entries) <= 500
            assert piece.cosigned_checkpoint.startswith(f"yrd/{US}\n{AGREED + 10}\n")


Lie = Callable[[pytest.MonkeyPatch], None]


def forged(patch: pytest.MonkeyPatch) -> None:
    """It says that it holds more than it shows."""
    original = holder.Holder.holding

    def holding(self: holder.Holder, participant: str, log: str) -> GetHoldingResponse:
        answer = original(self, participant, log)
        answer.size += 1
        return answer

    patch.setattr(holder.Holder, "holding", holding)


def wrong_bytes(patch: pytest.MonkeyPatch) -> None:
    """It gives back a leaf with one bit changed."""
    original = holder.sealed_entry

    def sealed(entry: Entry) -> SealedEntry:
        made = original(entry)
        if entry.sequence == 1:
            made.leaf = bytes([*made.leaf[:-1], made.leaf[-1] ^ 1])
        return made

    patch.setattr(holder, "sealed_entry", sealed)


def shorter(patch: pytest.MonkeyPatch) -> None:
    """It gives back less than it has shown to hold."""
    original = holder.Holder.restore

    async def restore(
        self: holder.Holder, participant: str, log: str, start: int
    ) -> AsyncIterator[RestoreResponse]:
        async for piece in original(self, participant, log, start):
            del piece.entries[-1:]
            yield piece

    patch.setattr(holder.Holder, "restore", restore)


LIES: dict[str, tuple[Lie, str]] = {
    "a forged checkpoint": (forged, "does not show it"),
    "wrong bytes": (wrong_bytes, "do not make the tree"),
    "a shorter log": (shorter, "do not make the tree"),
}


@pytest.mark.parametrize("name", LIES)
def test_a_peer_that_lies_is_named_and_nothing_is_changed(
    materials: Materials, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    tell, words = LIES[name]
    with exchange(materials, tmp_path, (US, "320000")) as made:
        publish(made, whole("a"), whole("b"), whole("c"))
        copied(made, tmp_path)
        publish(made, whole("d"), whole("e"))
        lose_disk(made)
        with monkeypatch.context() as patch:
            tell(patch)
            with pytest.raises(RecoveryError, match=words) as caught:
                recovered(made)
        assert "320000" in str(caught.value)
        assert recovered(made).after == AGREED + 5
        goes_on(made, AGREED + 5)


def test_a_store_that_went_its_own_way_is_not_mended(materials: Materials, tmp_path: Path) -> None:
    """An old copy that accepted messages all the same: both trees are signed, and nobody can mend that."""
    with exchange(materials, tmp_path) as made:
        publish(made, whole("a"))
        copied(made, tmp_path)
        publish(made, whole("b"), whole("c"))
        put_back(made, tmp_path)
        for peer in others(made):
            made.stop(peer)
        (made.data(US) / "started").unlink()
        made.without = others(made)
        made.start(US)
        made.client(US).publish([whole("fork")])
        made.stop(US)
        for peer in others(made):
            made.start(peer)
        with pytest.raises(RecoveryError, match="the log was forked") as caught:
            recovered(made)
        assert str(caught.value).count(f"— yrd/{US} ") >= 2, "both signed checkpoints are shown"


def test_an_interrupted_recovery_goes_on(
    materials: Materials, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(appending, "COMMIT", 2)

    def stop_at(limit: int, what: str, done: int, total: int) -> None:
        if what == "append" and done >= limit:
            raise KeyboardInterrupt

    with exchange(materials, tmp_path) as made:
        publish(made, *(whole(str(n)) for n in range(7)))
        lose_disk(made)
        for limit in (2, 2):
            with pytest.raises(KeyboardInterrupt):
                recover(made.configs[US], (), partial(stop_at, limit))
        assert run_sql(made.data(US), "SELECT count(*) FROM entry") == [(4,)]
        report = recovered(made)
        assert (report.before, report.after) == (4, AGREED + 7)
        goes_on(made, AGREED + 7)
        no_problems(made)
