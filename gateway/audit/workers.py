"""Checks ranges of entries in processes of their own, so that an audit uses all cores."""

import sqlite3
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from gateway.audit.entries import check
from gateway.audit.reading import Checked, Task, open_readonly
from gateway.store.port import Head

STEP = 4096  # entries in one task; a multiple of 256
WORTHWHILE = 20_000  # entries; below that, processes take longer to start than to do it


class _Worker:
    """What a process keeps between tasks."""

    connection: sqlite3.Connection
    types: dict[int, str]


def tasks_of(head: Head, log_id: int, *, own: bool) -> Iterator[Task]:
    """The ranges of one log."""
    size, withheld = sum(head.counts), head.counts[2]
    for start in range(0, size, STEP):
        stop = min(size, start + STEP)
        yield Task(head.log, log_id, own, start, stop, lossy=own and withheld > 0)


def check_all(
    path: Path, tasks: Sequence[Task], types: dict[int, str], processes: int
) -> Iterator[Checked]:
    """Results in the order of the tasks. Raises sqlite3.Error, or OSError if a process is killed."""
    entries = sum(task.stop - task.start for task in tasks)
    if processes < 2 or entries < WORTHWHILE:
        connection = open_readonly(path)
        try:
            for task in tasks:
                yield check(connection, task, types)
        finally:
            connection.close()
        return
    with ProcessPoolExecutor(processes, get_context("spawn"), _start, (path, types)) as pool:
        yield from pool.map(_check, tasks)


def _start(path: Path, types: dict[int, str]) -> None:
    _Worker.connection, _Worker.types = open_readonly(path), types


def _check(task: Task) -> Checked:
    return check(_Worker.connection, task, _Worker.types)
