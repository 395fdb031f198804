"""The plain values that are compared."""

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from schemas.compat import NotComparableError, contract_of
from schemas.compat.building import model_of
from schemas.compat.json_schema import compare as compare_json_schemas
from tests.unit.schemas.compat.probe import SECOND, Probe

MODEL = model_of(Probe().set)


def test_an_enums_reserved_range_includes_its_end_and_a_messages_does_not() -> None:
    grade, sheet = MODEL.enums["yrd.probe.v1.Grade"], MODEL.messages["yrd.probe.v1.Sheet"]
    assert [n for n in range(7, 12) if grade.reserves(n)] == [8, 9]
    assert [n for n in range(88, 102) if sheet.reserves(n)] == list(range(90, 100))


@pytest.mark.parametrize(
    ("name", "cardinality"),
    [
        ("title", "singular"),
        ("remark", "optional"),
        ("part", "optional"),
        ("tags", "repeated"),
        ("by_name", "oneof"),
    ],
)
def test_cardinality(name: str, cardinality: str) -> None:
    found = MODEL.messages["yrd.probe.v1.Sheet"].by_name(name)
    assert found is not None
    assert found.cardinality == cardinality


def test_internal_packages_are_left_out() -> None:
    assert not any(name.startswith("yrd.state.") for name in MODEL.messages)
    assert not any(name.startswith(("google.", "buf.")) for name in MODEL.messages)


def test_what_is_gone_is_placed_at_what_stood_around_it() -> None:
    place = MODEL.place_of("yrd.probe.v1.Sheet.gone")
    assert str(place) == "proto/yrd/probe/v1/probe.proto"
    assert MODEL.place_of("org.other.Thing") is None


def test_editions_are_refused_by_name() -> None:
    probe = Probe()
    probe.file(SECOND).syntax = "editions"
    with pytest.raises(NotComparableError, match=r"second\.proto: syntax 'editions'"):
        model_of(probe.set)


def test_descriptors_that_do_not_belong_together_are_refused() -> None:
    probe = Probe()
    lone = FileDescriptorSet(file=[probe.file("yrd/exchange/v1/message.proto")])
    with pytest.raises(NotComparableError, match="make it anew with protoc"):
        contract_of(lone)


def test_a_keyword_of_json_schema_that_is_not_known_is_not_passed_over() -> None:
    old, new = {"yrd.T": {"type": "object"}}, {"yrd.T": {"type": "object", "if": {}}}
    with pytest.raises(NotComparableError, match="keyword 'if'"):
        list(compare_json_schemas(old, new))
