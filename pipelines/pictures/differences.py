"""What differs between two pictures of one scope, figure by figure, each with the messages it rests on."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pipelines.pictures.items import Item, Items, Place, items_of
from pipelines.pictures.matching import Entities, entities, match
from pipelines.pictures.picture import Picture
from yrd.situation.v1.situation_pb2 import SituationSummary

NEW, GONE, CHANGED, JOINED = "new", "gone", "changed", "joined"
"""Kinds of differences. What joined is part of another joint incident or earthquake now."""

_LAST = 1 << 30
Ids = tuple[str, ...]


class Difference(NamedTuple):
    """One thing that is not the same in both pictures.

    `subject` is the path in SituationSummary, "incidents" for example, or "proposals"; `key` says which
    item of it, `title` what people call that. `field` is set for what changed: then `then` and `now` are
    its values as text, empty for what is unknown. For what joined, `now` is the key of the item that it is
    part of. The ids are of the messages that an item rests on in the one picture and not in the other; of
    all of them where those are the same, and only time has passed.
    """

    subject: str
    key: str
    field: str
    kind: str
    title: str
    then: str
    now: str
    ids_then: Ids
    ids_now: Ids


def differences(then: Picture, now: Picture) -> list[Difference]:
    """What differs, in the order of the contract: by subject, item and field."""
    before, after = items_of(then), items_of(now)
    joined = _joined(before, after)
    found: list[Difference] = []
    for place in sorted({*before, *after}, key=_order):
        old, new = before.get(place), after.get(place)
        if old is None and new is not None:
            ids = _ids((), new.ids)
            found.append(Difference(*place, "", NEW, new.title, "", "", *ids))
        elif new is None and old is not None:
            found.append(_gone(place, old, after, joined.get(place)))
        elif old is not None and new is not None:
            found += _changed(place, old, new)
    return found


def _joined(before: Items, after: Items) -> dict[Place, Place]:
    """Places of before that are gone, with those of after that their reports are in."""
    found: dict[Place, Place] = {}
    for path in dict.fromkeys(path for path, _ in before):
        joined = match(_entities(before, path), _entities(after, path)).joined
        found |= {(path, key): (path, into) for key, into in joined.items()}
    return found


def _entities(items: Items, path: str) -> dict[str, Entities]:
    return {key: entities(item.element) for (of, key), item in items.items() if of == path}


def _order(place: Place) -> tuple[int, Place]:
    field = SituationSummary.DESCRIPTOR.fields_by_name.get(place[0].partition(".")[0])
    return field.number if field else _LAST, place


def _gone(place: Place, old: Item, after: Items, into: Place | None) -> Difference:
    if into is None:
        return Difference(*place, "", GONE, old.title, "", "", *_ids(old.ids, ()))
    ids = _ids(old.ids, after[into].ids)
    return Difference(*place, "", JOINED, old.title, "", into[1], *ids)


def _changed(place: Place, old: Item, new: Item) -> Iterator[Difference]:
    for field in [*old.figures, *(name for name in new.figures if name not in old.figures)]:
        said, says = old.figures.get(field, ""), new.figures.get(field, "")
        if said != says:
            ids = _ids(old.ids, new.ids)
            yield Difference(*place, field, CHANGED, new.title, said, says, *ids)


def _ids(then: Iterable[str], now: Iterable[str]) -> tuple[Ids, Ids]:
    old, new = set(then), set(now)
    both = old & new if old != new else set()
    return tuple(sorted(old - both)), tuple(sorted(new - both))
