"""What native/ reads is, byte for byte, what the way over fastavro's record reads, or is left to it."""

import random
from functools import cache
from io import BytesIO
from types import ModuleType
from typing import Any

import fastavro
import pytest
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.avro import plans
from schemas.avro.catalog import TYPES, descriptor_of
from schemas.avro.codec import decode, encode
from schemas.avro.datum import datum
from schemas.avro.errors import AvroFormError
from schemas.avro.plans import plan_of
from schemas.avro.projection import project
from schemas.avro.records import fill
from schemas.avro.registry import plain
from schemas.avro.varints import varint
from schemas.samples.reading import Sample, valid_samples
from tests.support.arbitrary import messages
from tests.support.every_kind import every_kind
from tests.support.extremes import extremes
from tests.support.native_steps import native_steps, without_native_steps
from yrd.exchange.v1.message_pb2 import Draft, Header

_REFUSALS = (AvroFormError, ValueError, LookupError, OverflowError, EOFError, MemoryError)


@pytest.fixture(autouse=True, scope="module")
def steps() -> ModuleType:
    """All of this is about native/."""
    return native_steps()


@cache
def schema(descriptor: Any) -> Any:
    return fastavro.parse_schema(plain(project(descriptor)))


def by_record(descriptor: Any, data: bytes) -> Message | None:
    """The other way; None for what it refuses."""
    made: Message = GetMessageClass(descriptor)()
    stream = BytesIO(data)
    try:
        fill(descriptor, fastavro.schemaless_reader(stream, schema(descriptor), None), made)
    except _REFUSALS:
        return None
    return None if stream.read(1) else made


def check(descriptor: Any, data: bytes) -> Message | None:
    """Never anything else than the other way."""
    plan = plan_of(descriptor)
    assert plan is not None
    found = plan.read(data, 0)
    if found is None:
        return None
    wanted = by_record(descriptor, data)
    assert wanted is not None, "refused by the other way"
    # as bytes: they tell presence and the sign of zero, and are alike for two NaN
    assert found == wanted.SerializeToString(deterministic=True)
    return wanted


@pytest.mark.parametrize("full_name", TYPES)
@settings(max_examples=10)
@given(data=st.data())
def test_every_type_is_read_alike(full_name: str, data: st.DataObject) -> None:
    descriptor = descriptor_of(full_name)
    check(descriptor, datum(data.draw(messages(descriptor))))


@settings(max_examples=50)
@given(messages(every_kind()))
def test_every_kind_of_field_is_read_alike(made: Message) -> None:
    check(every_kind(), datum(made))


def test_extremes_of_every_kind_are_read_alike() -> None:
    for _, made in extremes(every_kind()):
        check(every_kind(), datum(made))


@pytest.mark.parametrize("sample", valid_samples(), ids=lambda sample: sample.name)
def test_what_people_send_is_read_at_once(sample: Sample) -> None:
    assert check(sample.draft.DESCRIPTOR, datum(sample.draft)) == sample.draft


@pytest.mark.parametrize(
    "member", [f.name for f in every_kind().oneofs_by_name["choice"].fields if "many" not in f.name]
)
def test_every_member_of_a_choice_is_read_at_once(member: str) -> None:
    made: Any = GetMessageClass(every_kind())()
    field = every_kind().fields_by_name[member]
    if field.message_type is not None:
        getattr(made, member).SetInParent()
    else:
        setattr(made, member, field.default_value)
    assert check(every_kind(), datum(made)) == made


@pytest.mark.parametrize("nanos", [0, 1, 999, 1000, 123_456_789, 999_999_999])
@pytest.mark.parametrize("seconds", [-62_135_596_800, -1, 0, 1_780_000_000, 253_402_300_799])
def test_times_are_read_at_once_with_their_nanoseconds(seconds: int, nanos: int) -> None:
    made: Any = GetMessageClass(every_kind())()
    made.one_time.seconds, made.one_time.nanos = seconds, nanos
    assert check(every_kind(), datum(made)) == made


def records() -> list[dict[str, Any]]:
    """What Avro can say and a message can't, and what writers may leave out."""
    return [
        {"one_text": "a", "choice_text": "b", "choice__case": ""},
        {"choice_text": "b", "choice__case": "choice_flag"},
        {"choice_text": "b", "choice_flag": True, "choice__case": "choice_text"},
        {"choice__case": "choice_text"},
        {"choice__case": "of_a_newer_release"},
        {"one_time": None, "one_time__nanos": 3},
        {"one_time": 5, "one_time__nanos": 1000},
        {"one_few": "FEW_1", "one_few__number": 2},
        {"one_few": "FEW_0", "one_few__number": 1000},
        {"all_few": ["FEW_1"], "all_few__number": [77]},
        {"all_few": [], "all_few__number": [77]},
        {"all_time": [1, 2], "all_time__nanos": [0, 7]},
        {"all_time": [1, 2], "all_time__nanos": [7]},
        {"one_int32": 1 << 31},
        {"one_uint32": -1},
        {"one_uint64": -1, "all_uint64": [-1, 0]},
        {"one_int64": -(1 << 63), "all_int64": [(1 << 63) - 1]},
        {"one_figure": -0.0, "maybe_figure": 0.0, "all_figure": [-0.0, 0.0]},
    ]


@pytest.mark.parametrize("record", records(), ids=str)
def test_records_of_other_writers_are_read_alike(record: dict[str, Any]) -> None:
    out = BytesIO()
    fastavro.schemaless_writer(out, schema(every_kind()), {"one_data": b""} | record)
    check(every_kind(), out.getvalue())


def test_damage_is_never_read_as_something_else() -> None:
    chance = random.Random(1)
    for _, made in extremes(every_kind()):
        data = datum(made)
        if len(data) > 5000:
            continue
        for _ in range(60):
            hurt = bytearray(data)
            for _ in range(chance.randint(1, 3)):
                hurt[chance.randrange(len(hurt))] = chance.choice([0, 1, 2, 3, 128, 255, 4])
            check(every_kind(), bytes(hurt))
            check(every_kind(), data[: chance.randrange(len(data))])


@pytest.mark.parametrize("name", ["one_text", "choice_text", "all_text", "maybe_text"])
def test_a_text_that_is_not_utf_8_is_refused(name: str) -> None:
    made: Any = GetMessageClass(every_kind())()
    if name == "all_text":
        made.all_text.append("abc")
    else:
        setattr(made, name, "abc")
    assert check(every_kind(), datum(made)) == made
    assert check(every_kind(), datum(made).replace(b"abc", b"a\xe5\xad")) is None


@pytest.mark.parametrize("name", [f.name for f in every_kind().fields if f.is_repeated])
def test_a_count_that_lies_is_refused_at_once(name: str) -> None:
    kind: Any = GetMessageClass(every_kind())
    field, one = every_kind().fields_by_name[name], kind()
    if field.message_type is not None:
        getattr(one, name).add()
    else:
        getattr(one, name).append({"text": "", "data": b""}.get(name.removeprefix("all_"), 0))
    empty, data = datum(kind()), datum(one)
    at = next(n for n, byte in enumerate(data) if byte != empty[n])
    lie = data[:at] + varint(1 << 62) + data[at + 1 :]
    assert check(every_kind(), lie) is None


def test_what_is_not_common_is_read_all_the_same() -> None:
    told = valid_samples()[0].draft
    told.header.priority = 99  # type: ignore[assignment]
    assert check(told.DESCRIPTOR, datum(told)) is None
    assert decode(encode(told)) == told


def test_without_native_the_record_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    without_native_steps(monkeypatch, plans)
    told = valid_samples()[0].draft
    assert plan_of(descriptor_of("yrd.exchange.v1.Draft")) is None
    assert decode(encode(told)) == told


def test_of_many_those_are_read_that_follow_a_head_and_are_not_too_long(steps: ModuleType) -> None:
    told = valid_samples()[0].draft
    data, plan = datum(told), plan_of(descriptor_of("yrd.exchange.v1.Draft"))
    values = [
        b"a" + data,
        b"bc" + data,
        data,
        b"",
        None,
        b"a",
        b"a" + data[:-1],
        b"bc" + data + b"x",
    ]
    read = told.SerializeToString(deterministic=True)
    assert steps.read_avro(values, [(b"a", plan)], 1 << 20) == [read, *[None] * 7]
    ways = [(b"bc", plan), (b"a", plan)]
    assert steps.read_avro(values, ways, len(data) + 1) == [read, *[None] * 7]
    assert steps.read_avro(values, ways, len(data) + 9) == [read, read, *[None] * 6]
    assert steps.read_avro(values, [], 1 << 20) == [None] * 8


def test_each_way_has_its_own_plan(steps: ModuleType) -> None:
    told = valid_samples()[0].draft
    values = [b"a" + datum(told), b"b" + datum(told.header)]
    types: list[Any] = [Draft.DESCRIPTOR, Header.DESCRIPTOR]
    ways = [*zip([b"a", b"b"], map(plan_of, types), strict=True)]
    read = [made.SerializeToString(deterministic=True) for made in (told, told.header)]
    assert steps.read_avro(values, ways, 1 << 20) == read


@pytest.mark.parametrize("at", [5, 1 << 40])
def test_nothing_is_read_behind_the_end(at: int) -> None:
    plan = plan_of(every_kind())
    assert plan is not None and plan.read(b"abc", at) is None


@pytest.mark.parametrize("plan", ["", "{}", '{"messages": [{"parts": [{"field": {}}]}]}'])
def test_a_plan_that_is_none_is_refused(steps: ModuleType, plan: str) -> None:
    with pytest.raises(ValueError, match="line 1"):
        steps.AvroPlan(plan)
