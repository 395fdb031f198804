"""What native/ writes is, byte for byte, the datum that Python writes, or is left to it."""

import random
from types import ModuleType
from typing import Any

import pytest
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.avro import plans
from schemas.avro.catalog import TYPES, descriptor_of
from schemas.avro.codec import encode, write_datum
from schemas.avro.datum import datum
from schemas.avro.errors import AvroFormError
from schemas.avro.plans import plan_of
from schemas.avro.varints import varint
from schemas.samples.reading import Sample, valid_samples
from tests.support.arbitrary import messages
from tests.support.every_kind import every_kind
from tests.support.extremes import extremes
from tests.support.native_steps import native_steps, without_native_steps


@pytest.fixture(autouse=True, scope="module")
def steps() -> ModuleType:
    """All of this is about native/."""
    return native_steps()


def check(descriptor: Any, data: bytes) -> bytes | None:
    """Never anything else than Python, which parses the bytes and writes them."""
    plan = plan_of(descriptor)
    assert plan is not None
    found = plan.write(data, b"head")
    if found is not None:
        try:
            wanted = datum(GetMessageClass(descriptor).FromString(data))
        except (DecodeError, AvroFormError) as error:
            pytest.fail(f"refused by Python: {error}")
        assert found == b"head" + wanted
    return found


def check_message(made: Message) -> bytes | None:
    return check(made.DESCRIPTOR, made.SerializeToString())


@pytest.mark.parametrize("full_name", TYPES)
@settings(max_examples=10)
@given(data=st.data())
def test_every_type_is_written_alike(full_name: str, data: st.DataObject) -> None:
    check_message(data.draw(messages(descriptor_of(full_name))))


@settings(max_examples=50)
@given(messages(every_kind()))
def test_every_kind_of_field_is_written_alike(made: Message) -> None:
    check_message(made)


def without_unusual(made: Any) -> None:
    """Clears what is left to Python: enums without a symbol, nanoseconds in an array."""
    for field, value in made.ListFields():
        if field.name == "all_time" or field.enum_type is not None:
            made.ClearField(field.name)
        elif field.message_type is not None and field.message_type.name == "Inner":
            for inner in value if field.is_repeated else [value]:
                without_unusual(inner)


def test_extremes_of_every_kind_are_written_alike() -> None:
    for name, made in extremes(every_kind()):
        check_message(made)
        without_unusual(made)
        assert check_message(made) is not None, name


@pytest.mark.parametrize(
    ("name", "wire_type", "value"),
    [
        ("one_text", 2, b"\2\xff\xfe"),
        ("all_text", 2, b"\3a\xe5\xad"),
        ("one_flag", 0, varint(2)),
        ("one_int32", 0, varint(1 << 31)),
        ("one_int32", 0, varint((1 << 64) - (1 << 31) - 1)),
        ("one_uint32", 0, varint(1 << 32)),
        ("one_few", 0, varint(1 << 32)),
        ("all_int32", 2, b"\5" + varint(1 << 31)),
        ("all_figure", 2, b"\7" + bytes(7)),
        ("all_uint64", 2, b"\0"),
        ("one_int64", 0, b"\x80\0"),
        ("one_int64", 0, varint(1 << 64)),
        ("one_int64", 5, bytes(4)),
        ("one_time", 2, b"\6\x10" + varint(10**9)),
        ("one_time", 2, b"\4\x10\1\x08\1"),
    ],
)
def test_values_that_protobuf_does_not_write_are_left_to_python(
    name: str, wire_type: int, value: bytes
) -> None:
    number = every_kind().fields_by_name[name].number
    assert check(every_kind(), varint(number << 3 | wire_type) + value) is None


@pytest.mark.parametrize("sample", valid_samples(), ids=lambda sample: sample.name)
def test_what_people_send_is_written_at_once(sample: Sample) -> None:
    assert check_message(sample.draft) is not None


def test_bytes_that_are_no_message_of_ours_are_never_written_as_something_else() -> None:
    chance = random.Random(1)
    for _, made in extremes(every_kind()):
        data = made.SerializeToString()
        if not 0 < len(data) < 5000:
            continue
        for _ in range(60):
            hurt = bytearray(data)
            for _ in range(chance.randint(1, 3)):
                hurt[chance.randrange(len(hurt))] = chance.choice([0, 1, 2, 3, 128, 255, 4, 10])
            check(every_kind(), bytes(hurt))
            check(every_kind(), data[: chance.randrange(len(data))])
            cut = chance.randrange(len(data))
            check(every_kind(), data[cut:] + data[:cut])


def test_a_field_that_is_not_known_is_left_to_python() -> None:
    told = valid_samples()[0].draft
    assert check(told.DESCRIPTOR, told.SerializeToString() + b"\xf8\x7f\x01") is None


def test_a_time_that_is_none_is_refused_by_python() -> None:
    made: Any = GetMessageClass(every_kind())()
    made.one_time.seconds = 1 << 60
    assert check_message(made) is None
    with pytest.raises(AvroFormError, match="no time"):
        write_datum(made)


def test_with_and_without_native_the_same_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    drafts = [sample.draft for sample in valid_samples()]
    written = [encode(draft) for draft in drafts]
    without_native_steps(monkeypatch, plans)
    assert [encode(draft) for draft in drafts] == written
