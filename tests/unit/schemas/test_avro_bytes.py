"""Bytes that other writers may send, and bytes that nobody should: read right, or refused by name."""

from functools import cache
from io import BytesIO
from typing import Any

import fastavro
import pytest
from google.protobuf.message_factory import GetMessageClass

from schemas.avro import codec
from schemas.avro.errors import AvroFormError
from schemas.avro.projection import project
from schemas.avro.records import fill, to_record
from schemas.avro.registry import plain
from schemas.avro.values import split
from tests.support.builders import draft, message
from tests.support.every_kind import every_kind


@cache
def _schema() -> Any:
    return fastavro.parse_schema(plain(project(every_kind())))


def _read(data: bytes) -> Any:
    made = GetMessageClass(every_kind())()
    fill(every_kind(), fastavro.schemaless_reader(BytesIO(data), _schema(), None), made)
    return made


def _written(**record: Any) -> bytes:
    """A record of the type as any library writes it; what is left out has its default."""
    out = BytesIO()
    # fastavro can't write a default of bytes
    fastavro.schemaless_writer(out, _schema(), {"one_data": b""} | record)
    return out.getvalue()


def _with_texts(texts: bytes) -> bytes:
    """A datum in which these bytes stand for the array `all_text`."""
    empty, one = _written(), _written(all_text=["x"])
    at = next(i for i, (a, b) in enumerate(zip(empty, one, strict=False)) if a != b)
    return empty[:at] + texts + empty[at + 1 :]


@pytest.mark.parametrize(
    "texts",
    [
        b"\x04\x02a\x02b\x00",
        b"\x02\x02a\x02\x02b\x00",
        b"\x03\x08\x02a\x02b\x00",  # -2 items, 4 bytes
        b"\x01\x04\x02a\x01\x04\x02b\x00",
        b"\x84\x00\x02a\x02b\x80\x00",  # two bytes where one would do
    ],
)
def test_arrays_in_blocks_as_any_writer_makes_them(texts: bytes) -> None:
    assert list(_read(_with_texts(texts)).all_text) == ["a", "b"]


def test_whatever_byte_is_damaged_the_outcome_is_a_message_or_a_refusal() -> None:
    made = message("310000", 1, draft())
    data, refused = codec.encode(made), 0
    for at in range(10, len(data)):
        for byte in (0, 1, 3, 127, 128, 255):
            try:
                codec.decode(data[:at] + bytes([byte]) + data[at + 1 :])
            except AvroFormError as error:
                refused += 1
                assert str(error).startswith("damaged datum of yrd.exchange.v1.Message: ")
    assert refused > len(data), "damage is hardly ever noticed"


@pytest.mark.parametrize("cut", [11, 30, -1])
def test_a_datum_that_is_cut_or_too_long_is_refused(cut: int) -> None:
    data = codec.encode(message("310000", 1, draft()))
    with pytest.raises(AvroFormError, match=r"damaged datum of yrd\.exchange\.v1\.Message"):
        codec.decode(data[:cut])
    with pytest.raises(AvroFormError, match="more bytes follow"):
        codec.decode(data + b"\0")


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ({"one_time": 0, "one_time__nanos": 1000}, "1000 nanoseconds beside microseconds"),
        ({"one_time": 0, "one_time__nanos": -1}, "-1 nanoseconds"),
        ({"all_time": [0, 1], "all_time__nanos": [5]}, "1 numbers beside 2 values"),
        ({"all_few": ["FEW_1"], "all_few__number": [1, 2]}, "2 numbers beside 1 values"),
        ({"maybe_few__number": 7}, "a number beside a value that is null"),
        ({"one_time__nanos": 7}, "a number beside a value that is null"),
        ({"one_uint32": -1}, "out of range"),
        ({"one_int32": 1 << 31}, "out of range"),
        ({"choice_text": "a", "choice_time": 0}, "choice_text and choice_time are both set"),
        (
            {"choice_few": "FEW_1", "choice_inner": {"one_data": b""}},
            "choice_few and choice_inner are both set",
        ),
    ],
)
def test_values_that_cannot_be(record: dict[str, Any], words: str) -> None:
    with pytest.raises((AvroFormError, ValueError), match=words):
        _read(_written(**record))


def test_enums_with_more_symbols_than_fit_a_byte() -> None:
    made: Any = GetMessageClass(every_kind())(one_many=299, all_many=[250, 0, 263], maybe_many=200)
    out = BytesIO()
    fastavro.schemaless_writer(out, _schema(), to_record(made))
    assert out.getvalue() == _written(
        one_many="MANY_100",
        all_many=["MANY_51", "MANY_0", "MANY_64"],
        maybe_many="MANY_1",
    )
    assert _read(out.getvalue()) == made


def test_bytes_that_an_older_writer_did_not_know_are_empty() -> None:
    older = plain(project(every_kind()))
    older["fields"] = [field for field in older["fields"] if field["name"] != "one_data"]
    out = BytesIO()
    fastavro.schemaless_writer(out, fastavro.parse_schema(older), {"one_text": "a"})
    record = fastavro.schemaless_reader(
        BytesIO(out.getvalue()), fastavro.parse_schema(older), _schema()
    )
    made: Any = GetMessageClass(every_kind())()
    fill(every_kind(), record, made)
    assert (made.one_text, made.one_data) == ("a", b"")


def test_a_second_name_of_a_number_is_read() -> None:
    assert _read(_written(one_few="FEW_3", all_few=["FEW_3", "FEW_5"])).one_few == 1


def test_a_time_with_too_many_nanoseconds_is_none() -> None:
    made: Any = GetMessageClass(every_kind())()
    made.one_time.nanos = 1_000_000_000
    with pytest.raises(AvroFormError, match="f: no time"):
        split(made.one_time, "f")
