"""Summaries of a part of the joint picture: a province, a border segment, an incident.

What an item concerns is read off the item itself, whatever its type: it concerns a province whose
participant code or administrative code it names, and whatever has the id of an entity or message that it
names. So a subject that joins the picture is in the parts of it without a rule of its own. Coverage is kept
whole: who is silent matters everywhere.
"""

from collections.abc import Callable, Iterator
from functools import cache
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
_KEPT_WHOLE = "coverage"
_WITH_AREA = frozenset({"warnings", "responses", "controls"})
_BACKGROUND = frozenset({"bases"})
"""What makes no part by itself: that a base could come to a place is no news of it."""


class _Item(NamedTuple):
    """An item of a list of the summary, and all strings in it."""

    list: str
    item: Any
    names: frozenset[str]


_Wanted = Callable[[_Item], bool]


def parts(summary: SituationSummary) -> Iterator[SituationSummary]:
    """The joint summary narrowed to each province, border segment and open incident that it tells about."""
    items = [_Item(name, item, names(item)) for name, item in _items(summary)]
    for scope, wanted in _parts(summary):
        chosen = list(filter(wanted, items))
        if any(item.list not in _BACKGROUND for item in chosen):
            yield _part(summary, scope, chosen)


def empty(summary: SituationSummary, scope: str) -> SituationSummary:
    """A part of which nothing is left."""
    return _part(summary, scope, [])


def _parts(summary: SituationSummary) -> Iterator[tuple[str, _Wanted]]:
    for province in PROVINCES:
        yield f"province/{province}", _concerning({province})
    for pair in segments():
        yield "border/" + "-".join(pair), _concerning(set(pair))
    for incident in [i for i in summary.incidents if not i.closed][:MOST_INCIDENTS]:
        yield incident_scope(incident.joint_id), _about(incident)


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


def _concerning(provinces: set[str]) -> _Wanted:
    """What concerns all of the provinces; or, of two, what lies in an area at the border between them."""

    def wanted(item: _Item) -> bool:
        if provinces <= {province for name in item.names for province in _provinces(name)}:
            return True
        return any(provinces == set(pair) for name in item.names for pair in _at(name))

    return wanted


def _about(incident: JointIncident) -> _Wanted:
    """What names the incident, or has an area in which it lies."""
    ids = {incident.joint_id, *incident.message_ids}
    ids |= {m.entity_id for m in incident.members}
    county = incident.place.admin_code[:6]
    around = {county, f"{county[:4]}00", f"{county[:2]}0000"} if county else set()

    def wanted(item: _Item) -> bool:
        if ids & item.names:
            return True
        return item.list in _WITH_AREA and bool(around.intersection(item.item.area.admin_codes))

    return wanted


@cache
def _provinces(name: str) -> tuple[str, ...]:
    """Provinces that a string names: as a code of an area in it, or as a border, "310000-330000"."""
    return tuple(province_of(code) for code in name.split("-") if _is_code(code))


def _is_code(text: str) -> bool:
    return len(text) == 6 and text.isdigit() and admin(text) is not None


@cache
def _at(name: str) -> tuple[tuple[str, str], ...]:
    """Provinces at whose border a county or city lies, its own first; none for a province."""
    if not _is_code(name) or name.endswith("0000"):
        return ()
    own = province_of(name)
    return tuple((own, province_of(other)) for other in neighbors(name))
