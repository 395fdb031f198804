"""Power cuts at every step of a store's commits, many in seconds: the store alone, no gateway around it.

A trial: a process commits entry after entry and is killed before some write or sync; a second one opens
the store, settles it and shows what is there, as a gateway shows it to its peers; then power is cut.
Run as a program it prints what each trial saw, as JSON.
"""

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random

from gateway.log.merkle import leaf_hash
from gateway.store import sqlite_checkpoints
from gateway.store.port import Change, Entry, Head, StoreError
from gateway.store.sqlite import SqliteStore
from tests.faults.harness import power
from tests.faults.harness.control import Control
from tests.faults.harness.disk import install
from yrd.exchange.v1.message_pb2 import Disposition

Tell = Callable[[int], object]
"""Says how many entries there are to whoever started the process."""

OWN, LOG = "310000", "yrd/310000"
ENTRIES_IN_A_COMMIT, LEAF_BYTES = 3, 700
CHECKPOINT_PAGES = 60
CUTS = ("all", "torn", "none")
AS_IT_IS, UNSETTLED, UNSYNCED = "as it is", "unsettled", "unsynced"
"""The gateway's way, and two that must be seen to lose something."""


@dataclass(frozen=True, slots=True)
class Trial:
    """Entries acknowledged by the process that was killed, shown by the next one, there in the end.

    `broken` says what is wrong with those that are there.
    """

    step: int
    cut: str
    acknowledged: int
    shown: int
    kept: int
    broken: str

    @property
    def good(self) -> bool:
        """Nothing that was acknowledged or shown is lost."""
        return not self.broken and self.acknowledged <= self.kept and self.shown <= self.kept


def trial(folder: Path, step: int, cut: str, mode: str) -> Trial:
    """In a fresh folder; the process is killed before that many writes and syncs are done."""
    path = folder / "gateway.db"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    acknowledged = _in_process(folder, lambda tell: _fill(path, tell, step, mode))
    shown = _in_process(folder, lambda tell: _show(path, tell, mode))
    if cut != "none":
        power.cut(folder, Random(step) if cut == "torn" else None)
    kept, broken = _look(path)
    return Trial(step, cut, acknowledged, shown, kept, broken)


def _in_process(folder: Path, work: Callable[[Tell], None]) -> int:
    """The last number that the work told before its process was killed."""
    reading, writing = os.pipe()
    if os.fork() == 0:
        install(Control(folder / "control"), really=False)
        with suppress(BaseException):
            work(lambda number: os.write(writing, number.to_bytes(4, "big")))
        os.kill(os.getpid(), signal.SIGKILL)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read()
    os.wait()
    return int.from_bytes(told[-4:], "big")


def _fill(path: Path, tell: Tell, step: int, mode: str) -> None:
    sqlite_checkpoints.DUE_PAGES = CHECKPOINT_PAGES
    store = SqliteStore(path, OWN)
    if mode == UNSYNCED:
        store._writer.execute("PRAGMA synchronous=OFF")
    Control(path.with_name("control")).die_in(step)
    head = Head(LOG)
    while True:
        size = head.size
        entries = [_entry(number) for number in range(size, size + ENTRIES_IN_A_COMMIT)]
        frontier, nodes = head.frontier.extend(entry.hash for entry in entries)
        head = Head(LOG, frontier, "", (frontier.size, 0, 0, 0))
        change = Change(entries=[(entry, None) for entry in entries])
        change.nodes += [(LOG, node) for node in nodes]
        change.heads[LOG] = head
        store.commit(change)
        tell(head.size)
        store.tidy()


def _entry(number: int) -> Entry:
    leaf = Random(number).randbytes(LEAF_BYTES)
    whole = Disposition.DISPOSITION_WHOLE
    return Entry(number + 1, LOG, number, leaf_hash(leaf), leaf, "yrd.test", whole, number, ())


def _show(path: Path, tell: Tell, mode: str) -> None:
    store = SqliteStore(path, OWN)
    if mode != UNSETTLED:
        store.settle()
    tell(_size(store))


def _size(store: SqliteStore) -> int:
    return store.heads()[LOG].size if LOG in store.heads() else 0


def _look(path: Path) -> tuple[int, str]:
    try:
        store = SqliteStore(path, OWN)
        size = _size(store)
        entries = store.entries(LOG, 0, size)
        store.close()
    except StoreError as error:
        return 0, str(error)
    wrong = [e.sequence for e in entries if (e.leaf, e.hash) != _entry(e.sequence)[4:2:-1]]
    return size, f"entries {wrong} are not what was stored" if wrong else ""


def main() -> None:
    """Arguments: folder, number of trials, mode."""
    folder, trials, mode = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    for step in range(1, trials + 1):
        found = trial(folder, step, CUTS[step % len(CUTS)], mode)
        print(json.dumps(asdict(found)))


if __name__ == "__main__":
    main()
