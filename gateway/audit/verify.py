"""The audit of a whole store."""

import os
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from gateway.audit.context import Context, take
from gateway.audit.entries import check
from gateway.audit.reading import Checked, Task, open_readonly
from gateway.audit.report import AuditedLog, AuditReport, Progress, add_lost
from gateway.audit.signatures import Keys, checkpoint_problems
from gateway.audit.tables import TABLES, problems
from gateway.audit.tree import GrowingTree
from gateway.audit.workers import check_all, tasks_of
from gateway.config import GatewayConfig
from gateway.keys import read_keys
from gateway.log.merkle import TILE, Node
from gateway.store.as_file import as_file
from gateway.store.port import Head, StoreError

_NO_LIMIT = (1 << 62) - 1


def verify_store(
    config: GatewayConfig, progress: Progress, processes: int | None = None
) -> AuditReport:
    """Reads a whole store, and writes nothing; the gateway may run meanwhile. Raises ConfigError."""
    keys = Keys(config.participant, tuple(read_keys(config).every()))
    return verify_by(keys, config.store, config.data_dir, progress, processes)


def verify_by(
    keys: Keys, store: str, data_dir: Path, progress: Progress, processes: int | None = None
) -> AuditReport:
    """The same by public keys alone, so that it can be done away from the private ones."""
    report = AuditReport(keys.participant)
    try:
        with as_file(store, data_dir) as path:
            _read(path, keys, report, progress, processes or os.cpu_count() or 1)
    except (StoreError, sqlite3.Error, OSError, ValueError, TypeError) as error:
        report.problems.append(f"store: {error}")
    return report


def _read(path: Path, keys: Keys, report: AuditReport, progress: Progress, processes: int) -> None:
    if not path.exists():
        report.problems.append(f"{path}: no store: the gateway has never run, or data_dir is wrong")
        return
    connection = open_readonly(path)
    try:
        context = take(connection, keys)
        report.problems += problems(context, "meta")
        if report.ok:  # otherwise it is somebody else's, or of another version
            _verify(context, path, report, progress, processes)
    finally:
        connection.close()


@dataclass(slots=True)
class _Log:
    """One log while its ranges come in."""

    head: Head
    tree: GrowingTree = field(default_factory=GrowingTree)
    counts: list[int] = field(default_factory=lambda: [0, 0, 0, 0])

    @property
    def size(self) -> int:
        """Entries that it should have."""
        return sum(self.head.counts)


def _verify(
    context: Context, path: Path, report: AuditReport, progress: Progress, processes: int
) -> None:
    logs = {log: _Log(head) for log, head in context.heads.items()}
    tasks = [
        task
        for log, found in logs.items()
        for task in tasks_of(found.head, context.ids[log], own=log == context.own)
    ]
    for checked in check_all(path, tasks, context.types, processes):
        found = logs[checked.task.log]
        _add(context, found, checked, report)
        progress(checked.task.log, checked.task.stop, found.size)
    for found in logs.values():
        _check_ahead(context, found, report)
        report.problems += [f"{found.head.log}: {p}" for p in _close(context, found)]
    for table in TABLES:
        report.problems += problems(context, table) if table != "meta" else ()
    report.problems += _integrity(context.connection)
    for log, found in logs.items():
        about, receipts = f"{log}: ", f"{log}: receipt of "
        named = any(p.startswith(about) and not p.startswith(receipts) for p in report.problems)
        tree = found.tree.frontier()
        verdict = "DAMAGED" if named else "good"
        report.logs.append(AuditedLog(log, tree.size, tree.root().hex(), verdict))


def _add(context: Context, log: _Log, checked: Checked, report: AuditReport) -> None:
    _take_over(context, checked, report)
    log.counts = [a + b for a, b in zip(log.counts, checked.counts, strict=True)]
    size = len(checked.tiles) * TILE + len(checked.rest)
    if size != checked.task.stop - checked.task.start:
        log.tree.broken = True
    if not log.tree.broken:
        nodes = log.tree.add(checked.tiles, checked.rest)
        report.problems += _wrong_nodes(context, checked.task, nodes)


def _take_over(context: Context, checked: Checked, report: AuditReport) -> None:
    report.problems += checked.problems
    report.doubts += checked.doubts
    for lost in checked.lost:
        add_lost(report.lost, lost)
    context.damaged += checked.damaged
    for table, count in checked.tally.items():
        context.tally[table] += count


def _wrong_nodes(context: Context, task: Task, nodes: list[Node]) -> Iterator[str]:
    for node in nodes:
        query = "SELECT hash FROM node WHERE log = ? AND level = ? AND idx = ?"
        where = task.log_id, node.level, node.index
        found = context.connection.execute(query, where).fetchone()
        if found is None or found[0] != node.hash:
            what = f"node {node.index} of level {node.level}"
            yield f"{task.log}: {what} does not belong to its leaves"


def _check_ahead(context: Context, log: _Log, report: AuditReport) -> None:
    """Entries beyond a gap, like all others; their proofs are checked with their table."""
    head = log.head
    if head.ahead:
        number = context.ids[head.log]
        own = head.log == context.own
        task = Task(head.log, number, own, log.size, _NO_LIMIT, scattered=True)
        _take_over(context, check(context.connection, task, context.types), report)


def _close(context: Context, log: _Log) -> Iterator[str]:
    head = log.head
    if tuple(log.counts) != head.counts and not _counts_hold(context, log):
        yield f"dispositions {log.counts} are not {list(head.counts)}"
    if context.keys.named(head.log):
        tree, whole = log.tree.frontier(), not log.tree.broken
        yield from checkpoint_problems(context.keys, head.log, head.checkpoint, tree, whole=whole)


def _counts_hold(context: Context, log: _Log) -> bool:
    """Whether they agree as of one instant: entries may have been marked while the audit ran."""
    connection, number = context.connection, context.ids[log.head.log]
    connection.execute("BEGIN")
    try:
        query = "SELECT whole, redacted, withheld, quarantined FROM log WHERE id = ?"
        now = tuple(connection.execute(query, (number,)).fetchone())
        if now == log.head.counts:
            return False
        rows = (
            "SELECT disposition, count(*) FROM entry WHERE log = ? AND idx < ? GROUP BY disposition"
        )
        found = dict(connection.execute(rows, (number, sum(now))))
    finally:
        connection.execute("COMMIT")
    return tuple(found.get(disposition, 0) for disposition in range(1, 5)) == now


def _integrity(connection: sqlite3.Connection) -> Iterator[str]:
    """SQLite's own check of its pages, and that its indexes have what its tables have."""
    for (text,) in connection.execute("PRAGMA integrity_check(20)"):
        if text != "ok":
            yield f"database: {text}"
