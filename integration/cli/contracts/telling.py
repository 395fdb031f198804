"""What a check of the contract found, as people read it, and as JSON."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any

from schemas.compat import Finding
from schemas.releases.checking import Check

_WIDTH = 100


def as_values(found: Check, stale: Sequence[str], faults: Sequence[str]) -> dict[str, Any]:
    """The check as JSON values."""
    return {
        "compared": [str(version) for version in found.compared],
        "compatible": not (found.breaks or stale or faults),
        "breaks": [_values(finding) for finding in found.breaks],
        "notes": [_values(finding) for finding in found.notes],
        "drift": list(stale),
        "faults": list(faults),
    }


def _values(finding: Finding) -> dict[str, Any]:
    place = finding.place
    values = {**asdict(finding), "since": finding.since.split(", ")}
    return values | {
        "place": {"file": f"proto/{place.file}", "line": place.line} if place else None
    }


def lines(
    found: Check, stale: Sequence[str], faults: Sequence[str], *, notes: bool
) -> Iterator[str]:
    """A block for each thing that breaks, then a line that says how it went."""
    yield from _blocks("BREAK", found.breaks)
    if notes:
        yield from _blocks("NOTE", found.notes)
    yield from (f"DRIFT {text}" for text in stale)
    yield from (f"FAULT {text}" for text in faults)
    if stale or faults:
        yield ""
    yield _verdict(found, stale, faults)
    if found.notes and not notes:
        yield f"{len(found.notes)} notes on compatible changes: --notes shows them"


def _blocks(title: str, findings: Iterable[Finding]) -> Iterator[str]:
    for where, group in groupby(findings, key=lambda finding: finding.where):
        here = list(group)
        place = here[0].place
        yield f"{title} {where}" + (f"  ({place})" if place else "")
        for finding in here:
            yield from _finding(finding)
        yield ""


def _finding(finding: Finding) -> Iterator[str]:
    change = f"{finding.old or 'nothing'} → {finding.new or 'nothing'}"
    head = f"{finding.surface} {finding.rule}, since {finding.since}: {change}"
    yield from _wrapped(head, "  ", "      ")
    yield from _wrapped(finding.why, "    why      ", " " * 13)
    yield from _wrapped(finding.instead, "    instead  ", " " * 13)


def _wrapped(text: str, first: str, rest: str) -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _verdict(found: Check, stale: Sequence[str], faults: Sequence[str]) -> str:
    if not found.compared:
        told = "no release yet, nothing to compare with"
    else:
        versions = ", ".join(str(version) for version in found.compared)
        things = len({finding.where for finding in found.breaks})
        breaks = f"{len(found.breaks)} breaks at {things} places" if things else "compatible"
        told = f"{breaks} with {versions}" if not things else f"{breaks}, compared with {versions}"
    drift = f"; {len(stale)} generated files are out of date" if stale else ""
    fault = f"; {len(faults)} faults in the samples" if faults else ""
    return f"contract: {told}{drift}{fault}"
