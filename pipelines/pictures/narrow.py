"""Summaries of a part of the joint picture: a province, a border segment, an incident.

What an item concerns is read off the item itself, whatever its type: it concerns a province whose
participant code or administrative code it names, and whatever has the id of an entity or message that it
names. So a subject that joins the picture is in the parts of it without a rule of its own. Coverage is kept
whole: who is silent matters everywhere.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from hashlib import sha256
from typing import Any, NamedTuple

from pipelines.incidents.totals import totals
from schemas.codes.admin import admin, province_of
from schemas.codes.geography import neighbors
from schemas.codes.tables import PROVINCES
from yrd.situation.v1.situation_pb2 import JointIncident, SituationSummary

MOST_SCOPE = 64
MOST_INCIDENTS = 50
"""Open incidents, the gravest first, that have a summary of their own."""
_CODES = re.compile(r"(?:(?<=-)|^)[0-9]{6}(?=-|$)")
"""Codes of areas in a string: the whole of it, or between hyphens, as in "310000-330000"."""
_KEPT_WHOLE = "coverage"
_WITH_AREA = frozenset({"warnings", "responses", "controls"})
_BACKGROUND = frozenset({"bases"})
"""What makes no part by itself: that a base could come to a place is no news of it."""


class _Item(NamedTuple):
    """An item of a list of the summary, all strings in it, and the provinces and borders that those name."""

    list: str
    item: Any
    names: frozenset[str]
    provinces: frozenset[str]
    borders: frozenset[frozenset[str]]


def parts(summary: SituationSummary) -> Iterator[SituationSummary]:
    """The joint summary narrowed to each province, border segment and open incident that it tells about."""
    items = [_item(name, item) for name, item in _items(summary)]
    for scope, chosen in (*_areas(items), *_incidents(summary, items)):
        if any(item.list not in _BACKGROUND for item in chosen):
            yield _part(summary, scope, chosen)


def _item(list_: str, item: Any) -> _Item:
    found = names(item)
    codes = [code for name in found for code in _CODES.findall(name)]
    return _Item(
        list_,
        item,
        found,
        frozenset(province for code in codes for province in _province(code)),
        frozenset(border for code in found.intersection(codes) for border in _borders(code)),
    )


def empty(summary: SituationSummary, scope: str) -> SituationSummary:
    """A part of which nothing is left."""
    return _part(summary, scope, [])


def _areas(items: Sequence[_Item]) -> Iterator[tuple[str, list[_Item]]]:
    """What concerns a province; or both of two, or lies in an area at the border between them."""
    for province in PROVINCES:
        yield f"province/{province}", [i for i in items if province in i.provinces]
    for pair in segments():
        both = frozenset(pair)
        found = [i for i in items if both <= i.provinces or both in i.borders]
        yield "border/" + "-".join(pair), found


def _incidents(
    summary: SituationSummary, items: Sequence[_Item]
) -> Iterator[tuple[str, list[_Item]]]:
    """What names an incident, or has an area in which it lies."""
    open_ones = [i for i in summary.incidents if not i.closed][:MOST_INCIDENTS]
    ids_of = [_ids(incident) for incident in open_ones]
    naming = _naming(items, frozenset().union(*ids_of))
    for incident, ids in zip(open_ones, ids_of, strict=True):
        around = _around(incident)
        found = {n for id_ in ids for n in naming.get(id_, ())}
        found |= {
            number
            for number, item in enumerate(items)
            if item.list in _WITH_AREA and around.intersection(item.item.area.admin_codes)
        }
        yield incident_scope(incident.joint_id), [items[number] for number in sorted(found)]


def _ids(incident: JointIncident) -> frozenset[str]:
    entities = (member.entity_id for member in incident.members)
    return frozenset((incident.joint_id, *incident.message_ids, *entities))


def _around(incident: JointIncident) -> frozenset[str]:
    county = incident.place.admin_code[:6]
    return frozenset((county, f"{county[:4]}00", f"{county[:2]}0000") if county else ())


def _naming(items: Sequence[_Item], wanted: frozenset[str]) -> dict[str, list[int]]:
    """Numbers of the items that bear a name."""
    found: dict[str, list[int]] = {}
    for number, item in enumerate(items):
        for name in item.names & wanted:
            found.setdefault(name, []).append(number)
    return found


def incident_scope(joint_id: str) -> str:
    """Scope of an incident's summary; a long id is shortened to a digest of it."""
    scope = f"incident/{joint_id}"
    if len(scope) <= MOST_SCOPE:
        return scope
    return f"incident/{sha256(joint_id.encode()).hexdigest()[:40]}"


@cache
def segments() -> tuple[tuple[str, str], ...]:
    """Pairs of provinces with a common border, by code."""
    pairs = {(a, b) for a in PROVINCES for b in map(province_of, neighbors(a)) if a < b}
    return tuple(sorted(pairs))


def names(item: Any) -> frozenset[str]:
    """All strings in a message, those within it included."""
    return frozenset(_strings(item))


def _strings(item: Any) -> Iterator[str]:
    for field, value in item.ListFields():
        values = value if field.is_repeated else (value,)
        if field.message_type is not None:
            for inner in values:
                yield from _strings(inner)
        elif field.type == field.TYPE_STRING:
            yield from values


def _items(summary: SituationSummary) -> Iterator[tuple[str, Any]]:
    """What may be left out of a part."""
    for field in SituationSummary.DESCRIPTOR.fields:
        if field.is_repeated and field.message_type is not None and field.name != _KEPT_WHOLE:
            for item in getattr(summary, field.name):
                yield field.name, item


def _part(summary: SituationSummary, scope: str, chosen: list[_Item]) -> SituationSummary:
    part = SituationSummary(
        as_of_time=summary.as_of_time,
        scope=scope,
        coverage=summary.coverage,
        input_digest=summary.input_digest,
    )
    for item in chosen:
        getattr(part, item.list).append(item.item)
    part.totals.CopyFrom(totals(list(part.incidents), summary.cascades))
    for left_out in ("incidents_left_out", "cascades_left_out", "escalations_left_out"):
        setattr(part.totals, left_out, getattr(summary.totals, left_out))
    return part


@lru_cache(maxsize=8192)
def _province(code: str) -> tuple[str, ...]:
    """The province in which an area lies; none if there is no such area."""
    return () if admin(code) is None else (province_of(code),)


@lru_cache(maxsize=8192)
def _borders(code: str) -> tuple[frozenset[str], ...]:
    """Pairs of provinces at whose border a county or city lies; none for a province."""
    if admin(code) is None or code.endswith("0000"):
        return ()
    own = province_of(code)
    return tuple({frozenset((own, province_of(other))) for other in neighbors(code)})
