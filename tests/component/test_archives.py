"""Archived files as one stream: a block at a time, and only what the pipeline has noted."""

import sqlite3
import weakref
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import fastavro
import pytest

from pipelines.running import backfill as backfilling
from pipelines.running import graph
from pipelines.running.archives import Archived, ArchiveError, messages_of, of_folder
from schemas.avro.archive import TYPE, append
from schemas.avro.catalog import descriptor_of
from schemas.avro.projection import project
from schemas.avro.records import to_record
from tests.support.feeds import Feed
from tests.support.living import Life
from tests.support.situation import incident
from yrd.exchange.v1.message_pb2 import Message


def written(path: Path, count: int = 2) -> Path:
    """A file with so many messages."""
    told = [incident(f"310000/{path.stem}/{n}", sequence=n) for n in range(count)]
    append(path, 0, told)
    return path


def entities(messages: Iterable[Message]) -> list[str]:
    return [message.header.entity_id for message in messages]


def test_files_are_read_one_after_the_other_and_told(tmp_path: Path) -> None:
    files = [Archived(written(tmp_path / f"{name}.avro")) for name in "ab"]
    told: list[tuple[int, int]] = []
    found = messages_of(files, lambda done, of: told.append((done, of)))
    assert next(found).header.entity_id == "310000/a/0"
    assert told == [(0, 2)]
    assert entities(found) == ["310000/a/1", "310000/b/0", "310000/b/1"]
    assert told == [(0, 2), (1, 2), (2, 2)]


def test_nothing_is_opened_before_its_turn(tmp_path: Path) -> None:
    files = [written(tmp_path / "a.avro"), tmp_path / "missing.avro"]
    found = messages_of([Archived(file) for file in files])
    assert entities([next(found), next(found)]) == ["310000/a/0", "310000/a/1"]
    with pytest.raises(ArchiveError, match=r"missing\.avro"):
        next(found)


def test_only_the_good_bytes_are_read(tmp_path: Path) -> None:
    path = written(tmp_path / "a.avro")
    good = path.stat().st_size
    for more in (b"", b"half a block", path.read_bytes()):
        with path.open("ab") as file:
            file.write(more)
        assert entities(messages_of([Archived(path, good)])) == ["310000/a/0", "310000/a/1"]


def test_a_file_of_an_earlier_revision_of_the_contract_is_read(tmp_path: Path) -> None:
    now, earlier = written(tmp_path / "now.avro"), tmp_path / "earlier.avro"
    told = list(messages_of([Archived(now)]))
    schema: Any = project(descriptor_of(TYPE))
    schema["fields"] = [f for f in schema["fields"] if f["name"] != "erasure_confirmation"]
    with earlier.open("wb") as file:
        fastavro.writer(file, fastavro.parse_schema(schema), map(to_record, told))
    assert list(messages_of([Archived(earlier)])) == told


def test_a_folder_gives_what_its_pipeline_has_noted(tmp_path: Path) -> None:
    """While the pipeline runs, and after it died behind what it could note."""
    life = Life(tmp_path, Feed([incident(), incident("310000/x", sequence=1)]))
    life.run()
    folder = tmp_path / "pipeline"
    life.archive.rename(folder / "archive")
    (file,) = (folder / "archive").iterdir()
    with file.open("ab") as more:
        more.write(b"torn")
    written(folder / "archive" / "2030-01-01.avro")
    store = sqlite3.connect(folder / "states.db", isolation_level=None)
    try:
        store.execute("BEGIN IMMEDIATE")
        assert entities(messages_of(of_folder(folder))) == ["310000/flood/1", "310000/x"]
    finally:
        store.close()


def test_a_folder_without_a_store_gives_its_files(tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    written(tmp_path / "archive" / "b.avro", 1)
    written(tmp_path / "archive" / "a.avro", 1)
    assert entities(messages_of(of_folder(tmp_path))) == ["310000/a/0", "310000/b/0"]


def test_a_folder_with_nothing_is_explained(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="yrd pipeline run"):
        of_folder(tmp_path)
    (tmp_path / "states.db").write_text("no store")
    with pytest.raises(ArchiveError, match=r"states\.db: not a pipeline's store"):
        of_folder(tmp_path)


class Batch(list[bytes]):
    """A list that can be watched."""


class Watch:
    """How many batches there are at once."""

    def __init__(self) -> None:
        self.alive = self.most = 0

    def over(self, batches: Iterable[list[bytes]]) -> Iterator[list[bytes]]:
        for batch in batches:
            watched = Batch(batch)
            self.alive += 1
            self.most = max(self.most, self.alive)
            weakref.finalize(watched, self.gone)
            yield watched

    def gone(self) -> None:
        self.alive -= 1


def test_no_more_of_a_backfill_is_held_than_waits_for_one_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A year fits in memory: batches are gone when those of the next file are read."""
    watch = Watch()
    batches = backfilling._batches
    monkeypatch.setattr(backfilling, "_batches", lambda messages: watch.over(batches(messages)))
    monkeypatch.setattr(backfilling, "BATCH", 2)
    monkeypatch.setattr(graph, "BATCHES_IN_FILE", 5)
    files = [written(tmp_path / f"{n}.avro", 20) for n in range(5)]
    (picture,) = backfilling.backfill(files)
    assert len(picture.summary.incidents) == 100
    assert 5 <= watch.most <= 12
    assert watch.alive == 0
