"""proto → Avro → proto, proto → JSON → proto, Avro → JSON → Avro: the same for every type.

YRD_EXAMPLES sets how many arbitrary messages each type is tried with (a nightly run: 2000). How many
there were stands as properties of the suite in JUnit XML.
"""

import os
from collections.abc import Callable
from io import BytesIO
from typing import Any

import fastavro
import pytest
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from hypothesis import HealthCheck, given, settings

from schemas.avro import codec
from schemas.avro.catalog import TYPES, descriptor_of
from schemas.avro.projection import project
from schemas.avro.records import fill, to_record
from schemas.avro.registry import plain
from schemas.json_form import from_json, to_json
from tests.support.arbitrary import messages
from tests.support.every_kind import every_kind
from tests.support.extremes import extremes

EXAMPLES = int(os.environ.get("YRD_EXAMPLES", "100"))
QUIET = settings(
    deadline=None,
    max_examples=EXAMPLES,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
Record = Callable[[str, object], None]


@pytest.mark.parametrize("full_name", TYPES)
def test_every_type_is_the_same_after_a_round_trip(
    full_name: str, record_testsuite_property: Record
) -> None:
    seen = 0

    @QUIET
    @given(made=messages(descriptor_of(full_name)))
    def holds(made: Message) -> None:
        nonlocal seen
        seen += 1
        _check_all(full_name, made)

    holds()
    record_testsuite_property(f"examples {full_name}", seen)


@pytest.mark.parametrize("full_name", TYPES)
def test_extremes_are_the_same_after_a_round_trip(
    full_name: str, record_testsuite_property: Record
) -> None:
    seen = 0
    for name, made in extremes(descriptor_of(full_name)):
        seen += 1
        _check_all(full_name, made, name)
    assert seen > 8
    record_testsuite_property(f"extremes {full_name}", seen)


def _check_all(full_name: str, made: Message, name: str = "") -> None:
    data = codec.encode(made)
    _same(codec.decode(data), made, f"{name}: single object")
    record = to_record(made)
    _same(_through_file(full_name, record), made, f"{name}: container file")
    assert _by_fastavro(codec.parsed_schema(full_name), record) == data[10:], name
    through_json = from_json(type(made), to_json(made), "f")
    _same(through_json, made, f"{name}: JSON")
    assert codec.encode(through_json) == data, f"{name}: Avro, JSON, Avro"


def _same(found: Message, made: Message, way: str) -> None:
    assert found == made, way
    # equality alone takes -0.0 for 0.0
    assert found.SerializeToString(deterministic=True) == made.SerializeToString(
        deterministic=True
    ), way


def _through_file(full_name: str, record: Any) -> Message:
    file = BytesIO()
    fastavro.writer(file, codec.parsed_schema(full_name), [record], codec="deflate")
    file.seek(0)
    (found,) = fastavro.reader(file, codec.parsed_schema(full_name))
    return codec.from_record(full_name, found)


def _by_fastavro(schema: Any, record: Any) -> bytes:
    out = BytesIO()
    fastavro.schemaless_writer(out, schema, record)
    return out.getvalue()


def _check_kinds(made: Message) -> None:
    """The same for a type with every kind of field, which has no place in the contract."""
    schema = fastavro.parse_schema(plain(project(every_kind())))
    data = _by_fastavro(schema, to_record(made))
    found = GetMessageClass(every_kind())()
    fill(every_kind(), fastavro.schemaless_reader(BytesIO(data), schema, None), found)
    _same(found, made, "every kind")
    _same(from_json(type(made), to_json(made), "f"), made, "JSON")


def test_every_kind_of_field_is_the_same_after_a_round_trip(
    record_testsuite_property: Record,
) -> None:
    seen = 0

    @QUIET
    @given(made=messages(every_kind()))
    def holds(made: Message) -> None:
        nonlocal seen
        seen += 1
        _check_kinds(made)

    holds()
    record_testsuite_property("examples every kind", seen)


def test_extremes_of_every_kind_of_field_are_the_same() -> None:
    for _, made in extremes(every_kind()):
        _check_kinds(made)


def test_what_json_writes_in_words_comes_back() -> None:
    made: Any = GetMessageClass(every_kind())(
        one_figure=float("inf"), all_figure=[float("-inf"), float("nan")], one_few=77, one_int64=-1
    )
    text = to_json(made)
    assert '"oneFigure": "Infinity"' in text
    assert '"oneFew": 77' in text
    assert '"oneInt64": "-1"' in text
    found: Any = from_json(type(made), text, "f")
    assert (found.one_figure, found.one_few) == (float("inf"), 77)
    assert found.all_figure[1] != found.all_figure[1], "NaN stays NaN"
