"""What a load needs of each gateway, by formula, and at which load what is full. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from integration.simulate.arrivals import rates
from integration.simulate.fair import Floats
from integration.simulate.figures import Figures
from integration.simulate.mesh import Mesh, build
from integration.simulate.provinces import JOINT, Place, participants

PACES = (1.0, 10.0)
"""Batches a second on each link that needs are told for: all is there within a second, or a tenth of one."""
ROOM = 4
"""Times the slots of this load that a topic has partitions for."""


@dataclass(frozen=True)
class Needs:
    """All 31 provinces and the joint room at the load of the figures; arrays are by gateway, for a second."""

    figures: Figures

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Gateways."""
        return participants(31)

    @cached_property
    def mesh(self) -> Mesh:
        """Each with each."""
        return build(self.places, self.figures)

    @cached_property
    def published(self) -> Floats:
        """Gateways × streams: messages."""
        return np.asarray(rates(self.places, self.figures).sum(axis=2))

    @cached_property
    def _flow(self) -> Floats:
        """Links × streams: entries."""
        return np.asarray(self.published[self.mesh.log])

    def _in(self, by_link: Floats) -> Floats:
        return np.asarray(np.bincount(self.mesh.peer, by_link, len(self.places)), float)

    def _out(self, by_link: Floats) -> Floats:
        return np.asarray(np.bincount(self.mesh.source, by_link, len(self.places)), float)

    def _streams(self, name: str) -> Floats:
        return np.array([getattr(s, name).value for s in self.figures.streams.values()])

    @cached_property
    def received(self) -> Floats:
        """Entries of others."""
        return self._in(self._flow.sum(axis=1))

    @cached_property
    def seen(self) -> Floats:
        """Messages of others that it may see."""
        return self._in((self._flow * self.mesh.entitled).sum(axis=1))

    @cached_property
    def work_us(self) -> Floats:
        """Processor of the gateway's own process for messages, batches aside, µs."""
        costs = self.figures.costs
        own = costs.seal.value + costs.seal_kb.value * self._streams("size") / 1000
        served = self._out((self._flow * self.mesh.serve_us).sum(axis=1))
        mirrored = self._in((self._flow * self.mesh.mirror_us).sum(axis=1))
        return np.asarray((self.published * own).sum(axis=1) + served + mirrored)

    @cached_property
    def batch_us(self) -> float:
        """Processor for a batch on each link, out and in, and a commit, µs."""
        costs, others = self.figures.costs, len(self.places) - 1
        return others * (costs.send.value + costs.receive.value) + costs.commit.value

    def cores(self, pace: float) -> Floats:
        """Of the gateway's own process, at so many batches a second on each link."""
        return (self.work_us + pace * self.batch_us) / 1e6 / self.figures.machines.relative.value

    @cached_property
    def sent_bytes(self) -> Floats:
        """Entries to all peers; batches aside."""
        return self._out((self._flow * self.mesh.wire_bytes).sum(axis=1))

    @cached_property
    def got_bytes(self) -> Floats:
        """Entries of all peers; batches aside."""
        return self._in((self._flow * self.mesh.wire_bytes).sum(axis=1))

    def batch_bytes(self, pace: float) -> float:
        """What batches add, each way."""
        return pace * (len(self.places) - 1) * self.figures.sizes.batch.value

    @cached_property
    def disk_bytes(self) -> Floats:
        """What the store grows by."""
        own = self._streams("whole") + self.figures.sizes.stored.value
        mirrored = self._in((self._flow * self.mesh.disk_bytes).sum(axis=1))
        return np.asarray((self.published * own).sum(axis=1) + mirrored)

    @cached_property
    def withheld_bytes(self) -> Floats:
        """Of these for entries of which it may see nothing."""
        hidden = np.where(self.mesh.entitled, 0.0, self.mesh.disk_bytes)
        return self._in((self._flow * hidden).sum(axis=1))

    @property
    def joint(self) -> int:
        """Number of the joint room."""
        return [place.code for place in self.places].index(JOINT)

    @property
    def largest(self) -> int:
        """Number of the province that publishes most."""
        return int(np.argmax(self.published.sum(axis=1)))

    @property
    def all_published(self) -> float:
        """Messages of all gateways."""
        return float(self.published.sum())


def most_gateways(figures: Figures, pace: float) -> int:
    """How many gateways a full mesh may have before batches alone take the planned part of a core."""
    costs, machines = figures.costs, figures.machines
    core = machines.process_cores.value * machines.relative.value * machines.used.value * 1e6
    each = pace * (costs.send.value + costs.receive.value)
    return int((core - pace * costs.commit.value) / each) + 1


def slots(rate: float, figures: Figures) -> int:
    """Flink task slots for messages a second."""
    return _ceil(rate / (figures.engines.flink_slot.value * figures.machines.used.value))


def bridges(rate: float, figures: Figures) -> int:
    """Bridges that write messages to Kafka."""
    return _ceil(rate / (figures.engines.kafka_produce.value * figures.machines.used.value))


def partitions(rate: float, figures: Figures) -> int:
    """Of the topic with the most messages, for its readers and its slots, with room to grow.

    An entity's key leads to one partition; more of them later would lead it to another.
    """
    readers = _ceil(rate / (figures.engines.kafka_consume.value * figures.machines.used.value))
    return ROOM * max(readers, slots(rate, figures))


def _ceil(value: float) -> int:
    return int(np.ceil(value))


def kept_bytes(rates_: Sequence[float], figures: Figures) -> float:
    """What topics hold of messages a second of each stream: all copies, as long as they are kept."""
    engines = figures.engines
    sizes = [s.size.value + engines.avro.value for s in figures.streams.values()]
    a_second = sum(rate * size for rate, size in zip(rates_, sizes, strict=True))
    return a_second * 86_400 * engines.kept_days.value * engines.copies.value
