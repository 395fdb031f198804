"""Our schema resolution against Apache's, on schemas of every kind."""

import pytest

from schemas.compat.avro_resolution import Schema, resolve
from tests.unit.schemas.compat.test_mutations import apache_reads

RECORD: Schema = {"type": "record", "name": "yrd.R", "fields": [{"name": "a", "type": "int"}]}
WIDE = {**RECORD, "fields": [{"name": "a", "type": "long"}]}
OTHER = {**RECORD, "name": "yrd.S"}
ALIASED = {**OTHER, "aliases": ["yrd.R"]}
MORE = {**RECORD, "fields": [*RECORD["fields"], {"name": "b", "type": "string"}]}
DEFAULT = {**RECORD, "fields": [*RECORD["fields"], {"name": "b", "type": "string", "default": ""}]}
RENAMED = {**RECORD, "fields": [{"name": "z", "type": "int", "aliases": ["a"]}]}
ABC = {"type": "enum", "name": "yrd.E", "symbols": ["A", "B", "C"]}
AB = {"type": "enum", "name": "yrd.E", "symbols": ["A", "B"]}
AB_DEFAULT = {**AB, "default": "A"}
LINKED = {
    "type": "record",
    "name": "yrd.Node",
    "fields": [{"name": "next", "type": ["null", "yrd.Node"], "default": None}],
}
FOUR, EIGHT = ({"type": "fixed", "name": "yrd.F", "size": size} for size in (4, 8))

PAIRS: dict[str, tuple[Schema, Schema, set[str]]] = {
    "the same": ("int", "int", set()),
    "int as long": ("long", "int", set()),
    "long as int": ("int", "long", {"UNREADABLE"}),
    "long as double": ("double", "long", set()),
    "double as long": ("long", "double", {"UNREADABLE"}),
    "string as bytes": ("bytes", "string", set()),
    "bytes as string": ("string", "bytes", set()),
    "boolean as int": ("int", "boolean", {"UNREADABLE"}),
    "record, field promoted": (WIDE, RECORD, set()),
    "record, field demoted": (RECORD, WIDE, {"UNREADABLE"}),
    "record of another name": (OTHER, RECORD, {"UNREADABLE"}),
    "record of another name with an alias": (ALIASED, RECORD, set()),
    "record in another namespace": ({**RECORD, "name": "cn.R"}, RECORD, set()),
    "reader's field without a default": (MORE, RECORD, {"NO_DEFAULT"}),
    "reader's field with a default": (DEFAULT, RECORD, set()),
    "reader's field with an alias": (RENAMED, RECORD, set()),
    "enum with more symbols": (ABC, AB, set()),
    "enum with fewer symbols": (AB, ABC, {"SYMBOL_UNKNOWN"}),
    "into a union": (["null", "int"], "int", set()),
    "into a union, promoted": (["null", "long"], "int", set()),
    "into a union without it": (["null", "string"], "int", {"UNREADABLE"}),
    "out of a union": ("int", ["null", "int"], {"UNREADABLE"}),
    "union to a wider one": (["null", "int", "string"], ["null", "int"], set()),
    "union to a narrower one": (["null", "int"], ["null", "int", "string"], {"UNREADABLE"}),
    "union in another order": (["int", "null"], ["null", "int"], set()),
    "array": ({"type": "array", "items": "long"}, {"type": "array", "items": "int"}, set()),
    "array of another": (
        {"type": "array", "items": "int"},
        {"type": "array", "items": "string"},
        {"UNREADABLE"},
    ),
    "map": ({"type": "map", "values": "long"}, {"type": "map", "values": "int"}, set()),
    "map as array": (
        {"type": "array", "items": "int"},
        {"type": "map", "values": "int"},
        {"UNREADABLE"},
    ),
    "fixed of another size": (EIGHT, FOUR, {"UNREADABLE"}),
    "a record in itself": (LINKED, LINKED, set()),
}
WITHOUT_AN_ERROR: dict[str, tuple[Schema, Schema, set[str]]] = {
    "enum with fewer symbols and a default": (AB_DEFAULT, ABC, {"SYMBOL_LOST"}),
    "field that the reader hasn't got": (RECORD, MORE, {"FIELD_LOST"}),
    "another logical type": (
        {"type": "long", "logicalType": "timestamp-millis"},
        {"type": "long", "logicalType": "timestamp-micros"},
        {"MEANING_CHANGED"},
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_ours_is_apaches(name: str) -> None:
    reader, writer, expected = PAIRS[name]
    assert {problem.rule for problem in resolve(reader, writer)} == expected
    assert apache_reads(reader, writer) is (not expected)


@pytest.mark.parametrize("name", WITHOUT_AN_ERROR)
def test_what_is_read_without_an_error_but_lost(name: str) -> None:
    reader, writer, expected = WITHOUT_AN_ERROR[name]
    assert {problem.rule for problem in resolve(reader, writer)} == expected
    assert apache_reads(reader, writer)


def test_a_problem_names_record_field_and_both_types() -> None:
    (problem,) = resolve(RECORD, WIDE)
    assert (problem.where, problem.writer, problem.reader) == ("yrd.R.a", "long", "int")
