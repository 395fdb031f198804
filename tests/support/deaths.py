"""Every state that a pipeline's sudden death may leave behind, each once."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from tests.support.feeds import Board, Fate, Feed
from tests.support.living import Life


class Death(NamedTuple):
    """The point at which a process died, and the world that the next one finds."""

    point: str
    left: Life


@dataclass(slots=True)
class _Witness(Fate):
    """Copies what is on disk and at the gateway at each point, as a power cut there would leave it."""

    life: Life | None = None
    folder: Path = Path()
    found: list[Death] = field(default_factory=list)
    seen: str = ""

    def meet(self, point: str) -> None:
        """Between two points without a durable write in between it makes no difference where one dies.

        In the midst of a transaction it does: the store has to undo it.
        """
        self.passed.append(point)
        assert self.life is not None
        left = _copied(self.life, self.folder / str(len(self.passed)))
        now = "" if point.startswith("amid") else _digest(left)
        if now and now == self.seen:
            shutil.rmtree(left.folder)
            return
        self.seen = now or self.seen
        self.found.append(Death(point, left))


def deaths(life: Life, folder: Path) -> list[Death]:
    """Lets a life run to its end; all deaths that differ in what they leave, in the order of its points."""
    folder.mkdir(parents=True)
    witness = _Witness(life=life, folder=folder)
    life.run(witness)
    return witness.found


def copied(death: Death, folder: Path) -> Life:
    """What a death left, once more."""
    return _copied(death.left, folder)


def _copied(life: Life, folder: Path) -> Life:
    shutil.copytree(life.folder, folder)
    feed = Feed((), life.feed.most)
    feed.entries = list(life.feed.entries)
    again = replace(life, folder=folder, feed=feed)
    was = life.board
    again.board = Board(feed, list(was.published), was.lost, dict(was.refusing))
    return again


def _digest(left: Life) -> str:
    """Of the store's rows, the archive's bytes, and how much the gateway has taken."""
    parts = [str(len(left.board.published)), str(len(left.feed.entries))]
    for path in sorted(left.archive.glob("*")):
        parts.append(f"{path.name} {sha256(path.read_bytes()).hexdigest()}")
    with closing(sqlite3.connect(left.store)) as db:
        parts += db.iterdump()
    return sha256("\n".join(parts).encode()).hexdigest()
