"""Data of other schemas that we know are read by native/ as fastavro resolves them, or are left to it."""

import copy
import json
from collections.abc import Callable
from io import BytesIO
from typing import Any

import fastavro
import pytest
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.avro.catalog import descriptor_of, fingerprint
from schemas.avro.codec import read_by_record, read_datum, write_datum
from schemas.avro.errors import AvroFormError
from schemas.avro.layouts import Foreign, layout
from schemas.avro.plans import plan_by
from schemas.avro.projection import project
from schemas.avro.records import fill, to_record
from schemas.avro.registry import WriterSchema, known, plain
from schemas.samples.reading import valid_samples
from tests.support.arbitrary import messages
from tests.support.every_kind import every_kind
from tests.support.extremes import extremes
from tests.support.native_steps import native_steps

DRAFT = "yrd.exchange.v1.Draft"
OURS = plain(project(every_kind()))
NAMES = [field["name"] for field in OURS["fields"]]
OTHERS = [s for s in known().values() if s.fingerprint != fingerprint(s.full_name)]
_REFUSALS = (AvroFormError, ValueError, LookupError, OverflowError, EOFError, TypeError)


def changed(change: Callable[[list[Any]], object]) -> Any:
    """Our schema of every kind with other fields."""
    schema = copy.deepcopy(OURS)
    change(schema["fields"])
    return schema


def at(name: str) -> int:
    return NAMES.index(name)


def without(*names: str) -> Any:
    def leave_out(fields: list[Any]) -> None:
        fields[:] = [field for field in fields if field["name"] not in names]

    return changed(leave_out)


def written(parsed: Any, record: dict[str, Any]) -> bytes | None:
    """By fastavro; None if the schema has no place for it."""
    out = BytesIO()
    try:
        fastavro.schemaless_writer(out, parsed, record)
    except _REFUSALS:
        return None
    return out.getvalue()


def resolved(other: WriterSchema, datum: bytes) -> Message | None:
    """By fastavro; None if it can't be."""
    try:
        return read_by_record(other, datum)
    except AvroFormError:
        return None


def test_every_schema_that_is_known_has_a_plan() -> None:
    native_steps()
    assert all(plan_by(schema) for schema in known().values())


@pytest.mark.parametrize("other", OTHERS, ids=lambda s: f"{s.full_name} {s.versions[0]}")
@settings(max_examples=20)
@given(data=st.data())
def test_data_of_released_schemas_are_read_alike(other: WriterSchema, data: st.DataObject) -> None:
    native_steps()
    made = data.draw(messages(descriptor_of(other.full_name)))
    datum, plan = written(other.parsed, to_record(made)), plan_by(other)
    assert plan is not None
    found = None if datum is None else plan.read(datum, 0)
    if datum is not None and found is not None:
        assert found == read_by_record(other, datum).SerializeToString(deterministic=True)


def test_what_people_send_by_a_released_schema_is_read_at_once() -> None:
    native_steps()
    [other] = [schema for schema in OTHERS if schema.full_name == DRAFT]
    plan, read = plan_by(other), 0
    assert plan is not None
    for sample in valid_samples():
        datum = written(other.parsed, to_record(sample.draft))
        if datum is not None and resolved(other, datum) == sample.draft:  # it had all that is in it
            assert plan.read(datum, 0) == sample.draft.SerializeToString(deterministic=True)
            read += 1
    assert read > 100


DEFINING = {"one_few", "one_many", "one_inner"}
"""Without them a schema is none: others name their types."""


@pytest.mark.parametrize("name", [n for n in NAMES if "__" not in n and n not in DEFINING])
def test_data_that_lack_a_field_are_read_alike(name: str) -> None:
    steps = native_steps()
    schema = without(name, f"{name}__number", f"{name}__nanos")
    plan = steps.AvroPlan(json.dumps(layout(schema, every_kind())))
    parsed, ours = fastavro.parse_schema(schema), fastavro.parse_schema(OURS)
    for _, made in extremes(every_kind()):
        datum = written(parsed, to_record(made))
        found = None if datum is None else plan.read(datum, 0)
        if datum is not None and found is not None:
            wanted = GetMessageClass(every_kind())()
            fill(every_kind(), fastavro.schemaless_reader(BytesIO(datum), parsed, ours), wanted)
            assert found == wanted.SerializeToString(deterministic=True)


def test_an_enum_with_fewer_symbols_in_another_order_is_read_by_their_names() -> None:
    def change(fields: list[Any]) -> None:
        fields[at("one_few")]["type"]["symbols"] = ["FEW_0", "FEW_5", "FEW_1"]

    schema = changed(change)
    plan = native_steps().AvroPlan(json.dumps(layout(schema, every_kind())))
    datum = written(fastavro.parse_schema(schema), {"one_few": "FEW_5", "one_data": b""})
    assert datum is not None
    assert plan.read(datum, 0) == GetMessageClass(every_kind())(one_few=1000).SerializeToString()


def foreign() -> list[tuple[str, Any]]:
    """What fastavro alone may resolve."""
    more = {"name": "newer", "type": "string"}
    return [
        ("a field more", changed(lambda fields: fields.append(more))),
        ("an int", changed(lambda f: f[at("one_int64")].update(type="int"))),
        ("no union", changed(lambda f: f[at("maybe_int64")].update(type="long"))),
        ("null behind", changed(lambda f: f[at("maybe_int64")]["type"].reverse())),
        ("no array", changed(lambda f: f[at("all_int64")].update(type="long"))),
        (
            "a union in an array",
            changed(lambda f: f[at("all_int64")]["type"].update(items=["long"])),
        ),
        ("a time as text", changed(lambda f: f[at("one_time")]["type"].__setitem__(1, "string"))),
        ("a symbol more", changed(lambda f: f[at("one_few")]["type"]["symbols"].append("FEW_9"))),
        (
            "another enum",
            changed(lambda f: f[at("one_few")]["type"].update(name="every.kind.v1.Other")),
        ),
        ("nothing beside", without("one_few__number")),
        ("nothing beside the last", without("maybe_time__nanos")),
        (
            "beside it a long",
            changed(lambda f: f[at("one_few__number")]["type"].__setitem__(1, "long")),
        ),
        ("no case", without("choice__case")),
        ("a case of bytes", changed(lambda f: f[at("choice__case")].update(type="bytes"))),
        ("a member apart", changed(lambda f: f.append(f.pop(at("choice_text"))))),
    ]


@pytest.mark.parametrize(("_what", "schema"), foreign())
def test_a_schema_that_is_not_like_ours_has_no_layout(_what: str, schema: Any) -> None:
    with pytest.raises(Foreign):
        layout(schema, every_kind())


def test_data_of_a_foreign_schema_have_no_plan() -> None:
    native_steps()
    made = project(descriptor_of(DRAFT))
    made["fields"].append({"name": "newer", "type": "string"})
    parsed = fastavro.parse_schema(plain(made))
    schema = WriterSchema(DRAFT, b"12345678", ("2.0.0",), parsed)
    assert plan_by(schema) is None
    told = valid_samples()[0].draft
    datum = written(parsed, to_record(told) | {"newer": "text"})
    assert datum is not None and datum != write_datum(told)
    assert read_datum(schema, datum) == told
