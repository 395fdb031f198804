"""Checks a range of entries: each by itself, and against the columns that stand beside its leaf."""

import sqlite3
from collections.abc import Iterator
from hashlib import sha256
from itertools import product
from typing import NamedTuple

from google.protobuf.message import DecodeError

from gateway.audit.beside import BESIDE
from gateway.audit.drafts import draft_digest
from gateway.audit.facts import Facts
from gateway.audit.parts import absent_groups, part_problems
from gateway.audit.reading import Checked, Chunk, Row, Task, read_chunk
from gateway.audit.report import Lost, add_lost
from gateway.log.merkle import TILE, TILE_LEVELS, node_hash
from gateway.store.sql_read import ERASED
from yrd.exchange.v1.message_pb2 import Disposition, Leaf

WHOLE, REDACTED = Disposition.DISPOSITION_WHOLE, Disposition.DISPOSITION_REDACTED
WITHHELD, QUARANTINED = Disposition.DISPOSITION_WITHHELD, Disposition.DISPOSITION_QUARANTINED
_HASH_BYTES = 32
NOTHING_LEFT = ""
"""Stands in place of a group where a recovery noted that the entry itself is lost."""


class Kinds(NamedTuple):
    """Kinds that a column may have."""

    column: str
    kinds: tuple[type, ...]


_NONE = type(None)
_KINDS = (
    Kinds("offset", (int,)),
    Kinds("idx", (int,)),
    Kinds("hash", (bytes,)),
    Kinds("leaf", (bytes, _NONE)),
    Kinds("type", (int,)),
    Kinds("disposition", (int,)),
    Kinds("received", (int,)),
    Kinds("digest", (bytes, _NONE)),
)


_RIGHT_KINDS = frozenset(product(*(column.kinds for column in _KINDS)))


def check(connection: sqlite3.Connection, task: Task, types: dict[int, str]) -> Checked:
    """Everything about one range of entries. Never raises for what is damaged."""
    checked = Checked(task)
    try:
        chunk = read_chunk(connection, task, types)
        if not task.scattered:
            _check_places(chunk, checked)
        facts = list(_opened(chunk, checked))
        for beside in BESIDE:
            beside(connection, task, facts, checked)
        if not task.scattered:
            _check_tiles(connection, chunk, checked)
    except (sqlite3.Error, ValueError, TypeError, OverflowError) as error:
        what = f"{task.log}: entries [{task.start}, {task.stop}) can't be checked: {error}"
        checked.problems.append(what)
        checked.damaged += task.stop - task.start
    return checked


def _check_places(chunk: Chunk, checked: Checked) -> None:
    task = chunk.task
    if len(chunk.rows) != task.stop - task.start:
        there = {row.idx for row in chunk.rows}
        missing = [index for index in range(task.start, task.stop) if index not in there]
        named = ", ".join(map(str, missing[:5])) + (", …" if len(missing) > 5 else "")
        checked.problems.append(
            f"{task.log}: entries [{task.start}, {task.stop}) are not all there: missing {named}"
        )
        checked.damaged += len(missing)


def _opened(chunk: Chunk, checked: Checked) -> Iterator[Facts]:
    """What the leaves say, for entries whose leaf is here and whole."""
    before = 0
    for row in chunk.rows:
        where = f"{chunk.task.log}: entry {row.idx}"
        problem = _kind_problem(row)
        if problem:
            checked.problems.append(f"{where}: {problem}")
            checked.damaged += 1
            continue
        if not 1 <= row.disposition <= QUARANTINED:
            checked.problems.append(f"{where}: {row.disposition} names no disposition")
            checked.damaged += 1
            continue
        checked.counts[row.disposition - 1] += 1
        facts = _facts(chunk, row, checked, where)
        if row.received < before and not (chunk.task.own or chunk.task.scattered):
            checked.doubts.append(
                f"{where}: received time lies before that of the entry before it: damaged, or this "
                "gateway's clock was set"
            )
        before = row.received
        if facts is not None:
            yield facts


def _kind_problem(row: Row) -> str:
    if tuple(map(type, row)) not in _RIGHT_KINDS:
        for value, (column, kinds) in zip(row, _KINDS, strict=True):
            if type(value) not in kinds:
                return f"column {column} holds something else: {type(value).__name__}"
    return "" if len(row.hash) == _HASH_BYTES else "its hash has another length"


def _facts(chunk: Chunk, row: Row, checked: Checked, where: str) -> Facts | None:
    leaf = row.leaf
    parts = chunk.parts.get(row.offset, ())
    erased = chunk.erased.get(row.offset, ())
    checked.tally["disclosure"] += len(parts)
    checked.tally["erased"] += len(erased)
    if leaf is None:
        _check_hidden(chunk, row, checked, where)
        return None
    if sha256(b"\x00" + leaf).digest() != row.hash:
        checked.problems.append(f"{where}: the leaf does not have its hash")
        checked.damaged += 1
        return None
    try:
        read = Leaf.FromString(leaf)
    except DecodeError:
        if row.disposition != QUARANTINED:
            checked.problems.append(f"{where}: the leaf is not a serialised Leaf")
        return None
    live = [part for part in parts if part.data[:1] != ERASED]
    facts = Facts.of(row, read, live, erased, chunk.types.get(row.type))
    if parts or erased:
        gone = [part for part in parts if part.data[:1] == ERASED]
        problems = part_problems(facts, parts, gone)
        checked.problems += [f"{where}: {problem}" for problem in problems]
    checked.problems += [f"{where}: {problem}" for problem in _problems(chunk.task, facts)]
    if chunk.lost and chunk.task.own and row.offset in chunk.lost:
        add_lost(checked.lost, Lost(row.idx, row.idx + 1, tuple(sorted(chunk.lost[row.offset]))))
    return facts


def _check_hidden(chunk: Chunk, row: Row, checked: Checked, where: str) -> None:
    """An entry without its leaf: a peer withholds it, or a recovery noted that it is lost."""
    own, lost = chunk.task.own, chunk.lost.get(row.offset, [])
    noted = [NOTHING_LEFT] if own else []
    problem = ""
    if row.disposition != WITHHELD:
        problem = "its leaf is missing"
    elif own and lost != noted:
        problem = "its leaf is missing, and no recovery has noted that it was lost"
    if problem:
        checked.problems.append(f"{where}: {problem}")
        checked.damaged += 1
        return
    erased, parts = chunk.erased.get(row.offset, []), chunk.parts.get(row.offset)
    if parts or erased != noted or row.type or row.digest:
        checked.problems.append(f"{where}: is withheld, and has a type, digest or disclosure")
    elif own:
        add_lost(checked.lost, Lost(row.idx, row.idx + 1))


def _problems(task: Task, facts: Facts) -> Iterator[str]:
    row = facts.row
    yield from _type_problems(row, facts)
    if row.disposition == QUARANTINED:
        return
    if (facts.origin, facts.sequence) != (task.log, row.idx):
        yield f"its stamp says entry {facts.sequence} of {facts.origin}"
    absent = absent_groups(facts) if facts.digests else []
    if row.disposition == WHOLE and absent:
        yield f"disclosures {absent} are missing"
    elif row.disposition == REDACTED and not absent:
        yield "is called redacted, and nothing is missing"
    elif row.disposition == WITHHELD:
        yield "is called withheld, and its leaf is here"
    if task.own:
        yield from _own_problems(facts, absent)
    elif row.digest:
        yield "has the digest of a draft, though it is a peer's"


def _type_problems(row: Row, facts: Facts) -> Iterator[str]:
    if facts.named is None and row.type:
        yield f"has {row.type}, which names no type"
    elif facts.named != facts.type and (row.disposition != QUARANTINED or row.type):
        yield f"its type is {facts.type}, stored is {facts.named!r}"


def _own_problems(facts: Facts, absent: list[str]) -> Iterator[str]:
    row = facts.row
    unexplained = [group for group in absent if group not in facts.erased]
    if unexplained and row.disposition == REDACTED:
        yield f"disclosures {unexplained} are missing, and no erasure is noted"
    if row.received != facts.sealed_us:
        yield "its received time is not the one at which it was sealed"
    if facts.erased:
        if any(row.digest or b""):
            yield "the digest of its draft is still here, though a disclosure was erased"
    elif row.digest is None or len(row.digest) != _HASH_BYTES:
        yield "the digest of its draft is missing"
    elif not absent and draft_digest(facts) != row.digest:
        yield "the digest is not that of its draft"


def _check_tiles(connection: sqlite3.Connection, chunk: Chunk, checked: Checked) -> None:
    """Roots of subtrees of 256 leaves, as they are and as they are stored."""
    task = chunk.task
    hashes = [row.hash for row in chunk.rows]
    if len(hashes) != task.stop - task.start or (checked.damaged and not _hashable(hashes)):
        return
    whole = len(hashes) // TILE * TILE
    checked.tiles = [_tile_root(hashes[at : at + TILE]) for at in range(0, whole, TILE)]
    checked.rest = hashes[whole:]
    first = task.start // TILE
    stored = dict(
        connection.execute(
            "SELECT idx, hash FROM node WHERE log = ? AND level = ? AND idx >= ? AND idx < ?",
            (task.log_id, TILE_LEVELS, first, first + len(checked.tiles)),
        )
    )
    for index, root in enumerate(checked.tiles, first):
        if stored.get(index) != root:
            checked.problems.append(
                f"{task.log}: node {index} of level {TILE_LEVELS} does not belong to its leaves"
            )


def _hashable(hashes: list[bytes]) -> bool:
    return all(type(value) is bytes for value in hashes)


def _tile_root(hashes: list[bytes]) -> bytes:
    while len(hashes) > 1:
        hashes = [node_hash(hashes[at], hashes[at + 1]) for at in range(0, len(hashes), 2)]
    return hashes[0]
