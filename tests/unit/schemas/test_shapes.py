"""Types as native steps read them, of the protos' descriptors."""

from typing import Any

import pytest

from schemas.shapes import shapes
from tests.support.every_kind import every_kind
from yrd.exchange.v1.message_pb2 import Leaf

LEAF: Any = Leaf.DESCRIPTOR


def test_a_field_says_how_it_is_read_and_what_for() -> None:
    told, places = shapes([LEAF], {"yrd.exchange.v1.Stamp.sequence": "Sequence"})
    leaf, stamp = told[places["yrd.exchange.v1.Leaf"]], places["yrd.exchange.v1.Stamp"]
    assert leaf[1] == {"number": 2, "kind": {"Message": stamp}, "repeated": False, "role": None}
    assert told[stamp][2] == {"number": 3, "kind": "Number", "repeated": False, "role": "Sequence"}
    assert [field["kind"] for field in leaf][2:4] == ["Text", "Bytes"]
    assert len(places) == len(told)


def test_what_depends_on_other_fields_is_left_to_python() -> None:
    """Members of a oneof, and numbers in lists, which may be written in two ways."""
    told, _ = shapes([every_kind()], {"every.kind.v1.EveryKind.only_text": "Only"})
    names = {field.number: field.name for field in every_kind().fields}
    read = {names[field["number"]] for field in told[0]}
    assert "only_text" in read
    assert {"one_figure", "one_few", "all_text", "all_inner"} < read
    assert not read & {"choice_text", "all_int32", "all_flag", "all_many", "maybe_text"}


def test_a_role_that_no_field_has_is_refused() -> None:
    with pytest.raises(ValueError, match=r"not read by native steps: yrd.exchange.v1.Leaf.nothing"):
        shapes([LEAF], {"yrd.exchange.v1.Leaf.nothing": "Type"})
