"""After an outage: what was missing, and how long until it had come."""

from dataclasses import dataclass

import numpy as np

from gateway.replication.origin import BATCH
from gateway.replication.urgent import WINDOW
from integration.simulate.arrivals import LIFE
from integration.simulate.fair import Bools, Ints
from integration.simulate.fluid import History
from integration.simulate.lags import delivered_in, entitled
from integration.simulate.outages import Outage, affected


@dataclass(frozen=True, slots=True)
class Recovery:
    """Seconds from the end of an outage; None: not before the simulation's end.

    `lacked`: entries that were missing in all; `life`: the last life-safety message of the time cut off;
    `inward`: all logs are held at the gateway that was cut off; `outward`: its log is held at all others.
    """

    outage: str
    lacked: int
    life: float | None
    inward: float | None
    outward: float | None


def recovery(history: History, outage: Outage) -> Recovery:
    """How it went."""
    mesh, seconds = history.mesh, history.arrivals.seconds
    cut = affected(outage, mesh)
    codes = np.array([place.code for place in mesh.places])
    inward = cut & (codes[mesh.peer] == outage.one)
    start, end = (round(hour * 3600 / seconds) for hour in (outage.start, outage.end))
    lacks = _lacks(history, cut)
    return Recovery(
        str(outage),
        int(lacks[end - 1].sum()),
        _life(history, cut, start, end),
        _caught_up(lacks[:, inward[cut]], end, seconds),
        _caught_up(lacks[:, ~inward[cut]], end, seconds),
    )


def _lacks(history: History, which: Bools) -> Ints:
    """Entries that were sealed and are missing at the peer: steps × links."""
    return history.sealed[:, history.mesh.log[which]] - history.held[:, which]


def _caught_up(lacks: Ints, end: int, seconds: float) -> float | None:
    """Until no link lacks more than what may be on its way."""
    if end >= len(lacks):
        return None
    behind = np.any(lacks[end:] > WINDOW * BATCH, axis=1)
    if not behind.any():
        return 0.0
    last = int(np.flatnonzero(behind)[-1]) + 1
    return None if last >= len(behind) else last * seconds


def _life(history: History, cut: Bools, start: int, end: int) -> float | None:
    """Until the last life-safety message that came while the links were down is held where it may be."""
    seconds, latest = history.arrivals.seconds, end
    ahead: dict[int, dict[int, tuple[int, int]]] = {}
    for went in history.went:
        if went.priority == LIFE:
            count, at = ahead.setdefault(went.link, {}).get(went.cohort, (0, 0))
            ahead[went.link][went.cohort] = count + went.count, max(at, went.at)
    for link in np.flatnonzero(cut).tolist():
        counts, done = entitled(history, link)[:, LIFE], delivered_in(history, link)
        for cohort in (start + np.flatnonzero(counts[start:end])).tolist():
            count, at = ahead.get(link, {}).get(cohort, (0, 0))
            latest = max(latest, at if count == counts[cohort] else int(done[cohort]))
    return None if latest >= len(history.held) else (latest + 1 - end) * seconds
