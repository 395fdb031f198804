"""What every store must do (gateway/store/port.py), whatever it is made of."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.log.merkle import TILE, Frontier, Tree
from gateway.log.sealing import SealedPart
from gateway.store.alarm_book import Evidence
from gateway.store.port import (
    AcceptedEntry,
    Change,
    CorruptStore,
    Cosigned,
    Head,
    NewEntry,
    Standing,
    Store,
    StoreError,
)
from gateway.store.sqlite import SqliteStore
from tests.support.damage import run_sql
from tests.support.entries import (
    INCIDENT,
    OURS,
    RECEIVED_US,
    RESOURCE,
    THEIRS,
    digest,
    entry,
    message_id,
    withheld,
)
from tests.support.handmade import grown
from yrd.exchange.v1.message_pb2 import Disposition

PARTS = (SealedPart("personal.contact", b"c"), SealedPart("personal.driver", b"d"))
Reopen = Callable[[], Store]


def stored(new: list[NewEntry]) -> list[object]:
    return [single for single, _ in new]


def twice(store: Store, reopen: Reopen) -> Iterator[Store]:
    """The store as it is, then closed and opened again."""
    yield store
    yield reopen()


class StoreContract:
    """Laws of the port. A class for a store gives `reopen`, which closes it and opens it again."""

    @pytest.fixture
    def store(self, reopen: Reopen) -> Store:
        return reopen()

    def test_a_fresh_store_is_empty(self, store: Store) -> None:
        assert store.heads() == {}
        assert (store.last_offset(), store.received(0, 10)) == (0, [])
        assert (store.find(message_id(1)), store.cursor("console", "c")) == ([], None)
        assert store.accepted(OURS, [message_id(1)]) == {}
        assert store.standings(OURS, [(INCIDENT, "e/1")]) == {}
        assert (store.cosigned(OURS), store.tile(OURS, 0, 0)) == ([], [])

    @pytest.mark.parametrize("count", [1, 31, 32, 33, 199, 200, 201, 465])
    def test_a_commit_of_any_size_is_read_back(
        self, store: Store, reopen: Reopen, count: int
    ) -> None:
        ours = [entry(number, parts=PARTS) for number in range(1, count + 1)]
        store.commit(grown(Head(OURS), ours))
        held = reopen()
        assert held.entries(OURS, 0, count) == stored(ours)
        assert len(held.accepted(OURS, [message_id(n) for n in range(1, count + 1)])) == count

    def test_what_was_committed_is_read_back_and_survives(
        self, store: Store, reopen: Reopen
    ) -> None:
        ours = [entry(1, parts=PARTS), entry(2, kind=RESOURCE)]
        theirs = [entry(3, 0, THEIRS), withheld(4, 1)]
        store.commit(grown(Head(OURS), ours, "note of ours"))
        store.commit(grown(Head(THEIRS), theirs))
        for held in twice(store, reopen):
            assert held.entries(OURS, 0, 2) == stored(ours)
            assert held.entries(THEIRS, 0, 2) == stored(theirs)
            assert held.received(0, 10) == stored([*ours, *theirs])
            assert held.last_offset() == 4

    def test_a_change_of_two_logs_is_one_commit(self, store: Store) -> None:
        change = grown(Head(OURS), [entry(1)])
        other = grown(Head(THEIRS), [entry(2, 0, THEIRS)])
        both = Change(entries=change.entries + other.entries, heads=change.heads | other.heads)
        store.commit(both)
        assert [e.log for e in store.received(0, 10)] == [OURS, THEIRS]
        assert set(store.heads()) == {OURS, THEIRS}

    @pytest.mark.parametrize(
        ("after", "limit", "found"),
        [(0, 2, [1, 2]), (2, 2, [3, 4]), (3, 9, [4, 5]), (5, 9, []), (0, 0, [])],
    )
    def test_offsets_are_read_page_by_page(
        self, store: Store, reopen: Reopen, after: int, limit: int, found: list[int]
    ) -> None:
        store.commit(grown(Head(OURS), [entry(n) for n in range(1, 6)]))
        for held in twice(store, reopen):
            assert [e.offset for e in held.received(after, limit)] == found

    def test_entries_that_are_not_all_there_are_an_error(
        self, store: Store, reopen: Reopen
    ) -> None:
        store.commit(grown(Head(OURS), [entry(1), entry(2)]))
        for held in twice(store, reopen):
            for start, stop in ((0, 3), (2, 3), (5, 9)):
                with pytest.raises(CorruptStore):
                    held.entries(OURS, start, stop)
            assert held.entries(OURS, 2, 2) == []

    def test_a_commit_is_all_or_nothing(self, store: Store, reopen: Reopen) -> None:
        store.commit(grown(Head(OURS), [entry(1), entry(2)], "first note"))
        head = store.heads()[OURS]
        change = grown(head, [entry(3), entry(4, kind=RESOURCE), entry(2)], "second note")
        change.cosigned[OURS, "w"] = Cosigned(OURS, "w", 5, "note")
        change.cursors["console", "c"] = 3
        change.evidence.append(Evidence(THEIRS, 1, "fork", "d", b"x"))
        with pytest.raises(StoreError):
            store.commit(change)
        for held in twice(store, reopen):
            assert held.heads() == {OURS: head}
            assert [e.offset for e in held.received(0, 10)] == [1, 2]
            assert (held.cosigned(OURS), held.cursor("console", "c")) == ([], None)
            assert held.find(message_id(3)) == []

    def test_after_a_failed_commit_the_next_one_is_whole(
        self, store: Store, reopen: Reopen
    ) -> None:
        """Also where the failed one was the first to speak of a log and of a type."""
        failing = grown(Head(THEIRS), [entry(1, 0, THEIRS), entry(1, 1, THEIRS)])
        with pytest.raises(StoreError):
            store.commit(failing)
        good = [entry(1, 0, THEIRS), entry(2, 1, THEIRS, kind=RESOURCE)]
        store.commit(grown(Head(THEIRS), good))
        for held in twice(store, reopen):
            assert held.received(0, 10) == stored(good)
            assert held.entries(THEIRS, 0, 2) == stored(good)

    def test_trees_are_rebuilt_from_what_is_stored(self, store: Store, reopen: Reopen) -> None:
        sizes, head = [1, 255, 256, 257, 600], Head(OURS)
        expected = {}
        for size in sizes:
            new = [entry(n + 1) for n in range(head.size, size)]
            store.commit(grown(head, new, f"note {size}"))
            head = store.heads()[OURS]
            expected[size] = Frontier().extend(entry(n + 1)[0].hash for n in range(size))[0]
            assert head.frontier == expected[size]
        held = reopen()
        assert held.heads() == {OURS: head}
        assert (head.checkpoint, head.counts) == ("note 600", (600, 0, 0, 0))
        tree = Tree(lambda level, index: held.tile(OURS, level, index))
        assert {size: tree.root(size) for size in sizes} == {
            size: frontier.root() for size, frontier in expected.items()
        }

    def test_tiles_hold_256_hashes(self, store: Store) -> None:
        new = [entry(n + 1) for n in range(600)]
        store.commit(grown(Head(OURS), new))
        leaves = [single.hash for single, _ in new]
        assert store.tile(OURS, 0, 1) == leaves[TILE : 2 * TILE]
        assert store.tile(OURS, 0, 2) == leaves[2 * TILE :]
        perfect = [Frontier().extend(leaves[i : i + TILE])[0].root() for i in (0, TILE)]
        assert store.tile(OURS, 8, 0) == perfect
        assert (store.tile(OURS, 0, 3), store.tile(OURS, 16, 0)) == ([], [])

    def test_what_was_accepted_is_known_by_its_id(self, store: Store, reopen: Reopen) -> None:
        store.commit(grown(Head(OURS), [entry(1), entry(2)]))
        second = entry(2)[0]
        known = AcceptedEntry(1, second.hash, RECEIVED_US + 2, digest(2))
        for held in twice(store, reopen):
            assert held.accepted(OURS, [message_id(2), message_id(9)]) == {message_id(2): known}
            assert held.accepted(THEIRS, [message_id(2)]) == {}
            assert held.accepted(OURS, []) == {}

    def test_the_newest_revision_of_each_type_and_entity_is_known(
        self, store: Store, reopen: Reopen
    ) -> None:
        new = [
            entry(1, entity="e", revision=1),
            entry(2, entity="e", revision=4),
            entry(3, entity="f", revision=2),
            entry(4, entity="e", revision=9, kind=RESOURCE),
        ]
        store.commit(grown(Head(OURS), new))
        asked = [(INCIDENT, "e"), (INCIDENT, "f"), (RESOURCE, "e"), (RESOURCE, "f")]
        for held in twice(store, reopen):
            assert held.standings(OURS, asked) == {
                (INCIDENT, "e"): Standing(4),
                (INCIDENT, "f"): Standing(2),
                (RESOURCE, "e"): Standing(9),
            }

    def test_a_thousand_can_be_asked_for_at_once(self, store: Store) -> None:
        store.commit(grown(Head(OURS), [entry(n) for n in range(1, 1001)]))
        numbers = range(1, 1001)
        assert len(store.accepted(OURS, [message_id(n) for n in numbers])) == 1000
        assert len(store.standings(OURS, [(INCIDENT, f"e/{n}") for n in numbers])) == 1000

    def test_an_id_is_found_in_every_log_that_has_it(self, store: Store, reopen: Reopen) -> None:
        (first, naming), (second, _) = entry(1), entry(2, 0, THEIRS)
        store.commit(grown(Head(OURS), [(first, naming)]))
        store.commit(grown(Head(THEIRS), [(second, naming)]))
        for held in twice(store, reopen):
            assert held.find(message_id(1)) == [first, second]
            assert held.find(message_id(2)) == []

    def test_cursors_never_go_back(self, store: Store, reopen: Reopen) -> None:
        for offset, expected in ((3, 3), (5, 5), (4, 5)):
            store.commit(Change(cursors={("console", "c"): offset}))
            assert store.cursor("console", "c") == expected
        store.commit(Change(cursors={("dispatch", "c"): 1, ("console", "d"): 2}))
        for held in twice(store, reopen):
            assert [
                held.cursor(system, name)
                for system in ("console", "dispatch")
                for name in ("c", "d")
            ] == [5, 2, 1, None]

    def test_of_each_peer_the_newest_receipt_is_kept(self, store: Store, reopen: Reopen) -> None:
        store.commit(grown(Head(OURS), [entry(1), entry(2)]))
        for size, name in ((1, "b"), (1, "a"), (2, "b")):
            receipt = Cosigned(OURS, name, size, f"{name} at {size}")
            store.commit(Change(cosigned={(OURS, name): receipt}))
        for held in twice(store, reopen):
            assert held.cosigned(OURS) == [
                Cosigned(OURS, "a", 1, "a at 1"),
                Cosigned(OURS, "b", 2, "b at 2"),
            ]
            assert held.cosigned(THEIRS) == []

    def test_quarantine_is_seen_everywhere(self, store: Store, reopen: Reopen) -> None:
        store.commit(grown(Head(OURS), [entry(1), entry(2, parts=PARTS), entry(3)]))
        head = replace(store.heads()[OURS], counts=(2, 0, 0, 1))
        store.commit(Change(quarantined=[2], heads={OURS: head}))
        marked = entry(2, parts=PARTS)[0]._replace(disposition=Disposition.DISPOSITION_QUARANTINED)
        for held in twice(store, reopen):
            assert held.received(1, 1) == [marked]
            assert held.entries(OURS, 1, 2) == [marked]
            assert held.find(message_id(2)) == [marked]
            assert held.heads() == {OURS: head}

    def test_other_threads_see_what_was_committed(self, store: Store) -> None:
        with ThreadPoolExecutor(4) as pool:
            head = Head(OURS)
            for n in range(1, 6):
                store.commit(grown(head, [entry(n)]))
                head = store.heads()[OURS]
                seen = [pool.submit(store.received, 0, 10) for _ in range(4)]
                assert all(len(found.result()) == n for found in seen)
                assert pool.submit(store.last_offset).result() == n


class TestSqliteStore(StoreContract):
    """SQLite keeps the laws."""

    @pytest.fixture
    def reopen(self, tmp_path: Path) -> Iterator[Reopen]:
        opened: list[SqliteStore] = []

        def again() -> SqliteStore:
            for store in opened:
                store.close()
            opened.append(SqliteStore(tmp_path / "gateway.db", "310000"))
            return opened[-1]

        yield again
        for store in opened:
            store.close()

    def test_the_store_of_another_participant_is_refused(
        self, store: Store, tmp_path: Path
    ) -> None:
        with pytest.raises(StoreError, match=r"'310000', this gateway is '320000'; check data_dir"):
            SqliteStore(tmp_path / "gateway.db", "320000")

    def test_a_file_that_is_no_store_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "other.db").write_bytes(b"not a database, but longer than a page header" * 99)
        with pytest.raises(StoreError, match="not a database"):
            SqliteStore(tmp_path / "other.db", "310000")

    def test_evidence_is_kept(self, store: Store, tmp_path: Path) -> None:
        store.commit(Change(evidence=[Evidence(THEIRS, 7, "fork", "what", b"bytes")]))
        columns = "log, time, kind, detail, data"
        assert run_sql(tmp_path, f"SELECT {columns} FROM evidence") == [
            (THEIRS, 7, "fork", "what", b"bytes")
        ]
