"""What follows from a few of the facts, kept as long as they are the very same: a step costs what changed."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, NamedTuple, Protocol, TypeVar

Item = TypeVar("Item")
Derived = TypeVar("Derived")


class Remembering(Protocol):
    """Whatever has a memo (pipelines.facts.known)."""

    memo: dict[str, Any]


class Rests(NamedTuple):
    """All that something is derived from: objects that nobody changes, and what may be compared.

    Facts hold the same message in the same object, so objects are told apart by what they are, not by what
    they say.
    """

    objects: Sequence[object]
    also: Hashable = None


class _Kept(NamedTuple):
    """Holds the objects, so that nothing else can have their ids."""

    objects: Sequence[object]
    derived: Any


def remembered(
    known: Remembering,
    name: str,
    items: Iterable[Item],
    rests_on: Callable[[Item], Rests],
    derive: Callable[[Item], Derived],
) -> list[Derived]:
    """`derive` of each item in their order; not again where one of the last evaluation rested on the same."""
    before: dict[Hashable, _Kept] = known.memo.get(name, {})
    kept: dict[Hashable, _Kept] = {}
    found = []
    for item in items:
        objects, also = rests_on(item)
        key = tuple(map(id, objects)), also
        one = kept[key] = before.get(key) or _Kept(objects, derive(item))
        found.append(one.derived)
    known.memo[name] = kept
    return found
