"""A power cut: what was written and not synced is lost, or some of it, sector by sector."""

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

from tests.faults.harness.disk import JOURNAL_SUFFIX, RECORD, journals

SECTOR = 512


class Change(NamedTuple):
    """What one write covered: where, how long the file was before, and which bytes were there."""

    offset: int
    size_before: int
    old: bytes


def changes(journal: bytes) -> Iterator[Change]:
    """Oldest first. A last one that is not whole belongs to a write that was never done."""
    at = 0
    while at + RECORD.size <= len(journal):
        offset, size_before, length = RECORD.unpack_from(journal, at)
        at += RECORD.size
        if at + length > len(journal):
            return
        yield Change(offset, size_before, journal[at : at + length])
        at += length


def synced_content(now: bytes, journal: bytes) -> bytes:
    """A file as it was at its last sync."""
    content = bytearray(now)
    for change in reversed(list(changes(journal))):
        content[change.offset : change.offset + len(change.old)] = change.old
        del content[change.size_before :]
        content.extend(bytes(change.size_before - len(content)))
    return bytes(content)


def torn(synced: bytes, now: bytes, chance: Random) -> bytes:
    """Each sector that was written since is there or not; of what was added, any length may be."""
    survives = chance.random()
    size = len(now) if len(now) <= len(synced) else chance.randint(len(synced), len(now))
    content = bytearray(synced[:size].ljust(size, b"\0"))
    for start in range(0, size, SECTOR):
        if chance.random() < survives:
            content[start : start + SECTOR] = now[start : min(size, start + SECTOR)]
    return bytes(content)


def cut(data: Path, chance: Random | None = None) -> int:
    """Does that to a data folder whose gateway is dead; without `chance` all unsynced bytes are lost.

    Returns the number of files that had any.
    """
    touched = 0
    for path in journals(data):
        journal = path.read_bytes()
        file = path.with_name(path.name.removesuffix(JOURNAL_SUFFIX))
        if journal and file.exists():
            now = file.read_bytes()
            synced = synced_content(now, journal)
            file.write_bytes(synced if chance is None else torn(synced, now, chance))
            touched += 1
        path.unlink()
    return touched
