"""What is published: how many messages of each stream come to each gateway in each step."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np

from integration.simulate.fair import Floats, Ints
from integration.simulate.figures import Figures
from integration.simulate.provinces import JOINT, Place, provinces

LIFE, URGENT, ROUTINE = 0, 1, 2
PRIORITIES = (("life_safety", "生命安全"), ("urgent", "紧急"), ("routine", "常规"))
COAST = frozenset({"310000", "320000", "330000", "350000", "370000", "440000"})
"""Where the typhoon is."""


@dataclass(frozen=True, slots=True)
class Typhoon:
    """Hours in which it is on the coast."""

    start: float
    end: float


@dataclass(frozen=True)
class Arrivals:
    """`counts`: steps × gateways × streams × priorities. `seconds`: of a step."""

    counts: Ints
    seconds: float

    @cached_property
    def total(self) -> Ints:
        """Steps × gateways."""
        return np.asarray(self.counts.sum(axis=(2, 3)))

    @cached_property
    def mix(self) -> Floats:
        """Gateways × streams: their shares in each log over the whole time; equal ones where it is empty."""
        by_stream = self.counts.sum(axis=(0, 3)).astype(float)
        by_stream[by_stream.sum(axis=1) == 0] = 1.0
        return np.asarray(by_stream / by_stream.sum(axis=1, keepdims=True))


def rates(
    places: Sequence[Place], figures: Figures, factor: float = 1.0, *, typhoon: bool = False
) -> Floats:
    """Messages a second that are expected: gateways × streams × priorities.

    A province has its share of the country's, however few take part. `factor`: so many times the load.
    """
    country = sum(province.weight for province in provinces())
    made = np.zeros((len(places), len(figures.streams), len(PRIORITIES)))
    for (at, place), (number, stream) in product(
        enumerate(places), enumerate(figures.streams.values())
    ):
        share = place.weight / country if place.is_province else 0.0
        if stream.by_joint:
            share = float(place.code == JOINT)
        if typhoon and (place.code in COAST or place.code == JOINT):
            share *= stream.typhoon
        shares = (stream.life, stream.urgent, 1 - stream.life - stream.urgent)
        made[at, number] = factor * stream.per_hour.value / 3600 * share * np.array(shares)
    return made


def arrivals(
    places: Sequence[Place],
    figures: Figures,
    hours: float,
    seconds: float,
    seed: int,
    factor: float = 1.0,
    typhoon: Typhoon | None = None,
) -> Arrivals:
    """By chance around the rates; equal arguments give equal counts."""
    chance = np.random.default_rng(seed)
    calm = rates(places, figures, factor) * seconds
    storm = rates(places, figures, factor, typhoon=True) * seconds
    steps = round(hours * 3600 / seconds)
    at = np.arange(steps) * seconds / 3600
    blows = (typhoon.start <= at) & (at < typhoon.end) if typhoon else np.zeros(steps, dtype=bool)
    expected = np.where(blows[:, None, None, None], storm, calm)
    return Arrivals(chance.poisson(expected).astype(np.int64), seconds)
