"""What differs between two pictures of one scope, figure by figure, each with the messages it rests on."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from google.protobuf.descriptor import FieldDescriptor

from pipelines.figures import figures
from pipelines.picture import Picture
from yrd.situation.v1.situation_pb2 import JointIncident

NEW, GONE, CHANGED, JOINED = "new", "gone", "changed", "joined"
"""Kinds of differences. What joined is part of another item now."""

_LEFT_OUT = frozenset(("as_of_time", "coverage", "questions", "question_counts"))
"""Of a summary: what differs by nature, and what is about the data and not about the world."""
_TITLES = ("title", "headline", "object_name")
_KEYS: Mapping[str, tuple[str, ...]] = {
    "yrd.situation.v1.ResourceSummary": ("participant", "capability", "unit"),
    "yrd.situation.v1.AidLine": ("request_id", "line_id"),
    "yrd.situation.v1.Escalation": ("kind", "joint_ids", "participants"),
    "yrd.situation.v1.HandoverStatus": ("waybill_id", "from_province", "to_province"),
    "yrd.situation.v1.IsolationZone": ("source_id", "un_number"),
}
"""What tells the items of a list apart, where their ids do not, or else whose they are."""
_WHOSE = ("participant", "province")
_SUMS = {"totals": "incidents", "hazmat_counts": "hazmat"}
"""Sums, and the list that they are over."""

Ids = tuple[str, ...]
Place = tuple[str, str]


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


class _Item(NamedTuple):
    element: Any
    title: str
    figures: Mapping[str, str]
    ids: frozenset[str]


_Items = dict[Place, _Item]


def differences(then: Picture, now: Picture) -> list[Difference]:
    """What differs, by subject, item and field."""
    before, after = _items_of(then), _items_of(now)
    joined = {entity: place for place, item in after.items() for entity in _members(item)}
    found: list[Difference] = []
    for place in sorted({*before, *after}):
        old, new = before.get(place), after.get(place)
        if old is None and new is not None:
            ids = _ids((), new.ids)
            found.append(Difference(*place, "", NEW, new.title, "", "", *ids))
        elif new is None and old is not None:
            found.append(_gone(place, old, after, joined))
        elif old is not None and new is not None:
            found += _changed(place, old, new)
    return found


def _gone(place: Place, old: _Item, after: _Items, joined: Mapping[str, Place]) -> Difference:
    into = joined.get(place[1]) if isinstance(old.element, JointIncident) else None
    if into is None:
        return Difference(*place, "", GONE, old.title, "", "", *_ids(old.ids, ()))
    ids = _ids(old.ids, after[into].ids)
    return Difference(*place, "", JOINED, old.title, "", into[1], *ids)


def _members(item: _Item) -> list[str]:
    if not isinstance(item.element, JointIncident):
        return []
    return [member.entity_id for member in item.element.members]


def _changed(place: Place, old: _Item, new: _Item) -> Iterator[Difference]:
    for field in [*old.figures, *(name for name in new.figures if name not in old.figures)]:
        said, says = old.figures.get(field, ""), new.figures.get(field, "")
        if said != says:
            ids = _ids(old.ids, new.ids)
            yield Difference(*place, field, CHANGED, new.title, said, says, *ids)


def _ids(then: Iterable[str], now: Iterable[str]) -> tuple[Ids, Ids]:
    old, new = set(then), set(now)
    both = old & new if old != new else set()
    return tuple(sorted(old - both)), tuple(sorted(new - both))


def _items_of(picture: Picture) -> _Items:
    found: _Items = {}
    for field, value in picture.summary.ListFields():
        if field.name not in _LEFT_OUT and field.message_type is not None:
            _note(found, field.name, field, value)
    for sum_, list_ in _SUMS.items():
        if (sum_, "") in found:
            ids = [item.ids for (subject, _), item in found.items() if subject == list_]
            found[sum_, ""] = found[sum_, ""]._replace(ids=frozenset().union(*ids))
    for proposal in picture.proposals:
        for line in proposal.lines:
            name = f"{proposal.beneficiary} {line.source_id} {line.need.line_id}"
            found["proposals", name] = _item(line)
    return found


def _note(found: _Items, path: str, field: FieldDescriptor, value: Any) -> None:
    """Notes a list's items; or one message, and those of the lists in it."""
    if not field.is_repeated:
        found[path, ""] = _item(value)
        for inner, list_ in value.ListFields():
            if inner.is_repeated and inner.message_type is not None:
                _note(found, f"{path}.{inner.name}", inner, list_)
        return
    for element in value:
        item = _item(element)
        key = name = _key(element, item.figures)
        number = 1
        while (path, name) in found:  # nothing tells them apart but their order
            number += 1
            name = f"{key} #{number}"
        found[path, name] = item


def _key(element: Any, known: Mapping[str, str]) -> str:
    descriptor = element.DESCRIPTOR
    names = [field.name for field in descriptor.fields if not field.is_repeated]
    ids = [name for name in names if name.endswith("_id") and not name.endswith("message_id")]
    named = _KEYS.get(descriptor.full_name) or ids or [n for n in names if n in _WHOSE]
    return " ".join(known[name] for name in named if known.get(name))


def _item(element: Any) -> _Item:
    titles = [getattr(element, name, "") for name in _TITLES]
    return _Item(
        element,
        next(filter(None, titles), ""),
        dict(figures(element)),
        frozenset(_rests_on(element)),
    )


def _rests_on(element: Any) -> set[str]:
    """Messages that it names; or, if it names none, those that what is in it names."""
    own = {*getattr(element, "message_ids", ()), getattr(element, "message_id", "")} - {""}
    if own:
        return own
    found: set[str] = set()
    for field, value in element.ListFields():
        if field.message_type is not None:
            for inner in value if field.is_repeated else [value]:
                found |= _rests_on(inner)
    return found
