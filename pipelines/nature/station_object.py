"""What a reading tells about: a water with its chain of stations, a road by its number, or what it names."""

import re
from functools import lru_cache
from typing import NamedTuple

from pipelines.nature.station_chains import chain_of, plain
from yrd.monitoring.v1.monitoring_pb2 import Observation

__all__ = ["Subject", "plain", "told_about"]

_ROAD = re.compile(r"^[GSgs]\d{1,5}")


class Subject(NamedTuple):
    """Scheme and value of the measure, and the object: its chain, or its name."""

    scheme: str
    measure: str
    object: str


def told_about(observation: Observation) -> Subject:
    """Readings with the same subject may be one situation.

    Without a name nothing says that two stations tell about one thing: each is its own subject.
    """
    chain = chain_of(observation)
    name = chain.chain_id if chain else _named(observation.object_name)
    measure = observation.measure
    return Subject(measure.scheme, measure.value, name or f"/{observation.station_id}")


@lru_cache(maxsize=4096)
def _named(name: str) -> str:
    name = plain(name)
    road = _ROAD.match(name)
    return road[0].upper() if road else name
