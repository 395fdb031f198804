"""Large entries are read a page at a time, so that nobody has to hold gigabytes."""

import pytest

from gateway.log.sealing import SealedPart
from gateway.store import sql_read
from gateway.store.port import Change, Entry, Head, NewEntry
from gateway.store.sql_store import SqlStore
from tests.support.entries import OURS, entry

LEAVES_AND_PARTS = ((10, 0), (10, 0), (10, 95), (10, 0), (200, 0), (10, 0))


def sized(offset: int, leaf: int, part: int) -> NewEntry:
    whole, naming = entry(offset, parts=[SealedPart("g", bytes([1] * part))] if part else ())
    return whole._replace(leaf=b"x" * leaf), naming


@pytest.mark.parametrize("of_a_log", [False, True])
def test_leaves_and_disclosures_count_and_what_is_larger_comes_alone(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch, of_a_log: bool
) -> None:
    monkeypatch.setattr(sql_read, "PAGE_BYTES", 100)
    made = [sized(offset, *size) for offset, size in enumerate(LEAVES_AND_PARTS, start=1)]
    store.commit(Change(entries=made, heads={OURS: Head(OURS, counts=(len(made), 0, 0, 0))}))
    store._tail.clear()

    def read(at: int) -> list[Entry]:
        return store.entries(OURS, at, len(made)) if of_a_log else store.received(at, 10)

    pages, at = list[list[Entry]](), 0
    while at < len(made):
        pages.append(read(at))
        at = pages[-1][-1].offset
    assert [[found.offset for found in page] for page in pages] == [[1, 2, 3], [4, 5], [6]]
    assert [found for page in pages for found in page] == [single for single, _ in made]
