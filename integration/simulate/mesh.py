"""The mesh: who is there, which links there are, and what an entry costs on each. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np

from integration.simulate.fair import Bools, Floats, Ints
from integration.simulate.figures import Figures, Machines
from integration.simulate.provinces import (
    RELAY,
    Place,
    borders_between,
    region_of,
    seat,
)
from integration.simulate.sharing import View, most, relation, view


@dataclass(frozen=True, slots=True)
class Link:
    """One log on its way from a gateway that holds it (its origin, or a relay) to another."""

    log: int
    source: int
    peer: int
    views: Mapping[str, View]
    """What the peer gets of each stream."""
    delay: float
    """Seconds, one way."""


@dataclass(frozen=True)
class Mesh:
    """Gateways and links.

    `hosts`: on which machine each gateway stands, `host_cores`: cores of each; `delivered`: whether a system
    at each gateway subscribes to all that it may see.
    """

    places: tuple[Place, ...]
    links: tuple[Link, ...]
    figures: Figures
    hosts: Ints
    host_cores: Floats
    delivered: bool = True

    @cached_property
    def streams(self) -> tuple[str, ...]:
        """Names of the streams, in order."""
        return tuple(self.figures.streams)

    @cached_property
    def log(self) -> Ints:
        """Whose log each link carries."""
        return np.array([link.log for link in self.links], dtype=np.int64)

    @cached_property
    def source(self) -> Ints:
        """Which gateway sends on each link."""
        return np.array([link.source for link in self.links], dtype=np.int64)

    @cached_property
    def peer(self) -> Ints:
        """Which gateway receives on each link."""
        return np.array([link.peer for link in self.links], dtype=np.int64)

    @cached_property
    def delay(self) -> Floats:
        """Seconds, one way."""
        return np.array([link.delay for link in self.links])

    @cached_property
    def before(self) -> Ints:
        """For each link the one by which its source gets that log; -1: the source is the origin."""
        by_end = {(link.log, link.peer): number for number, link in enumerate(self.links)}
        return np.array([by_end.get((link.log, link.source), -1) for link in self.links])

    def by_view(self, values: Mapping[View, Sequence[float]]) -> Floats:
        """Links × streams: the value that each link's view of each stream has."""
        return np.array(
            [[values[link.views[n]][i] for i, n in enumerate(self.streams)] for link in self.links]
        )

    @cached_property
    def entitled(self) -> Bools:
        """Links × streams: whether the peer may see these messages."""
        count = len(self.streams)
        table = {v: [float(v is not View.WITHHELD)] * count for v in View}
        return self.by_view(table) > 0

    @cached_property
    def wire_bytes(self) -> Floats:
        """Links × streams: bytes of an entry on its way."""
        sizes, streams = self.figures.sizes, self.figures.streams.values()
        return self.by_view(
            {
                View.WHOLE: [s.whole.value for s in streams],
                View.REDACTED: [s.redacted.value for s in streams],
                View.WITHHELD: [sizes.withheld.value] * len(streams),
            }
        )

    @cached_property
    def disk_bytes(self) -> Floats:
        """Links × streams: bytes of an entry in the peer's store."""
        sizes = self.figures.sizes
        kept = self.wire_bytes + sizes.mirrored.value
        return np.where(self.entitled, kept, sizes.stored_withheld.value)

    @cached_property
    def serve_us(self) -> Floats:
        """Links × streams: processor of the source for an entry."""
        costs = self.figures.costs
        return costs.serve.value + costs.serve_kb.value * self.wire_bytes / 1000

    @cached_property
    def _has_parts(self) -> Bools:
        """Streams whose messages have disclosures."""
        streams = self.figures.streams.values()
        return np.array([s.redacted.value < s.whole.value for s in streams])

    @cached_property
    def mirror_us(self) -> Floats:
        """Links × streams: processor of the peer for an entry; what it may see goes to a subscriber, too."""
        costs = self.figures.costs
        given = np.array([[self.delivered and not p.is_relay] for p in self.places])[self.peer]
        once = costs.mirror.value + costs.deliver.value * given
        each = costs.mirror_kb.value + costs.deliver_kb.value * given
        seen = once + each * self.wire_bytes / 1000 + costs.mirror_parts.value * self._has_parts
        return np.where(self.entitled, seen, costs.mirror_withheld.value)


def build(
    places: Sequence[Place],
    figures: Figures,
    *,
    host_cores: float | None = None,
    delivered: bool = True,
) -> Mesh:
    """Every log to every gateway, through the relays if there are any.

    `host_cores`: all stand on one machine with so many; else each has one of its own. `delivered`: whether
    each has a subscriber.
    """
    numbers = {place.code: n for n, place in enumerate(places)}
    links = []
    for log, peer in product(range(len(places)), repeat=2):
        if not _carried(places[log], places[peer]):
            continue
        source = numbers[_source(places[log], places[peer], numbers)]
        views = _views(places[log], places[peer], places, figures)
        delay = _delay(places[source], places[peer], places, figures.machines)
        links.append(Link(log, source, peer, views, delay))
    if host_cores is None:
        hosts, cores = np.arange(len(places)), np.full(len(places), np.inf)
    else:
        hosts, cores = np.zeros(len(places), dtype=np.int64), np.array([host_cores])
    return Mesh(tuple(places), tuple(links), figures, hosts, cores, delivered)


def _carried(origin: Place, peer: Place) -> bool:
    """Whether there is a link by which the peer gets the origin's log."""
    if origin is peer or origin.is_relay:
        return False
    return not peer.is_relay or region_of(peer.code) != region_of(origin.code)


def _source(origin: Place, peer: Place, numbers: Mapping[str, int]) -> str:
    """Who sends a log to a peer: the relay of the peer's region, if that is another one."""
    region = region_of(peer.code)
    relay = f"{RELAY}-{region}"
    apart = region and region != region_of(origin.code) and not peer.is_relay
    return relay if apart and relay in numbers else origin.code


def _views(
    origin: Place, peer: Place, places: Sequence[Place], figures: Figures
) -> dict[str, View]:
    """What a peer gets of each stream; a relay gets what the most entitled of its region may see."""
    ends = [peer]
    if peer.is_relay:
        ends = [p for p in places if p.is_province and region_of(p.code) == region_of(peer.code)]
    return {
        name: most([view(stream.type, relation(origin, end)) for end in ends])
        for name, stream in figures.streams.items()
    }


def _delay(source: Place, peer: Place, places: Sequence[Place], machines: Machines) -> float:
    """Seconds, one way."""
    apart = borders_between()[seat(source.code, places), seat(peer.code, places)]
    return (machines.delay.value + apart * machines.border_delay.value) / 1e3
