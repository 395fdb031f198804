"""Bytes that other writers may send, and bytes that nobody should: read right, or refused by name."""

from functools import cache
from io import BytesIO
from typing import Any

import fastavro
import pytest
from google.protobuf.message_factory import GetMessageClass

from schemas.avro.errors import AvroFormError
from schemas.avro.projection import project
from schemas.avro.reader_source import DAMAGES, Read, reader
from schemas.avro.records import fill
from schemas.avro.registry import plain
from schemas.avro.varints import long, read_long
from schemas.avro.writer_source import split, writer
from tests.support.every_kind import every_kind


@cache
def _reader() -> Read:
    return reader(every_kind())


@cache
def _schema() -> Any:
    return fastavro.parse_schema(plain(project(every_kind())))


def _read(data: bytes) -> Any:
    made = GetMessageClass(every_kind())()
    assert _reader()(data, 0, made) == len(data)
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


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (b"\x02\x01a\x00", "a length of -1"),
        (b"\x02\xfe\xff\x01a\x00", "a length of 16383, where"),
        (b"\xfe\xff\xff\xff\x0f\x00", "2147483647 items, where"),
        (b"\x02" + b"\xff" * 10 + b"\x01", "more than 64 bits"),
        (b"\x02" + b"\xff" * 9 + b"\x02", "more than 64 bits"),
        (b"\x02\x02\xff\x00", "codec can't decode"),
    ],
)
def test_lengths_and_counts_that_cannot_be(texts: bytes, words: str) -> None:
    with pytest.raises(DAMAGES, match=words):
        _read(_with_texts(texts))


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
    with pytest.raises(DAMAGES, match=words):
        _read(_written(**record))


def test_branches_symbols_and_truths_that_cannot_be() -> None:
    data, found = _written(), set()
    for at in range(len(data)):
        for byte in (1, 3, 4, 126):
            try:
                _read(data[:at] + bytes([byte]) + data[at + 1 :])
            except DAMAGES as error:
                found.add(str(error).split(": ")[-1])
    assert "3 where 0 (false) or 1 (true) should stand" in found
    assert "4 where 0 (null) or 2 (a value) should stand" in found
    assert "1" in found, "half a symbol"


def test_enums_with_more_symbols_than_fit_a_byte() -> None:
    made: Any = GetMessageClass(every_kind())(one_many=299, all_many=[250, 0, 263], maybe_many=200)
    out = bytearray()
    writer(every_kind())(made, out)
    assert bytes(out) == _written(
        one_many="MANY_100",
        all_many=["MANY_51", "MANY_0", "MANY_64"],
        maybe_many="MANY_1",
    )
    assert _read(bytes(out)) == made


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


def test_a_symbol_beyond_the_enum_is_refused() -> None:
    data, one = _written(), _written(all_few=["FEW_5"])
    at = next(i for i, (a, b) in enumerate(zip(data, one, strict=False)) if a != b)
    with pytest.raises(AvroFormError, match="symbol 6 of an enum with 6"):
        _read(one[:at] + b"\x02\x0c" + one[at + 2 :])


@pytest.mark.parametrize("value", [0, -1, 63, 64, -65, 8191, (1 << 63) - 1, -(1 << 63)])
def test_longs_are_those_of_the_specification(value: int) -> None:
    out = BytesIO()
    fastavro.schemaless_writer(out, {"type": "long"}, value)
    assert long(value) == out.getvalue()
    assert read_long(long(value), 0) == (value, len(long(value)))


def test_a_time_with_too_many_nanoseconds_is_none() -> None:
    made: Any = GetMessageClass(every_kind())()
    made.one_time.nanos = 1_000_000_000
    with pytest.raises(AvroFormError, match="f: no time"):
        split(made.one_time, "f")
