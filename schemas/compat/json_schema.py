"""JSON Schema (draft 2020-12): what the schema of one side says to documents of the other.

Compares schemas by their structure, keyword by keyword, for the keywords that schemas.json_schema
writes; any other keyword is a fault here, so that nothing is passed over. Where two values can't be
ranked, the change counts as a break.
"""

import json
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

from schemas.compat.finding import Change, Surface
from schemas.compat.model import NotComparableError

Schema = Any
_EXCLUSIVE = ("exclusiveMaximum", "exclusiveMinimum")
_UPPER = ("maximum", "maxLength", "maxItems", "maxProperties")
_LOWER = ("minimum", "minLength", "minItems", "minProperties")
_MEANING = ("format", "contentEncoding")
_EXACT = (
    "pattern",
    "multipleOf",
    "uniqueItems",
    "const",
    "not",
    "additionalProperties",
)
_DEEPER = ("items",)
_TELLING = ("title", "description", "x-field-number")


_KNOWN = {
    *_EXCLUSIVE,
    *_UPPER,
    *_LOWER,
    *_EXACT,
    *_MEANING,
    *_DEEPER,
    *_TELLING,
    "$schema",
    "$id",
    "$defs",
    "type",
    "enum",
    "required",
    "properties",
    "allOf",
}


def compare(old: Mapping[str, Schema], new: Mapping[str, Schema]) -> Iterator[Change]:
    """Changes of the JSON Schemas, given by type."""
    seen: set[Change] = set()
    for name, schema in old.items():
        if name not in new:
            yield _change("TYPE_REMOVED", name, name)
            continue
        for change in _Documents(schema, new[name]).pair(schema, new[name], name):
            if change not in seen:
                seen.add(change)
                yield change


def _change(rule: str, where: str, old: object = "", new: object = "") -> Change:
    told = [x if isinstance(x, str) else json.dumps(x, ensure_ascii=False) for x in (old, new)]
    return Change(surface=Surface.JSON_SCHEMA, rule=rule, where=where, old=told[0], new=told[1])


class _Documents:
    def __init__(self, old: Schema, new: Schema) -> None:
        self._old, self._new = old, new
        self._asked: set[str] = set()

    def pair(self, old: Schema, new: Schema, where: str) -> Iterator[Change]:
        """Compares two schemas, alternative by alternative (anyOf; a schema without is one)."""
        if "$ref" in old or "$ref" in new:
            asked = json.dumps([_meant(old), _meant(new)], sort_keys=True)
            if asked in self._asked:
                return
            self._asked.add(asked)
        before = dict(self._alternatives(old, self._old, where))
        after = dict(self._alternatives(new, self._new, where))
        if len(before) == len(after) == 1:
            yield from self._same(*before.values(), *after.values())
            return
        for kind, (schema, at) in before.items():
            if kind in after:
                yield from self._same((schema, at), after[kind])
            else:
                yield _change("TIGHTENED", at, _meant(schema), "not allowed")
        for kind, (schema, at) in after.items():
            if kind not in before:
                yield _change("LOOSENED", at, "not allowed", _meant(schema))

    def _alternatives(
        self, schema: Schema, document: Schema, where: str
    ) -> Iterator[tuple[str, tuple[Schema, str]]]:
        """Each alternative with its kind: its type, or "enum" where it is a list of values alone."""
        spelt, at = _spelt(schema, document, where)
        if "anyOf" not in spelt:
            yield str(spelt.get("type", "enum" if "enum" in spelt else "any")), (spelt, at)
        for branch in spelt.get("anyOf", ()):
            yield from self._alternatives(branch, document, at)

    def _same(self, old: tuple[Schema, str], new: tuple[Schema, str]) -> Iterator[Change]:
        (before, where), (after, _) = old, new
        if _types(before) != _types(after):
            told = (side.get("type", "any") for side in (before, after))
            yield _change("TYPE_CHANGED", where, *told)
            return
        yield from _keywords(before, after, where)
        yield from _oneofs(before, after, where)
        yield from self._properties(before, after, where)
        for key in _DEEPER:
            if key in before or key in after:
                yield from self.pair(before.get(key, {}), after.get(key, {}), where)

    def _properties(self, old: Schema, new: Schema, where: str) -> Iterator[Change]:
        before, after = old.get("properties", {}), new.get("properties", {})
        for name, schema in before.items():
            if name not in after:
                yield _change("PROPERTY_REMOVED", f"{where}.{name}", name)
            else:
                yield from self.pair(schema, after[name], f"{where}.{name}")


def _meant(schema: Schema) -> Schema:
    """A schema without what only tells about it."""
    return {key: value for key, value in schema.items() if key not in _TELLING}


def _oneofs(old: Schema, new: Schema, where: str) -> Iterator[Change]:
    """Properties that exclude each other, as "x-oneof" names them; the allOf beside it says the same."""
    before, after = _excluding(old), _excluding(new)
    for pair in sorted(after - before):
        if all(name in old.get("properties", {}) for name in pair):
            yield _change("TIGHTENED", where, "no limit", f"at most one of {' and '.join(pair)}")
    for pair in sorted(before - after):
        if all(name in new.get("properties", {}) for name in pair):
            yield _change("LOOSENED", where, f"at most one of {' and '.join(pair)}", "no limit")


def _excluding(schema: Schema) -> set[tuple[str, str]]:
    groups = [sorted(oneof["members"]) for oneof in schema.get("x-oneof", {}).values()]
    return {pair for group in groups for pair in combinations(group, 2)}


def _spelt(schema: Schema, document: Schema, where: str) -> tuple[Schema, str]:
    """The schema that a reference means, with what stands beside the reference, and its name."""
    if "$ref" not in schema:
        return schema, where
    name = str(schema["$ref"]).removeprefix("#/$defs/")
    target = document if name == "#" else document["$defs"][name]
    beside = {key: value for key, value in schema.items() if key != "$ref"}
    return _spelt({**target, **beside}, document, name if name != "#" else where)


def _keywords(old: Schema, new: Schema, where: str) -> Iterator[Change]:
    for key in (*old, *new):
        if key not in _KNOWN and not key.startswith("x-"):
            raise NotComparableError(f"{where}: keyword {key!r} of JSON Schema can't be compared")
    yield from _sets(old, new, where)
    before, after = _limits(old), _limits(new)
    for key in sorted({*before, *after}):
        was, now = before.get(key), after.get(key)
        if was != now:
            looser = now is None or (was is not None and (now > was) == (key in _UPPER))
            yield _ranked(key, looser, where, _limit(was), _limit(now))
    for key in (*_EXACT, *_MEANING):
        was, now = old.get(key), new.get(key)
        if was != now:
            if key in _MEANING or (was is not None and now is not None):
                told = ({key: value} if value is not None else f"no {key}" for value in (was, now))
                yield _change("CHANGED", where, *told)
            else:
                yield _ranked(key, now is None, where, was, now)


def _limit(limit: tuple[float, int] | None) -> float | str | None:
    if limit is None:
        return None
    return f"{limit[0]} excluded" if limit[1] else limit[0]


def _limits(schema: Schema) -> dict[str, tuple[float, int]]:
    """Every bound as (value, order), so that a larger pair lies higher; of two bounds the stricter."""
    found = {key: (schema[key], 0) for key in (*_UPPER, *_LOWER) if key in schema}
    for key, exclusive, choose, sign in (
        ("maximum", "exclusiveMaximum", min, -1),
        ("minimum", "exclusiveMinimum", max, 1),
    ):
        if exclusive in schema:
            bound = schema[exclusive], sign
            if schema.get("type") == "integer":
                bound = bound[0] + sign, 0
            found[key] = choose(bound, found.get(key, bound))
    return found


def _ranked(key: str, looser: bool, where: str, was: Any, now: Any) -> Change:
    told = ({key: value} if value is not None else f"no {key}" for value in (was, now))
    return _change("LOOSENED" if looser else "TIGHTENED", where, *told)


def _sets(old: Schema, new: Schema, where: str) -> Iterator[Change]:
    before, after = old.get("enum"), new.get("enum")
    if before is not None and after is not None:
        for value in before:
            if value not in after:
                yield _change("VALUE_REMOVED", where, value)
        for value in after:
            if value not in before:
                yield _change("VALUE_ADDED", where, "", value)
    elif before != after:
        yield _ranked("enum", after is None, where, before, after)
    needed, needs = old.get("required", []), new.get("required", [])
    for name in sorted({*needed} ^ {*needs}):
        if name in needs:
            yield _change("REQUIRED_ADDED", f"{where}.{name}", "", name)
        else:
            yield _change("REQUIRED_REMOVED", f"{where}.{name}", name)


def _types(schema: Schema) -> set[str]:
    kind = schema.get("type", [])
    return {kind} if isinstance(kind, str) else set(kind)
