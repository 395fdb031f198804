"""What the store does for retention: destroying for good, duties, provisions, what was found."""

import random
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gateway.log.sealing import SealedPart
from gateway.store.port import Change, Cosigned, Head
from gateway.store.retained import Ended, Provision
from gateway.store.round import Round
from gateway.store.sql_store import SqlStore
from gateway.store.sqlite import SqliteStore
from gateway.store.upkeep import Confirmed, Erased, Findings, Incident, Provided
from tests.support.entries import INCIDENT, OURS, RESOURCE, THEIRS, entry, message_id, withheld
from tests.support.handmade import grown
from yrd.exchange.v1.message_pb2 import Disposition

NOW_US = 1_790_000_000_000_000
HOUR_US = 3600 * 1_000_000
NOTICE, ACTIVATION = message_id(999), message_id(998)
CONTACT, DRIVER = "personal.contact", "personal.driver"
WHOLE, REDACTED = Disposition.DISPOSITION_WHOLE, Disposition.DISPOSITION_REDACTED
QUARANTINED = Disposition.DISPOSITION_QUARANTINED


def marker(number: int) -> bytes:
    return b"MARKER-%06d." % number


def parts(number: int, size: int = 40) -> tuple[SealedPart, ...]:
    body = b"\x0a" + marker(number) + b"x" * size
    return SealedPart(CONTACT, body), SealedPart(DRIVER, body)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "gateway.db"


@pytest.fixture
def in_file(path: Path) -> Iterator[SqliteStore]:
    made = SqliteStore(path, "310000")
    yield made
    made.close()


def round_of(store: SqlStore) -> Round:
    return Round(store.heads(), store.last_offset(), NOW_US, store)


def erase(store: SqlStore, log: str, *erased: tuple[int, str]) -> Change:
    made = round_of(store)
    made.erase(log, [Erased(offset, group, NOW_US, NOTICE) for offset, group in erased])
    store.commit(made.change)
    return made.change


def test_an_erased_disclosure_is_gone_the_rest_stays(store: SqlStore) -> None:
    store.commit(grown(Head(OURS), [entry(n, parts=parts(n)) for n in (1, 2)]))
    erase(store, OURS, (1, CONTACT))
    first, second = store.entries(OURS, 0, 2)
    assert (first.disposition, [p.group for p in first.parts]) == (REDACTED, [DRIVER])
    assert second == entry(2, parts=parts(2))[0]
    assert store.received(0, 1) == [first]
    assert store.heads()[OURS].counts == (1, 1, 0, 0)
    assert store.retained.erased(1, 2) == {1: {CONTACT: Erased(1, CONTACT, NOW_US, NOTICE)}}
    assert [d[1:5] for d in store.retained.disclosed(OURS, 0, 9)] == [
        (1, 0, INCIDENT, DRIVER),
        (2, 1, INCIDENT, CONTACT),
        (2, 1, INCIDENT, DRIVER),
    ]


def test_what_a_notice_has_destroyed_is_not_noted_as_a_term_that_was_over(
    store: SqlStore,
) -> None:
    store.commit(grown(Head(THEIRS), [entry(1, 0, THEIRS, parts=parts(1))]))
    erase(store, THEIRS, (1, CONTACT))
    for _ in range(2):
        made = round_of(store)
        over = [Erased(1, group, NOW_US + 1, ACTIVATION, "a/b") for group in (CONTACT, DRIVER)]
        made.erase(THEIRS, over)
        store.commit(made.change)
    assert store.retained.erased(1, 1) == {
        1: {
            CONTACT: Erased(1, CONTACT, NOW_US, NOTICE),
            DRIVER: Erased(1, DRIVER, NOW_US + 1, ACTIVATION, "a/b"),
        }
    }
    assert store.retained.ended() == [Ended(THEIRS, "a/b", ACTIVATION, NOW_US + 1, 1, 1)]


def test_the_second_group_does_not_count_the_entry_again(store: SqlStore) -> None:
    store.commit(grown(Head(OURS), [entry(1, parts=parts(1))]))
    erase(store, OURS, (1, CONTACT))
    erase(store, OURS, (1, DRIVER))
    assert store.heads()[OURS].counts == (0, 1, 0, 0)
    assert store.entries(OURS, 0, 1)[0].parts == ()


def test_an_entry_quarantined_meanwhile_is_counted_once(store: SqlStore) -> None:
    """Who found it broken knew it as whole; it was redacted since."""
    store.commit(grown(Head(THEIRS), [entry(1, 0, THEIRS, parts=parts(1))]))
    (known,) = store.received(0, 1)
    erase(store, THEIRS, (1, CONTACT))
    made = round_of(store)
    made.quarantine(known)
    made.quarantine(known)
    store.commit(made.change)
    assert store.heads()[THEIRS].counts == (0, 0, 0, 1)
    erase(store, THEIRS, (1, DRIVER))
    assert store.heads()[THEIRS].counts == (0, 0, 0, 1)
    assert store.entries(THEIRS, 0, 1)[0].disposition == QUARANTINED


def test_both_in_one_round_end_quarantined(store: SqlStore) -> None:
    store.commit(grown(Head(THEIRS), [entry(1, 0, THEIRS, parts=parts(1))]))
    (known,) = store.received(0, 1)
    made = round_of(store)
    made.erase(THEIRS, [Erased(1, CONTACT, NOW_US, NOTICE)])
    made.quarantine(known)
    store.commit(made.change)
    assert store.heads()[THEIRS].counts == (0, 0, 0, 1)
    assert store.entries(THEIRS, 0, 1)[0].disposition == QUARANTINED


def test_the_unsalted_digest_of_the_draft_goes_too(store: SqlStore) -> None:
    store.commit(grown(Head(OURS), [entry(n, parts=parts(n)) for n in (1, 2)]))
    erase(store, OURS, (1, CONTACT))
    known = store.accepted(OURS, [message_id(1), message_id(2)])
    assert known[message_id(1)].digest == b"\0" * 32
    assert known[message_id(2)].digest != b"\0" * 32


def test_erased_bytes_are_in_no_file_whatever_the_order(in_file: SqliteStore, path: Path) -> None:
    """Deleting would not do: pages keep copies of rows that were moved (docs/decisions)."""
    count, seed = 3000, 1
    choose = random.Random(seed)
    for start in range(1, count, 10):
        sizes = [choose.choice([60, 150, 400, 5000]) for _ in range(10)]
        new = [entry(n, parts=parts(n, size)[:1]) for n, size in enumerate(sizes, start)]
        in_file.commit(grown(in_file.heads().get(OURS, Head(OURS)), new))
    order = list(range(1, count + 1))
    choose.shuffle(order)
    gone = set[int]()
    for start in range(0, count, 500):
        some = order[start : start + 500]
        erase(in_file, OURS, *((n, CONTACT) for n in some))
        gone.update(some)
        assert in_file.retained.scrub()
        kept = b"".join(p.read_bytes() for p in path.parent.iterdir())
        found = {int(digits) for digits in re.findall(rb"MARKER-(\d{6})\.", kept)}
        assert found == set(order) - gone, f"seed {seed}"


def test_the_write_ahead_log_has_them_until_it_is_emptied(in_file: SqliteStore, path: Path) -> None:
    """Or the test above would prove nothing about it."""
    in_file.commit(grown(Head(OURS), [entry(1, parts=parts(1))]))
    erase(in_file, OURS, (1, CONTACT), (1, DRIVER))
    wal = path.with_name("gateway.db-wal")
    assert marker(1) in wal.read_bytes()
    assert in_file.retained.scrub()
    assert wal.read_bytes() == b""


def test_disclosures_are_found_page_by_page_of_one_log(store: SqlStore) -> None:
    ours = [entry(1, 0, parts=parts(1)), entry(2, 1), entry(3, 2, parts=parts(3)[:1])]
    store.commit(grown(Head(OURS), ours))
    store.commit(grown(Head(THEIRS), [entry(4, 0, THEIRS, parts=parts(4)), withheld(5, 1)]))
    found, after = list[tuple[int, str]](), 0
    while page := store.retained.disclosed(OURS, after, 2):
        assert len(page) <= 2
        found += [(d.offset, d.group) for d in page]
        after = page[-1].place
    assert found == [(1, CONTACT), (1, DRIVER), (3, CONTACT)]
    assert [d.sequence for d in store.retained.disclosed(THEIRS, 0, 9)] == [0, 0]


def test_entries_are_found_at_their_places(store: SqlStore) -> None:
    store.commit(grown(Head(THEIRS), [entry(1, 0, THEIRS), withheld(2, 1)]))
    found = store.retained.at(THEIRS, [1, 0, 7])
    assert {n: e.offset for n, e in found.items()} == {0: 1, 1: 2}
    assert store.retained.at(OURS, [0]) == {}


def test_entries_are_found_by_type_within_bounds(store: SqlStore) -> None:
    kinds = [INCIDENT, RESOURCE, INCIDENT, RESOURCE, INCIDENT]
    store.commit(grown(Head(OURS), [entry(n, kind=kind) for n, kind in enumerate(kinds, 1)]))
    assert [e.offset for e in store.retained.of_types([INCIDENT], 1, 4)] == [3]
    assert [e.offset for e in store.retained.of_types([INCIDENT, RESOURCE], 0, 9)] == [*range(1, 6)]
    assert store.retained.of_types(["yrd.unknown.v1.X"], 0, 9) == []


def test_duties_stay_until_they_are_done(store: SqlStore) -> None:
    store.commit(grown(Head(THEIRS), [entry(1, 0, THEIRS), entry(2, 1, THEIRS)]))
    change = Change(heads=store.heads())
    change.upkeep.duties += [2, 1]
    store.commit(change)
    assert store.retained.duties() == [1, 2]
    done = Change()
    done.upkeep.done.append(1)
    assert not done.empty()
    store.commit(done)
    assert store.retained.duties() == [2]


def provide(store: SqlStore, *given: Provided) -> None:
    for one in given:
        change = Change(heads=store.heads())
        change.upkeep.provided.append(one)
        note = Cosigned(OURS, f"yrd/{one.peer}/witness", one.stop, "note")
        change.cosigned[OURS, note.cosigner] = note
        store.commit(change)


def test_provisions_are_extended_for_an_hour_under_the_same_agreements(store: SqlStore) -> None:
    store.commit(grown(Head(OURS), [entry(1)]))
    later = NOW_US + HOUR_US
    provide(
        store,
        Provided("320000", 10, NOW_US, "a"),
        Provided("330000", 5, NOW_US, "a"),
        Provided("320000", 20, later - 1, "a"),
        Provided("320000", 30, later, "a"),
        Provided("320000", 30, later + 5, "a"),
        Provided("320000", 35, later + 7, "a"),
        Provided("320000", 40, later + 8, "a,b"),
    )
    assert store.retained.provisions() == [
        Provision("320000", 0, 20, NOW_US, later - 1, "a"),
        Provision("320000", 20, 35, later, later + 7, "a"),
        Provision("320000", 35, 40, later + 8, later + 8, "a,b"),
        Provision("330000", 0, 5, NOW_US, NOW_US, "a"),
    ]


def test_provisions_whose_term_is_over_go_and_the_next_goes_on_behind(store: SqlStore) -> None:
    store.commit(grown(Head(OURS), [entry(1)]))
    provide(store, Provided("320000", 10, NOW_US), Provided("330000", 7, NOW_US + 1))
    change = Change()
    change.upkeep.forgotten_us = NOW_US + 1
    assert not change.empty()
    store.commit(change)
    assert [p.peer for p in store.retained.provisions()] == ["330000"]
    provide(store, Provided("320000", 12, NOW_US + 2))
    assert store.retained.provisions()[0][:3] == ("320000", 10, 12)


def find(store: SqlStore, findings: Findings) -> None:
    change = Change()
    change.upkeep.findings = findings
    store.commit(change)


def test_findings_merge_in_any_order(store: SqlStore) -> None:
    store.commit(grown(Head(OURS), [entry(1)]))
    assert store.retained.traced() == 0
    final, earlier = Incident("i", OURS, 3, True, 30), Incident("i", OURS, 1, False, 10)
    find(store, Findings(5, [final], [(NOTICE, 4)]))
    find(store, Findings(6, [earlier], [(NOTICE, 4)], [Confirmed(NOTICE, "320000", 6)]))
    find(
        store,
        Findings(7, [Incident("i", OURS, 0, False, 50)], [], [Confirmed(NOTICE, "320000", 7)]),
    )
    stranger = Confirmed(message_id(5), "320000", 7)
    find(store, Findings(7, confirmed=[stranger]))
    assert store.retained.traced() == 7
    assert store.retained.incidents(["i", "j"]) == [Incident("i", OURS, 3, True, 50)]
    assert store.retained.notices() == {NOTICE: (4, (Confirmed(NOTICE, "320000", 6),))}


def test_who_still_reads_what_was_destroyed_is_waited_for(store: SqlStore) -> None:
    store.commit(grown(Head(OURS), [entry(1, parts=parts(1))]))
    with store._reader.stream("SELECT id, data FROM disclosure ORDER BY id", ()) as rows:
        assert marker(1) in next(rows)[1]
        erase(store, OURS, (1, CONTACT))
        assert not _in_another_thread(store.retained.scrub)
    assert _in_another_thread(store.retained.scrub)


def _in_another_thread(scrub: Callable[[], bool]) -> bool:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(scrub).result(30)
