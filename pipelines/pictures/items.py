"""The items of a picture, each under a place of its own, whatever the subjects are that it shows.

What tells the items of a list apart is read off the items, so that a subject that joins the picture is
compared, too, without a rule of its own; only where that is not enough, a rule is here.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeVar

from google.protobuf.descriptor import FieldDescriptor

from pipelines.pictures.figures import figures
from pipelines.pictures.picture import Picture

_LEFT_OUT = frozenset(("as_of_time", "coverage", "questions", "question_counts"))
"""Of a summary: what differs by nature, and what is about the data and not about the world."""
_TITLES = ("title", "headline", "object_name", "location_name", "name_zh")
_KEYS: Mapping[str, tuple[str, ...]] = {
    "yrd.situation.v1.AidLine": ("request_id", "line_id"),
    "yrd.situation.v1.AidLife": ("request_id", "line_id"),
    "yrd.situation.v1.Escalation": ("kind", "joint_ids", "participants"),
    "yrd.situation.v1.HandoverStatus": ("waybill_id", "from_province", "to_province"),
    "yrd.situation.v1.IsolationZone": ("source_id", "un_number"),
    "yrd.situation.v1.NeedLine": ("source_id", "line_id", "capability"),
}
_TELLING = (
    "participant",
    "province",
    "admin_code",
    "number",
    "key",
    "tier",
    "kind_prefix",
    "event_type",
    "capability",
    "unit",
)
"""What tells items apart that have no ids."""
_SUMS = {"totals": "incidents", "hazmat_counts": "hazmat"}
"""Sums, and the list that they are over."""

Element = TypeVar("Element")
Place = tuple[str, str]
"""Path of the list in SituationSummary, or "proposals", and the item's key in it."""


class Item(NamedTuple):
    """An item with what people call it, its figures by path, and the messages that it rests on."""

    element: Any
    title: str
    figures: Mapping[str, str]
    ids: frozenset[str]


Items = dict[Place, Item]


def items_of(picture: Picture) -> Items:
    """All items of a picture."""
    found: Items = {}
    for field, value in picture.summary.ListFields():
        if field.name not in _LEFT_OUT and field.message_type is not None:
            _note(found, field.name, field, value)
    for proposal in picture.proposals:
        for line in proposal.lines:
            name = f"{proposal.beneficiary} {line.source_id} {line.need.line_id}"
            found["proposals", name] = _item(line)
    return _with_ids_of_sums(found)


def _note(found: Items, path: str, field: FieldDescriptor, value: Any) -> None:
    """Notes a list's items; or one message, and those of the lists in it."""
    if not field.is_repeated:
        found[path, ""] = _item(value)
        for inner, list_ in value.ListFields():
            if inner.is_repeated and inner.message_type is not None:
                _note(found, f"{path}.{inner.name}", inner, list_)
        return
    for name, element in keyed(value).items():
        found[path, name] = _item(element)


def keyed(elements: Iterable[Element]) -> dict[str, Element]:
    """Items of a list by what tells them apart; by their order, too, where nothing else does."""
    found: dict[str, Element] = {}
    for element in elements:
        key = name = _key(element, dict(figures(element)))
        number = 1
        while name in found:
            number += 1
            name = f"{key} #{number}"
        found[name] = element
    return found


def _key(element: Any, known: Mapping[str, str]) -> str:
    descriptor = element.DESCRIPTOR
    names = [field.name for field in descriptor.fields if not field.is_repeated]
    ids = [name for name in names if name.endswith("_id") and not name.endswith("message_id")]
    named = _KEYS.get(descriptor.full_name) or ids or [n for n in names if n in _TELLING]
    return " ".join(known[name] for name in named if known.get(name))


def _item(element: Any) -> Item:
    titles = [getattr(element, name, "") for name in _TITLES]
    ids = frozenset(_rests_on(element))
    return Item(element, next(filter(None, titles), ""), dict(figures(element)), ids)


def _rests_on(element: Any) -> Iterator[str]:
    """Messages that it names; or, if it names none, those that what is in it names."""
    own = {*getattr(element, "message_ids", ()), getattr(element, "message_id", "")} - {""}
    yield from own
    if own:
        return
    for field, value in element.ListFields():
        if field.message_type is not None:
            for inner in value if field.is_repeated else [value]:
                yield from _rests_on(inner)


def _with_ids_of_sums(found: Items) -> Items:
    for sum_, list_ in _SUMS.items():
        ids = [item.ids for (subject, _), item in found.items() if subject == list_]
        rests = frozenset().union(*ids)
        for (subject, key), item in found.items():
            if subject.partition(".")[0] == sum_:
                found[subject, key] = item._replace(ids=rests)
    return found
