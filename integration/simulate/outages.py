"""Outages: who is cut off, when and for how long. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from integration.simulate.fair import Bools
from integration.simulate.mesh import Mesh

_TEXT = re.compile(r"(?P<one>[\w-]+?)(/(?P<other>[\w-]+))?@(?P<start>[\d.]+)h\+(?P<hours>[\d.]+)h")


class OutageError(ValueError):
    """An outage that can't be; the text says which and how one is written."""


@dataclass(frozen=True, slots=True)
class Outage:
    """A gateway that no other reaches, or a pair of gateways that don't reach each other; hours."""

    one: str
    other: str
    start: float
    hours: float

    def __str__(self) -> str:
        pair = f"{self.one}/{self.other}" if self.other else self.one
        return f"{pair}@{self.start:g}h+{self.hours:g}h"

    @property
    def end(self) -> float:
        """Hour in which it is over."""
        return self.start + self.hours


def parse(text: str) -> Outage:
    """Reads "320000@6h+2h" or "320000/310000@6h+30h". Raises OutageError."""
    found = _TEXT.fullmatch(text)
    try:
        if found is None:
            raise ValueError
        start, hours = float(found["start"]), float(found["hours"])
    except ValueError:
        raise OutageError(
            f"--outage {text!r}: write who@start+length in hours, such as 320000@6h+2h, or "
            "320000/310000@6h+2h for the link between two"
        ) from None
    return Outage(found["one"], found["other"] or "", start, hours)


def check(outage: Outage, mesh: Mesh, hours: float) -> None:
    """Raises OutageError if it is of somebody who is not there, or lasts beyond the end."""
    known = [place.code for place in mesh.places]
    for code in filter(None, (outage.one, outage.other)):
        if code not in known:
            raise OutageError(f"--outage {outage}: {code} is none of {', '.join(known)}")
    if not outage.hours > 0 or outage.end > hours:
        raise OutageError(
            f"--outage {outage}: must have a length and end within the {hours:g} hours; "
            "leave time after it to see the recovery"
        )


def affected(outage: Outage, mesh: Mesh) -> Bools:
    """Which links it cuts, or leaves a relay without news for."""
    cut = touched(outage, mesh)
    return cut | ((mesh.before >= 0) & cut[mesh.before])


def touched(outage: Outage, mesh: Mesh) -> Bools:
    """Which links it cuts."""
    codes = np.array([place.code for place in mesh.places])
    source, peer = codes[mesh.source], codes[mesh.peer]
    if not outage.other:
        return np.asarray((source == outage.one) | (peer == outage.one))
    there = (source == outage.one) & (peer == outage.other)
    return np.asarray(there | ((source == outage.other) & (peer == outage.one)))


def up(outages: Sequence[Outage], cuts: Sequence[Bools], hour: float, links: int) -> Bools:
    """Which links are up in an hour; `cuts` says what each outage cuts."""
    is_up = np.ones(links, dtype=bool)
    for outage, cut in zip(outages, cuts, strict=True):
        if outage.start <= hour < outage.end:
            is_up &= ~cut
    return is_up
