"""Stations down a river: tables/station_chains.tsv."""

from dataclasses import dataclass
from functools import cache, lru_cache
from unicodedata import normalize

from pipelines.tabled import rows
from yrd.monitoring.v1.monitoring_pb2 import Observation

MEASURES = ("water.level", "water.flow", "tide.level")
"""What goes down a river from station to station."""


def plain(name: str) -> str:
    """A name as it is compared: width and outer blanks don't matter."""
    return normalize("NFKC", name).strip()


@dataclass(frozen=True, slots=True)
class Chain:
    """A river with its stations, 1 is farthest upstream; by every name of each."""

    chain_id: str
    name_zh: str
    objects: frozenset[str]
    order: dict[str, int]


def chain_of(observation: Observation) -> Chain | None:
    """The chain that its water belongs to; None for other waters and measures."""
    return _of(observation.object_name) if observation.measure.value in MEASURES else None


@lru_cache(maxsize=4096)
def _of(object_name: str) -> Chain | None:
    name = plain(object_name)
    return next((chain for chain in _chains() if name in chain.objects), None)


def order_in(chain: Chain, observation: Observation) -> int | None:
    """The station's place in it; None if the table doesn't have the station."""
    names = (plain(observation.station_name), plain(observation.station_id))
    return next((chain.order[name] for name in names if name in chain.order), None)


@cache
def _chains() -> tuple[Chain, ...]:
    found: dict[str, Chain] = {}
    for row in rows("station_chains"):
        objects = _names(row["objects"])
        chain = found.setdefault(row["chain"], Chain(row["chain"], row["name_zh"], objects, {}))
        chain.order.update(dict.fromkeys(_names(row["station"]), int(row["order"])))
    return tuple(found.values())


def _names(text: str) -> frozenset[str]:
    return frozenset(plain(name) for name in text.split("|"))
