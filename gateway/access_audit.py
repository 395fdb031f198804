"""Rechecks the access log: every line's chain value, over all days."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from gateway.access_log import START, chain_of, days

_PREV = re.compile(r'\{"prev":"([0-9a-f]{64})",')


@dataclass(frozen=True, slots=True)
class AccessReport:
    """Days and lines read, the chain value at the end (hex), and the first break, if there is one.

    `anchor` is the chain value before the first line: zeros if no day was deleted.
    """

    days: int
    lines: int
    anchor: str
    chain: str
    problem: str = ""

    @property
    def ok(self) -> bool:
        """The chain holds."""
        return not self.problem


def verify(folder: Path) -> AccessReport:
    """Reads all days; the gateway may run meanwhile."""
    chain, anchor, lines, read = START, "", 0, 0
    for path in days(folder):
        read += 1
        for number, line in enumerate(_whole_lines(path), 1):
            lines += 1
            where = f"{path.name} line {number}"
            body, found, _ = line.rpartition(',"chain":"')
            previous = _prev(line) if number == 1 else None
            if number == 1 and previous is None:
                return AccessReport(read, lines, anchor, chain.hex(), f"{where}: it names no prev")
            if previous is not None and not anchor:
                chain, anchor = previous, previous.hex()
            if previous is not None and previous != chain:
                what = f"{where}: it does not follow the last line of the day before"
                return AccessReport(read, lines, anchor, chain.hex(), what)
            said = f"{body}}}".encode(errors="surrogateescape")
            value = sha256(chain + said).digest()
            if not found or line != f'{body},"chain":"{value.hex()}"}}':
                what = f"{where}: changed, or a line before it was taken out or put in"
                return AccessReport(read, lines, anchor, chain.hex(), what)
            chain = chain_of(line)
    if not lines:
        return AccessReport(read, 0, "", "", f"{folder}: no lines: the gateway has never run")
    return AccessReport(read, lines, anchor, chain.hex())


def _prev(line: str) -> bytes | None:
    found = _PREV.match(line)
    return bytes.fromhex(found[1]) if found else None


def _whole_lines(path: Path) -> Iterator[str]:
    """Lines that have ended; the last may be being written."""
    with path.open(encoding="utf-8", errors="surrogateescape", newline="\n") as file:
        for line in file:
            if line.endswith("\n"):
                yield line[:-1]
