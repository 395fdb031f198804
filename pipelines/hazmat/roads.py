"""Roads by their numbers."""

import re
from functools import lru_cache

from pipelines.hazmat.limits import Limit, limit

_EXPRESSWAY = re.compile(r"G\d{4}|[GS]\d{1,2}")
"""National expressways have one, two or four digits, provincial ones one or two; ordinary roads three."""


@lru_cache(maxsize=65_536)
def road_number(name: str) -> str:
    """The number at the beginning of a road's name: "G15" of "G15 沈海高速"; "" of no name."""
    return name.split(" ", maxsplit=1)[0].upper()


@lru_cache(maxsize=65_536)
def is_expressway(name: str) -> bool:
    """Whether its number is an expressway's."""
    return _EXPRESSWAY.fullmatch(road_number(name)) is not None


def speed_limit(name: str) -> Limit:
    """How fast dangerous goods may go there; on a road that is not named, what no road allows more of."""
    ordinary = name and not is_expressway(name)
    return limit("speed_other" if ordinary else "speed_expressway")
