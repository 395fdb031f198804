"""From what runs used to what an entry, a batch and a commit cost. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import NamedTuple

BATCH = 500
"""Messages in a publisher's batch, and about as many in a commit and in a batch to peers."""
ORIGIN, WHOLE, WITHHELD, LISTENED = "310000", "320000", "340000", "joint"
CHECKING = f"{ORIGIN}, checking"


class Kind(NamedTuple):
    """A run: peers, padded to how many bytes (0: not), one by one or in batches, with a subscriber or not."""

    peers: int
    size: int
    single: bool
    listened: bool = False


@dataclass(frozen=True, slots=True)
class Used:
    """For a message: its bytes, microseconds of each process beyond idling, bytes in each store."""

    bytes_each: float
    microseconds: Mapping[str, float]
    stored_bytes: Mapping[str, float]


Runs = Mapping[Kind, Used]


def mean(runs: Sequence[Used]) -> Used:
    """Of runs of one kind."""

    def of(tables: Sequence[Mapping[str, float]]) -> dict[str, float]:
        return {name: fmean(table[name] for table in tables) for name in tables[0]}

    return Used(
        fmean(run.bytes_each for run in runs),
        of([run.microseconds for run in runs]),
        of([run.stored_bytes for run in runs]),
    )


def costs(runs: Runs, padded: int) -> dict[str, float]:
    """The figures of integration/simulate/figures.yaml that follow from runs of both sizes."""
    kilobytes = (
        runs[Kind(1, padded, False)].bytes_each - runs[Kind(1, 0, False)].bytes_each
    ) / 1000
    small = runs[Kind(1, 0, False)].bytes_each / 1000
    send, receive = _send(runs), _receive(runs)
    commit = _us(runs, ORIGIN, 1, 0, single=True) - send - _us(runs, ORIGIN, 1, 0)
    found = {"commit": commit, "send": send, "receive": receive}
    at = {size: _entry(runs, size, send, receive, commit) for size in (0, padded)}
    for name, plain in at[0].items():
        each = (at[padded][name] - plain) / kilobytes
        found[f"{name}_kb"] = each
        found[name] = plain - each * small
    found["mirror_withheld"] = _us(runs, WITHHELD, 4, 0) - receive / BATCH
    return found


def _us(runs: Runs, process: str, peers: int, size: int, *, single: bool = False) -> float:
    return runs[Kind(peers, size, single)].microseconds[process]


def _send(runs: Runs) -> float:
    """What a further peer costs the origin for a batch of one."""
    more = _us(runs, ORIGIN, 4, 0, single=True) - _us(runs, ORIGIN, 1, 0, single=True)
    return more / 3


def _receive(runs: Runs) -> float:
    return _us(runs, WHOLE, 4, 0, single=True) - _us(runs, WHOLE, 4, 0)


def _entry(runs: Runs, size: int, send: float, receive: float, commit: float) -> dict[str, float]:
    """What a message of that size costs, its share of batches and commits taken off.

    Checking is in `seal`, whoever does it: without native steps the origin has processes for it.
    """
    one, four = _us(runs, ORIGIN, 1, size), _us(runs, ORIGIN, 4, size)
    peer = (four - one) / 3
    checking = runs[Kind(1, size, False)].microseconds.get(CHECKING, 0.0)
    listened = runs[Kind(4, size, False, True)].microseconds[LISTENED]
    return {
        "serve": peer - send / BATCH,
        "seal": one + checking - peer - commit / BATCH,
        "mirror": _us(runs, WHOLE, 4, size) - receive / BATCH,
        "deliver": listened - _us(runs, LISTENED, 4, size),
    }
