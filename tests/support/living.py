"""A live pipeline on a feed and a board, that may die and be started again."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace

import fastavro
import pytest

from pipelines.pictures.picture import Staleness
from pipelines.running import graph, prepared
from pipelines.running.live import LivePipeline
from pipelines.running.metrics import Meter
from pipelines.running.observers import Observers
from pipelines.running.ports import FeedLost
from pipelines.running.store import LiveStore
from schemas.avro.archive import append
from tests.support.builders import NOW
from tests.support.feeds import (
    Board,
    Fate,
    Feed,
    Killed,
    MortalBoard,
    MortalStore,
    plain_graph,
)
from tests.support.situation import us

TICK_SECONDS = 5.0
MOST_STEPS = 6000
"""More than any pipeline here needs to come to rest."""


@dataclass(slots=True)
class Life:
    """Everything that outlives a pipeline's process, and the world around it."""

    folder: Path
    feed: Feed
    now_us: int = us(NOW)
    store_name: str = "states.db"
    staleness: Staleness = field(default_factory=Staleness)
    run_graph: Callable[..., graph.Outcome] = plain_graph
    """Beam takes its time for each step; its own tests hold it to be equal to this."""
    regular_seconds: float = 0.0
    """0: a summary in which only counts and positions have moved is published at once."""
    meter: Meter = field(default_factory=Meter)
    board: Board = field(init=False)

    def __post_init__(self) -> None:
        self.board = Board(self.feed)

    def without_store(self) -> "Life":
        """The same gateway and archive after the store was lost."""
        again = replace(self, store_name="second.db")
        again.board = self.board
        return again

    @property
    def store(self) -> Path:
        """Where the store is."""
        return self.folder / "pipeline" / self.store_name

    @property
    def archive(self) -> Path:
        """Where the archive is."""
        return self.folder / "archive"

    @contextmanager
    def process(self, fate: Fate | None = None) -> Iterator[tuple[LivePipeline, LiveStore]]:
        """A pipeline as one process has it; `fate` says where that process dies."""
        fate = fate or Fate()
        store = MortalStore(self.store, fate)
        board = MortalBoard(self.board, fate)
        with pytest.MonkeyPatch.context() as patch:
            prepared_graph = SimpleNamespace(run=self.run_graph)
            patch.setattr(prepared, "PreparedGraph", lambda: prepared_graph)
            patch.setattr("pipelines.running.live.append", _mortal(fate))
            patch.setattr(os, "fsync", lambda descriptor: None)  # as MortalStore does it
            try:
                yield (
                    LivePipeline(
                        store,
                        self.archive,
                        self.feed,
                        board,
                        lambda: self.now_us,
                        self.staleness,
                        TICK_SECONDS,
                        self.regular_seconds,
                        Observers(self.meter),
                    ),
                    store,
                )
            finally:
                store.close()

    def run(self, fate: Fate | None = None) -> None:
        """Runs until all is read and published. Raises Killed where fate says so."""
        with self.process(fate) as (pipeline, store):
            for _ in range(MOST_STEPS):
                if store.offset() == len(self.feed.entries) and not store.outbox():
                    return
                pipeline.step(0)
        raise AssertionError("the outbox never ran empty")

    def run_on(self, fate: Fate) -> None:
        """Runs; dies once where fate says so, and runs again."""
        with suppress(Killed):
            self.run(fate)
        self.run()

    def run_through_losses(self) -> None:
        """Runs like `run`, over a gateway that can't be reached at times."""
        for _ in range(MOST_STEPS):
            try:
                return self.run()
            except FeedLost:
                continue
        raise AssertionError("the gateway never came back")

    def archived(self) -> list[int]:
        """Offsets of all archived messages in order, as any Avro reader finds them."""
        found: list[int] = []
        for path in sorted(self.archive.glob("*.avro")):
            with path.open("rb") as file:
                for record in fastavro.reader(file):
                    assert isinstance(record, dict)
                    found.append(record["receipt"]["offset"])
        return found

    def rejected(self) -> list[tuple[bytes, str]]:
        """What was rejected, with the reasons."""
        db = sqlite3.connect(self.store)
        try:
            return db.execute("SELECT data, reason FROM rejected ORDER BY id").fetchall()
        finally:
            db.close()


def _mortal(fate: Fate) -> Callable[..., int]:
    return lambda *arguments: fate.around("append", lambda: append(*arguments))
