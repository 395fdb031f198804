"""Schema resolution of Avro 1.12 (specification, "Schema Resolution"), explained.

Says what a reader with one schema meets in data written with another: what it can't read at all, and
what it reads without an error but loses or sees as something else.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

_PROMOTIONS = {
    "int": {"long", "float", "double"},
    "long": {"float", "double"},
    "float": {"double"},
    "string": {"bytes"},
    "bytes": {"string"},
}
_PRIMITIVES = {"null", "boolean", "int", "long", "float", "double", "bytes", "string"}
Schema = Any


@dataclass(frozen=True, slots=True)
class Problem:
    """What a reader meets. `where` is the record's full name and the field, or the enum's name.

    `rule`: UNREADABLE, NO_DEFAULT, SYMBOL_UNKNOWN (no default to take), SYMBOL_LOST (read as the
    default), FIELD_LOST (in the data, not in the reader), MEANING_CHANGED (another logical type).
    """

    rule: str
    where: str
    writer: str
    reader: str


def resolve(reader: Schema, writer: Schema) -> list[Problem]:
    """All that a reader of `reader` meets in data of `writer`, each once."""
    resolution = _Resolution(_named(reader), _named(writer))
    return list(dict.fromkeys(resolution.pair(reader, writer, "")))


def _named(schema: Schema) -> dict[str, Schema]:
    """Every record, enum and fixed in a schema by its full name."""
    found: dict[str, Schema] = {}
    pending = [schema]
    while pending:
        item = pending.pop()
        if isinstance(item, list):
            pending += item
        elif isinstance(item, Mapping):
            if "name" in item:
                found[full_name(item)] = item
            pending += [field["type"] for field in item.get("fields", ())]
            pending += [item[key] for key in ("items", "values") if key in item]
            if not isinstance(item["type"], str):
                pending.append(item["type"])
    return found


def full_name(schema: Mapping[str, Any]) -> str:
    """Name with its namespace."""
    name, namespace = str(schema["name"]), schema.get("namespace")
    return f"{namespace}.{name}" if namespace and "." not in name else name


@dataclass(slots=True)
class _Resolution:
    readers: dict[str, Schema]
    writers: dict[str, Schema]
    under_way: set[tuple[str, str]]

    def __init__(self, readers: dict[str, Schema], writers: dict[str, Schema]) -> None:
        self.readers, self.writers, self.under_way = readers, writers, set()

    def pair(self, reader: Schema, writer: Schema, where: str) -> Iterator[Problem]:
        reader, writer = _spelt(reader, self.readers), _spelt(writer, self.writers)
        if isinstance(writer, list):
            yield from self._from_union(reader, writer, where)
        elif isinstance(reader, list):
            yield from self._into_union(reader, writer, where)
        else:
            yield from self._single(reader, writer, where)

    def _from_union(self, reader: Schema, writer: list[Schema], where: str) -> Iterator[Problem]:
        """A branch that can't be read is told of the whole union: it is the field's type."""
        for branch in writer:
            for problem in self.pair(reader, branch, where):
                whole = problem.rule == "UNREADABLE" and problem.where == where
                yield (
                    replace(problem, writer=kind(writer), reader=kind(reader)) if whole else problem
                )

    def _into_union(self, reader: list[Schema], writer: Schema, where: str) -> Iterator[Problem]:
        """The first branch that reads without an error is the one that is taken."""
        for branch in reader:
            if self._matches(_spelt(branch, self.readers), writer):
                yield from self.pair(branch, writer, where)
                return
        yield Problem("UNREADABLE", where, kind(writer), kind(reader))

    def _matches(self, reader: Schema, writer: Schema) -> bool:
        one, other = _type(reader), _type(writer)
        if one == other and one in ("record", "enum", "fixed"):
            return _same_name(reader, writer)
        return one == other or one in _PROMOTIONS.get(other, ())

    def _single(self, reader: Schema, writer: Schema, where: str) -> Iterator[Problem]:
        if not self._matches(reader, writer):
            yield Problem("UNREADABLE", where, kind(writer), kind(reader))
            return
        if _logical(reader) != _logical(writer):
            yield Problem("MEANING_CHANGED", where, kind(writer), kind(reader))
        match _type(reader):
            case "record":
                yield from self._record(reader, writer)
            case "enum":
                yield from _enum(reader, writer)
            case "fixed" if reader["size"] != writer["size"]:
                yield Problem("UNREADABLE", where, kind(writer), kind(reader))
            case "array":
                yield from self.pair(reader["items"], writer["items"], where)
            case "map":
                yield from self.pair(reader["values"], writer["values"], where)

    def _record(self, reader: Schema, writer: Schema) -> Iterator[Problem]:
        key = full_name(reader), full_name(writer)
        if key in self.under_way:
            return
        self.under_way.add(key)
        written = {field["name"]: field for field in writer["fields"]}
        for field in reader["fields"]:
            names = [field["name"], *field.get("aliases", ())]
            name = next((n for n in names if n in written), None)
            where = f"{key[0]}.{field['name']}"
            if name is not None:
                yield from self.pair(field["type"], written.pop(name)["type"], where)
            elif "default" not in field:
                yield Problem("NO_DEFAULT", where, "no field", kind(field["type"]))
        for name, field in written.items():
            yield Problem("FIELD_LOST", f"{key[1]}.{name}", kind(field["type"]), "no field")


def _enum(reader: Schema, writer: Schema) -> Iterator[Problem]:
    default = reader.get("default")
    for symbol in writer["symbols"]:
        if symbol not in reader["symbols"]:
            rule = "SYMBOL_LOST" if default else "SYMBOL_UNKNOWN"
            yield Problem(rule, f"{full_name(reader)}.{symbol}", symbol, default or "no default")


def _spelt(schema: Schema, named: Mapping[str, Schema]) -> Schema:
    if isinstance(schema, str) and schema not in _PRIMITIVES:
        return named[schema]
    if isinstance(schema, Mapping) and isinstance(schema["type"], Mapping | list):
        return _spelt(schema["type"], named)
    return schema


def _type(schema: Schema) -> str:
    return schema if isinstance(schema, str) else str(schema["type"])


def _logical(schema: Schema) -> str | None:
    return None if isinstance(schema, str) else schema.get("logicalType")


def _same_name(reader: Schema, writer: Schema) -> bool:
    """The specification asks for the same unqualified name, or for an alias of the reader."""
    written = full_name(writer)
    same = written.rpartition(".")[2] == full_name(reader).rpartition(".")[2]
    return same or written in reader.get("aliases", ())


def kind(schema: Schema) -> str:
    """A schema in a few words."""
    if isinstance(schema, list):
        return " or ".join(kind(branch) for branch in schema)
    if isinstance(schema, str):
        return schema
    if "name" in schema:
        return f"{schema['type']} {full_name(schema)}"
    if schema["type"] == "array":
        return f"array of {kind(schema['items'])}"
    if schema["type"] == "map":
        return f"map of {kind(schema['values'])}"
    return str(schema.get("logicalType", schema["type"]))
