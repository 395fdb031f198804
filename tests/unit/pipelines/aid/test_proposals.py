"""Proposals: who could lend what, in which order, and never more than there is."""

from typing import Any

import pytest

from pipelines.aid.proposals import evaluate
from tests.support.builders import need, place
from tests.support.situation import (
    JIASHAN,
    SHANGHAI,
    SUZHOU,
    after,
    known,
    lacking,
    resource,
    stock,
    text,
    us,
)
from yrd.common.v1.common_pb2 import TransportMode
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.situation_pb2 import AidProposal, ProposalLine

HERE = {"place": place("310118", SHANGHAI)}
NEAR = {"place": place("320583", SUZHOU)}
FARTHER = {"place": place("330421", JIASHAN)}
BOATS = {"scheme": "yrd-capability", "value": "flood.boat"}
LIFE: dict[str, Any] = {"lifeSaving": True}


def proposals(*told: Message) -> list[AidProposal]:
    return evaluate(known(*told), us(after()))


def line(*told: Message) -> ProposalLine:
    (proposal,) = proposals(*told)
    (found,) = proposal.lines
    return found


def lent(found: ProposalLine) -> list[tuple[str, float]]:
    return [(a.resource_id, a.quantity.value) for a in found.allocations]


def by(hours: int, line_id: str = "pumps", quantity: float = 6, **changes: Any) -> dict[str, Any]:
    """A need with a time."""
    return need(quantity, line_id, neededByTime=text(after(hours=hours)), **changes)


def test_a_neighbour_could_lend_what_a_province_lacks() -> None:
    pumps = resource("320000/pumps", NEAR | stock(10))
    report = lacking(changes=HERE)
    (proposal,) = proposals(report, pumps)
    assert (proposal.beneficiary, list(proposal.addressed_to)) == ("310000", ["320000"])
    assert list(proposal.incident_ids) == ["310000/flood/1"]
    (allocation,) = proposal.lines[0].allocations
    assert (allocation.resource_id, allocation.resource_name) == ("320000/pumps", "泵车队")
    assert (allocation.quantity.value, allocation.quantity.unit) == (6, "台")
    assert allocation.transport_mode == TransportMode.TRANSPORT_MODE_ROAD
    assert proposal.lines[0].need == report.incident_report.needs[0]
    assert (proposal.lines[0].unmet, list(proposal.lines[0].obstacles)) == (0, [])


def test_without_needs_there_is_nothing_to_propose() -> None:
    assert proposals(lacking(wanted=[]), resource()) == []


@pytest.mark.parametrize(("own", "missing"), [(6, None), (7, None), (5, 1), (2, 4), (0, 6)])
def test_a_province_helps_itself_first(own: float, missing: float | None) -> None:
    told = [lacking(), resource("310000/own", stock(own)), resource("320000/pumps", stock(20))]
    if missing is None:
        assert proposals(*told) == []
        return
    found = line(*told)
    assert lent(found) == [("320000/pumps", missing)]
    assert found.already_covered == own


def test_a_province_takes_no_more_of_its_own_than_it_needs() -> None:
    told = [
        lacking("310000/a", [by(1)]),
        lacking("330000/b", [need(7)]),
        resource("310000/own/1", stock(4)),
        resource("310000/own/2", stock(9)),
    ]
    (proposal,) = proposals(*told)
    assert (proposal.beneficiary, proposal.lines[0].unmet) == ("330000", 0)


def test_what_a_province_keeps_as_its_own_minimum_is_no_help_to_it_either() -> None:
    told = [lacking(), resource("310000/own", stock(9, 8)), resource("320000/pumps", stock(20))]
    assert lent(line(*told)) == [("320000/pumps", 5)]


def test_the_nearest_comes_first() -> None:
    told = [
        lacking(changes=HERE),
        resource("330000/farther", FARTHER | stock(4)),
        resource("320000/near", NEAR | stock(1)),
        resource("340000/hefei", stock(50)),
    ]
    found = line(*told)
    assert lent(found) == [("320000/near", 1), ("330000/farther", 4), ("340000/hefei", 1)]
    distances = [a.distance_km for a in found.allocations]
    assert distances == sorted(distances)
    # 3.6 km, 36 km and 365 km in a straight line, a third longer by road, at 60 km/h
    assert distances == pytest.approx([4.7, 46.7, 475], rel=0.01)
    assert [a.arrival_minutes for a in found.allocations] == pytest.approx([5, 47, 475], rel=0.01)


def test_the_time_to_gather_is_part_of_the_way() -> None:
    slow = NEAR | stock(10) | {"mobilizeMinutes": 90}
    assert (
        line(lacking(changes=HERE), resource("320000/p", slow)).allocations[0].arrival_minutes == 95
    )


def test_a_need_may_lie_elsewhere_than_its_incident() -> None:
    there = need(destination=place("330421", JIASHAN))
    told = [
        lacking(wanted=[there], changes=HERE),
        resource("320000/pumps", NEAR | stock(10)),
        resource("330000/pumps", FARTHER | stock(10)),
    ]
    assert lent(line(*told)) == [("330000/pumps", 6)]


def test_equals_stand_in_a_fixed_order() -> None:
    told = [
        lacking(changes=HERE),
        resource("340000/b", NEAR | stock(3)),
        resource("320000/a", NEAR | stock(3)),
    ]
    assert lent(line(*told)) == lent(line(*reversed(told))) == [("320000/a", 3), ("340000/b", 3)]


@pytest.mark.parametrize(("minimum", "spare"), [(7, 3), (5, 5), (10, 0)])
def test_an_owner_keeps_its_minimum(minimum: float, spare: float) -> None:
    found = line(lacking(), resource("320000/pumps", stock(10, minimum)))
    assert lent(found) == ([("320000/pumps", spare)] if spare else [])
    assert found.unmet == 6 - spare
    (obstacle,) = found.obstacles
    assert obstacle.code == "minimum_kept"
    assert "最低保有量" in obstacle.text_zh
    assert "kept as a minimum" in obstacle.text_en


@pytest.mark.parametrize(
    ("unit", "own", "lends"), [("台", 5, 1), ("t", 5.5, 0.5), ("m³", 5.5, 0.5)]
)
def test_half_a_pump_is_no_pump_but_half_a_ton_is_half_a_ton(
    unit: str, own: float, lends: float
) -> None:
    lacks = need() | {"quantity": {"value": 6, "unit": unit}}
    told = [
        lacking(wanted=[lacks]),
        resource("310000/own", stock(5.5, 0, unit)),
        resource("320000/pumps", stock(20.5, 0.25, unit)),
    ]
    found = line(*told)
    assert (found.already_covered, lent(found)) == (own, [("320000/pumps", lends)])


def test_what_nobody_has_is_said() -> None:
    found = line(lacking())
    assert (lent(found), found.unmet) == ([], 6)
    assert [o.code for o in found.obstacles] == ["nobody_has_it"]
    assert found.obstacles[0].text_zh
    assert found.obstacles[0].text_en


@pytest.mark.parametrize(
    "unfit",
    [
        {"kind": "RESOURCE_KIND_VEHICLE"},
        {"capabilities": [BOATS]},
        {"capabilities": [{"scheme": "other", "value": "flood.pump"}]},
        {"capabilities": []},
        stock(10, unit="套"),
        {"validUntilTime": text(after())},
    ],
)
def test_only_what_fits_is_lent(unfit: dict[str, Any]) -> None:
    found = line(lacking(), resource("320000/pumps", stock(10) | unfit))
    assert [o.code for o in found.obstacles] == ["nobody_has_it"]


def test_nothing_is_promised_twice() -> None:
    told = [
        lacking("310000/a", [by(2)]),
        lacking("330000/b", [by(1)]),
        lacking("340000/c", [by(3)]),
        resource("320000/pumps", stock(10)),
    ]
    found = {p.beneficiary: p.lines[0] for p in proposals(*told)}
    assert list(found) == ["310000", "330000", "340000"]
    assert lent(found["330000"]) == [("320000/pumps", 6)]
    assert lent(found["310000"]) == [("320000/pumps", 4)]
    assert lent(found["340000"]) == []
    assert [found[p].unmet for p in ("330000", "310000", "340000")] == [0, 2, 6]


def test_two_lines_of_one_province_share_what_it_has() -> None:
    told = [lacking(wanted=[need(3, "a"), need(3, "b")]), resource("310000/own", stock(4))]
    (proposal,) = proposals(*told)
    assert [(x.need.line_id, x.already_covered, x.unmet) for x in proposal.lines] == [("b", 1, 2)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (need(**LIFE), need()),
        (need(**LIFE), by(1)),
        (by(5, **LIFE), by(1)),
        (by(1), by(2)),
        (by(1), need()),
        (by(1, **LIFE), need(**LIFE)),
    ],
)
def test_lives_come_first_then_the_earliest(first: dict[str, Any], second: dict[str, Any]) -> None:
    told = [
        lacking("330000/second", [second]),
        lacking("310000/first", [first]),
        resource("320000/pumps", stock(6)),
    ]
    found = {p.beneficiary: p.lines[0].unmet for p in proposals(*told)}
    assert found == {"310000": 0, "330000": 6}


def test_what_is_unmet_and_what_is_lent_make_up_the_need() -> None:
    told = [
        lacking(wanted=[need(20)], changes=HERE),
        resource("310000/own", stock(3)),
        resource("320000/pumps", NEAR | stock(5, 1)),
        resource("330000/pumps", FARTHER | stock(8, 2)),
    ]
    found = line(*told)
    assert found.already_covered + sum(q for _, q in lent(found)) + found.unmet == 20
    assert found.unmet == 7


def test_the_reasons_say_how_far_and_what_is_kept_in_both_languages() -> None:
    found = line(lacking(changes=HERE), resource("320000/pumps", NEAR | stock(10, 3)))
    reasons = {r.code: (r.text_zh, r.text_en) for r in found.allocations[0].reasons}
    assert "公路约5公里" in reasons["arrival"][0]
    assert "5 km by road" in reasons["arrival"][1]
    assert "5分钟到达" in reasons["arrival"][0]
    assert "there in 5 min with" in reasons["arrival"][1]
    assert "保留最低保有量3台" in reasons["above_minimum"][0]
    assert "minimum of 3台 is kept" in reasons["above_minimum"][1]


@pytest.mark.parametrize("where", ["320000", "330000"])
def test_a_resource_that_is_only_known_to_be_in_its_province_comes_last(where: str) -> None:
    """The tables have no point for a whole province; the contract allows the code."""
    told = [
        lacking(changes=HERE),
        resource(f"{where}/vague", stock(9) | {"place": place(where)}),
        resource("340000/hefei", stock(2)),
    ]
    found = line(*told)
    assert lent(found) == [("340000/hefei", 2), (f"{where}/vague", 4)]
    assert [a.HasField("arrival_minutes") for a in found.allocations] == [True, False]
    assert [a.HasField("distance_km") for a in found.allocations] == [True, False]
    reason = found.allocations[1].reasons[0]
    assert reason.code == "distance_unknown"
    assert "距离不详" in reason.text_zh
    assert "province only" in reason.text_en


def test_a_need_that_is_only_known_to_be_in_a_province_is_met_all_the_same() -> None:
    told = [lacking("330000/flood", changes={"place": place("330000")}), resource(changes=stock(9))]
    assert [q for _, q in lent(line(*told))] == [6]


def test_resources_of_the_same_name_are_those_of_their_owners() -> None:
    told = [
        lacking(wanted=[need(50)], changes=HERE),
        resource("320000/pumps", NEAR | stock(5)),
        resource("320000/pumps", FARTHER | stock(7) | {"owner": "330000"}, origin="330000"),
    ]
    found = line(*told)
    assert [(a.participant, a.quantity.value) for a in found.allocations] == [
        ("320000", 5),
        ("330000", 7),
    ]
