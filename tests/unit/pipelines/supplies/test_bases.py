"""Rescue bases: which open incidents lie in whose reach; and experts and equipment by area."""

from collections.abc import Sequence

import pytest

from pipelines.supplies import strength
from pipelines.supplies.base_table import bases as table
from pipelines.supplies.bases import Bases
from schemas.codes.tables import admin, province_of
from tests.support.builders import place
from tests.support.situation import incident, picture, resource, stock
from tests.support.stores import affected, holdings
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.situation_pb2 import JointIncident
from yrd.situation.v1.supplies_pb2 import RescueBase

JINSHAN = "petrochemical-jinshan"


def reached(told: Sequence[Message], joint: Sequence[JointIncident]) -> list[RescueBase]:
    found = Bases()
    found.change((), holdings(*told))
    return found.reach(joint)


def at_jinshan(*joint: JointIncident, told: tuple[Message, ...] = ()) -> RescueBase:
    found = [b for b in reached(told, joint) if b.base_id == JINSHAN]
    return found[0] if found else RescueBase()


@pytest.mark.parametrize(
    ("code", "within", "covered"),
    [
        ("310116", True, True),
        ("310120", True, True),
        ("310118", False, False),
        ("320509", True, False),
        ("320200", True, False),
        ("320602", True, False),
        ("330482", True, False),
        ("330523", True, False),
        ("330100", False, False),
        ("320000", False, False),
        ("341800", False, False),
    ],
)
def test_the_petrochemical_base_covers_the_shore_and_reaches_five_cities(
    code: str, within: bool, covered: bool
) -> None:
    found = at_jinshan(affected(code=code, kind="12D02")).incidents
    assert [r.covered for r in found] == [covered] * within


@pytest.mark.parametrize(("kind", "fits"), [("12D02", True), ("12H04", True), ("11B01", False)])
def test_a_base_says_whether_it_is_made_for_the_incident(kind: str, fits: bool) -> None:
    (found,) = at_jinshan(affected(kind=kind)).incidents
    assert found.fits is fits


def test_closed_incidents_are_left_out_and_the_others_keep_their_order() -> None:
    joint = [affected("b"), affected("x", closed=True), affected("a", "330482")]
    joint[2].place.point.latitude, joint[2].place.point.longitude = 30.7, 121.02
    found = at_jinshan(*joint).incidents
    assert [r.joint_id for r in found] == ["b", "a"]
    assert found[1].distance_km == 30


def test_what_is_told_to_be_at_a_base_is_found_by_place_owner_and_capability() -> None:
    hazmat = {"capabilities": [{"scheme": "yrd-capability", "value": "hazmat.foam"}]}
    here = resource("310000/foam", hazmat | {"place": place("310116")})
    others = (
        resource("310000/pumps", {"place": place("310116")}),
        resource("310000/foam/2", hazmat | {"place": place("310115")}),
        resource("320000/foam", hazmat | {"place": place("310116")}),
    )
    basis = at_jinshan(told=(here, *others)).basis
    assert list(basis.message_ids) == [here.header.message_id]


def test_a_base_that_is_only_told_of_has_an_unknown_reach() -> None:
    told = resource("330000/base/1", {"kind": "RESOURCE_KIND_BASE", "name": "宁波基地"})
    (found,) = reached([told], [affected(code="330100")])
    assert (found.base_id, found.name_zh, found.source) == ("330000/base/1", "宁波基地", "")
    assert not found.incidents


def test_a_base_without_anything_told_or_in_reach_is_left_out() -> None:
    assert reached([], [affected(code="330100")]) == []


def test_the_table_names_areas_that_exist_and_a_source() -> None:
    for base in table():
        assert base.source
        assert all(admin(code) for code in (base.admin_code, *base.covers, *base.reaches))
        assert {province_of(code) for code in base.covers} == {province_of(base.admin_code)}


def test_experts_and_equipment_by_area_and_capability() -> None:
    expert = {
        "kind": "RESOURCE_KIND_EXPERT",
        "capabilities": [
            {"scheme": "yrd-capability", "value": "expert.hazmat"},
            {"scheme": "yrd-capability", "value": "expert.flood"},
        ],
    }
    told = [
        resource("320000/a"),
        resource("320000/b"),
        resource("320000/c", expert | stock(3, 1, "人")),
    ]
    found = strength.rollup().of(holdings(*told)).lines({"320000"})
    assert [
        (x.kind, x.capability.value, x.unit, x.sums.available, x.sums.spare) for x in found
    ] == [
        (2, "expert.flood", "人", 3, 2),
        (2, "expert.hazmat", "人", 3, 2),
        (3, "flood.pump", "台", 16, 8),
    ]


def test_the_summary_has_them_where_an_incident_is_open() -> None:
    told = [resource("320000/a"), incident("320000/flood/1")]
    assert [x.admin_code for x in picture(told).summary.capabilities] == ["", "320000", "320100"]
