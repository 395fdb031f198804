"""Which of several things are one, from links between pairs of them."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Link(NamedTuple):
    """Two things, by their places in a list, that may be one.

    A certain link always joins. Others join the cheapest first, and never what holds two things of one
    party: whoever tells two things means two.
    """

    first: int
    second: int
    certain: bool
    cost: float
    reason: str


class Joined(NamedTuple):
    """Things that are one, by their places in order, and why."""

    places: tuple[int, ...]
    reasons: tuple[str, ...]


def joined(parties: Sequence[str], links: Iterable[Link]) -> list[Joined]:
    """Everything once, by its first place; the order of links does not matter.

    `parties` says who tells each thing.
    """
    group_of = {place: [place] for place in range(len(parties))}
    reasons: dict[int, list[str]] = {place: [] for place in group_of}
    for link in sorted(links, key=_surest_first):
        a, b = group_of[link.first], group_of[link.second]
        if a is not b and not link.certain and _parties(parties, a) & _parties(parties, b):
            continue
        reasons[link.first].append(link.reason)
        if a is not b:
            a += b
            group_of.update(dict.fromkeys(b, a))
    return [
        Joined(tuple(sorted(group)), tuple(sorted(r for place in group for r in reasons[place])))
        for place, group in group_of.items()
        if place == min(group)
    ]


def _surest_first(link: Link) -> tuple[bool, float, int, int, str]:
    return not link.certain, link.cost, link.first, link.second, link.reason


def _parties(parties: Sequence[str], group: Iterable[int]) -> set[str]:
    return {parties[place] for place in group}
