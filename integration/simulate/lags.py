"""How long messages take: from when they come to their gateway until a peer that may see them holds them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from integration.simulate.ahead import Went
from integration.simulate.arrivals import PRIORITIES
from integration.simulate.fair import Bools, Floats, Ints
from integration.simulate.fluid import History

PER_DECADE, SHORTEST, DECADES = 40, 1e-3, 9
MOMENTS = (0.25, 0.75)
"""Messages come at any moment between two batches."""


@dataclass(slots=True)
class Lags:
    """How many messages took how long: counts by classes of equal ratio; and how many have not come."""

    counts: Floats = field(default_factory=lambda: np.zeros(PER_DECADE * DECADES))
    missing: float = 0.0
    longest: float = 0.0

    def add(self, seconds: Floats, weights: Floats) -> None:
        """Adds messages."""
        self.count(seconds, classes(seconds), weights)

    def count(self, seconds: Floats, at: Ints, weights: Floats) -> None:
        """Adds messages whose classes are known."""
        self.counts += np.bincount(at, weights, len(self.counts))
        self.longest = max(self.longest, float(seconds.max(initial=0.0, where=weights > 0)))

    @property
    def delivered(self) -> float:
        """Messages, each counted for every peer that may see it."""
        return float(self.counts.sum())

    def quantile(self, share: float) -> float:
        """Seconds within which that share of what has come came, to the upper end of its class."""
        if not self.delivered:
            return 0.0
        at = int(np.searchsorted(np.cumsum(self.counts), share * self.delivered))
        upper = SHORTEST * 10 ** ((at + 1) / PER_DECADE)
        return min(self.longest, float(upper))


def classes(seconds: Floats) -> Ints:
    """In which class each lag is."""
    at = np.log10(np.maximum(seconds, SHORTEST) / SHORTEST) * PER_DECADE
    return np.minimum(at.astype(np.int64), PER_DECADE * DECADES - 1)


def base(history: History) -> Floats:
    """Seconds that a message takes on each link when nothing waits: ways, checks, commits."""
    mesh, costs = history.mesh, history.mesh.figures.costs
    hop = mesh.delay + (costs.send.value + costs.receive.value) / 1e6
    first = np.where(mesh.before < 0, 0.0, hop[mesh.before])
    return np.asarray(hop + first + costs.commit.value / 1e6)


def delivered_in(history: History, link: int) -> Ints:
    """For each step the one in which the link's peer has all that came until its end; else steps' number."""
    arrived = history.arrived[:, history.mesh.log[link]]
    return np.searchsorted(history.held[:, link], arrived, side="left")


def entitled(history: History, link: int) -> Ints:
    """Messages that the link's peer may see: steps × priorities."""
    counts = history.arrivals.counts[:, history.mesh.log[link]]
    return np.asarray(counts[:, history.mesh.entitled[link]].sum(axis=1))


def _waits(history: History, link: int, steps: Ints) -> Floats:
    """Seconds between the batches in these steps; through a relay, of both links."""
    before = history.mesh.before[link]
    wait = history.wait[steps, link].astype(float)
    return np.asarray(wait + (history.wait[steps, before] if before >= 0 else 0.0))


def of_link(
    history: History, link: int, always: float, went: Sequence[Went], lags: list[Lags]
) -> None:
    """Adds a link's messages to the lags of each priority.

    `always`: seconds that all take; `went`: what went ahead on the link.
    """
    seconds, counts = history.arrivals.seconds, entitled(history, link).astype(float)
    done = delivered_in(history, link)
    for one in went:
        counts[one.cohort, one.priority] -= one.count
        took = np.array([(one.at - one.cohort) * seconds + always])
        lags[one.priority].add(took, np.array([float(one.count)]))
    came = done < len(done)
    late = (done - np.arange(len(done)))[came] * seconds + always
    waits = _waits(history, link, done[came])
    for priority, some in enumerate(lags):
        some.missing += float(counts[~came, priority].sum())
    for moment in MOMENTS:
        lag = late + moment * waits
        at = classes(lag)
        for priority, some in enumerate(lags):
            some.count(lag, at, counts[came, priority] / len(MOMENTS))


def of_links(history: History, which: Bools) -> list[Lags]:
    """Lags of each priority over some of the links that go to participants."""
    lags, went = [Lags() for _ in PRIORITIES], defaultdict[int, list[Went]](list)
    for one in history.went:
        went[one.link].append(one)
    always = base(history).tolist()
    for link in np.flatnonzero(which).tolist():
        of_link(history, link, always[link], went[link], lags)
    return lags
