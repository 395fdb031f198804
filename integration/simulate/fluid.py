"""The mesh through time, step by step: entries flow along links as far as capacities let them. Pure.

Whole numbers of entries move, each log in its order, so what a peer holds of a log is one number. In a step a
link moves at most what two unanswered batches let through, what the lines carry, and what both gateways'
processors can do; those that want much leave the same to each other (max-min). What a processor has left is
spent on smaller, quicker batches, which is what receipts pace (gateway/replication/origin.py).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from gateway.replication.origin import BATCH, BATCH_BYTES, PACE_SECONDS
from gateway.replication.urgent import WINDOW
from integration.simulate.ahead import Gap, Went
from integration.simulate.arrivals import Arrivals
from integration.simulate.fair import Bools, Floats, Ints, max_min
from integration.simulate.mesh import Mesh

PUBLISHED = 500
"""Messages in a commit of an origin that has much to do: a publisher's batch."""
HOPS = 2
"""Links on the longest way of an entry."""
Up = Callable[[int], Bools]


def whole(entries: Floats) -> Ints:
    """Whole entries."""
    return np.floor(entries + 1e-6).astype(np.int64)


@dataclass(frozen=True)
class Prices:
    """Costs of the links of a mesh, by the mix of messages in each log."""

    mesh: Mesh
    mix: Floats

    def _mean(self, table: Floats) -> Floats:
        return np.asarray((table * self.mix[self.mesh.log]).sum(axis=1))

    @cached_property
    def mirror(self) -> Floats:
        """Peer's processor for an entry, µs."""
        return self._mean(self.mesh.mirror_us)

    @cached_property
    def serve(self) -> Floats:
        """Source's processor for an entry, µs."""
        return self._mean(self.mesh.serve_us)

    @cached_property
    def wire(self) -> Floats:
        """Bytes of an entry on the way."""
        return self._mean(self.mesh.wire_bytes)

    @cached_property
    def batch(self) -> Floats:
        """Most entries in a batch."""
        return np.clip(BATCH_BYTES / self.wire, 1, BATCH)

    @cached_property
    def least_serve(self) -> Floats:
        """Source's processor for an entry in full batches, µs."""
        return self.serve + self.mesh.figures.costs.send.value / self.batch

    @cached_property
    def least_mirror(self) -> Floats:
        """Peer's processor for an entry in full batches, µs."""
        return self.mirror + self.mesh.figures.costs.receive.value / self.batch

    @cached_property
    def _kilobytes(self) -> Floats:
        """Of a message in each log, as it is published."""
        sizes = np.array([stream.size.value for stream in self.mesh.figures.streams.values()])
        return np.asarray((self.mix * sizes).sum(axis=1) / 1000)

    @cached_property
    def seal(self) -> Floats:
        """Each origin's process for a message, in batches of a busy publisher, µs."""
        costs = self.mesh.figures.costs
        once = costs.seal.value + costs.commit.value / PUBLISHED
        return once + costs.seal_kb.value * self._kilobytes

    @cached_property
    def through(self) -> Floats:
        """Entries a second that two unanswered full batches let through."""
        work = self.batch * (self.least_serve + self.least_mirror) / 1e6
        return WINDOW * self.batch / (2 * self.mesh.delay + work)

    @cached_property
    def batches(self) -> Floats:
        """The most batches a second."""
        costs = self.mesh.figures.costs
        answer = 2 * self.mesh.delay + (costs.send.value + costs.receive.value) / 1e6
        return np.minimum(WINDOW / answer, 1 / PACE_SECONDS)


@dataclass(frozen=True)
class History:
    """What happened. Rows are steps.

    `held`: entries of its log that each link's peer holds without a gap, at the end of the step;
    `wait`: seconds until a batch comes by; `used`, `least`: processor of each gateway, µs, as it was and as
    it would be at a batch a second or in full ones; `sent`, `got`: bytes of each gateway; `carried`: bytes of
    each link in all; `went`: what went ahead.
    """

    mesh: Mesh
    arrivals: Arrivals
    prices: Prices
    sealed: Ints
    held: Ints
    wait: Floats
    used: Floats
    least: Floats
    sent: Floats
    got: Floats
    carried: Floats
    up: Bools
    went: list[Went]

    @cached_property
    def arrived(self) -> Ints:
        """Messages that had come to each gateway by the end of each step."""
        return np.cumsum(self.arrivals.total, axis=0)


@dataclass
class Flow:
    """The state between steps."""

    mesh: Mesh
    arrivals: Arrivals
    prices: Prices
    sealed: Ints
    held: Ints
    gaps: dict[int, Gap] = field(default_factory=dict)

    @cached_property
    def capacity_us(self) -> Floats:
        """Of each gateway's process in a step, µs."""
        machines = self.mesh.figures.machines
        cores = machines.process_cores.value * machines.relative.value
        return np.full(len(self.mesh.places), cores * self.arrivals.seconds * 1e6)

    @cached_property
    def line_bytes(self) -> Floats:
        """Of each gateway in a step, each way."""
        rate = self.mesh.figures.machines.uplink.value * 1e6 / 8
        return np.full(len(self.mesh.places), rate * self.arrivals.seconds)

    def available(self, sealed: Ints, held: Ints) -> Ints:
        """Entries that each link's source holds."""
        before = self.mesh.before
        return np.where(before < 0, sealed[self.mesh.log], held[before])

    def wanted(self, waiting: Ints, is_up: Bools) -> Floats:
        """Entries that each link would move in a step, processors aside, if all that waits were sealed."""
        mesh, prices = self.mesh, self.prices
        most, come = whole(prices.through * self.arrivals.seconds), self.held
        for _ in range(HOPS):  # what a relay gets in this step it passes on in this step
            there = self.available(self.sealed + waiting, come)
            come = np.where(is_up, np.minimum(there, self.held + most), self.held)
        want = (come - self.held) * prices.wire
        want = max_min(want, mesh.source, self.line_bytes)
        return max_min(want, mesh.peer, self.line_bytes) / prices.wire
