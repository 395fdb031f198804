"""What a proposal says where a need can't be met: the obstacles, and the least that would help."""

from typing import Any

from pipelines.aid.proposals import evaluate
from pipelines.facts.known import Known
from pipelines.facts.state import fold
from tests.support.builders import need, place
from tests.support.situation import (
    JIASHAN,
    SHANGHAI,
    SUZHOU,
    after,
    answer,
    control,
    known,
    lacking,
    offer,
    request,
    request_line,
    resource,
    stock,
    text,
    us,
    warning,
)
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.situation_pb2 import AidProposal, ProposalLine, Reason

HERE = {"place": place("310118", SHANGHAI)}
NEAR = {"place": place("320583", SUZHOU)}
FARTHER = {"place": place("330421", JIASHAN)}
ROAD = {"transportModes": ["TRANSPORT_MODE_ROAD"]}
AIR = {"transportModes": ["TRANSPORT_MODE_AIR"]}
ALL_ROADS = {"objectName": "", "area": {"adminCodes": ["320583"]}}


def proposal(*told: Message) -> AidProposal:
    (found,) = evaluate(known(*told), us(after()))
    return found


def line(*told: Message) -> ProposalLine:
    (found,) = proposal(*told).lines
    return found


def helps(found: ProposalLine) -> list[tuple[str, str, float, bool]]:
    return [(r.reason.code, r.participant, r.gained.value, r.enough) for r in found.relaxations]


def said(reason: Reason, zh: str, en: str) -> bool:
    return zh in reason.text_zh and en in reason.text_en


def by(hours: float) -> dict[str, Any]:
    return need(neededByTime=text(after(hours=hours)))


def test_whoever_would_have_to_go_least_below_its_minimum_is_named() -> None:
    told = [lacking(), resource("320000/p", stock(8, 4)), resource("340000/p", stock(20, 20))]
    found = line(*told)
    assert helps(found) == [("below_minimum", "340000", 2, True)]
    assert said(
        found.relaxations[0].reason, "若安徽低于其最低保有量2台", "if Anhui went 2 台 below"
    )


def test_where_no_minimum_is_enough_each_is_named_with_what_it_would_bring() -> None:
    found = line(lacking(), resource("320000/p", stock(2, 2)), resource("340000/p", stock(1, 1)))
    assert helps(found) == [
        ("below_minimum", "320000", 2, False),
        ("below_minimum", "340000", 1, False),
    ]


def test_half_a_pump_below_the_minimum_helps_nobody() -> None:
    assert helps(line(lacking(), resource("320000/p", stock(0.5, 0.5)))) == []


def test_how_much_later_would_do_is_said() -> None:
    found = line(lacking(wanted=[by(0.5)], changes=HERE), resource(changes=FARTHER | stock(9)))
    (allocation,) = found.allocations
    assert (allocation.arrival_minutes, allocation.late_minutes, found.late) == (47, 20, 6)
    assert helps(found) == [("later", "", 6, True)]
    assert said(found.relaxations[0].reason, "晚到20分钟", "20 min later")
    assert any(said(r, "晚20分钟", "20 min after") for r in allocation.reasons)
    assert (found.unmet, list(found.obstacles)) == (0, [])


def test_what_comes_in_time_needs_no_relaxation() -> None:
    found = line(lacking(wanted=[by(1)], changes=HERE), resource(changes=FARTHER | stock(9)))
    assert not found.allocations[0].HasField("late_minutes")
    assert (found.late, helps(found)) == (0, [])


def test_the_road_that_would_have_to_open_is_named() -> None:
    shut = control(changes=ALL_ROADS)
    told = [lacking(changes=HERE), resource(changes=NEAR | stock(9) | ROAD), shut]
    found = line(*told)
    assert (found.unmet, [o.code for o in found.obstacles]) == (6, ["no_way"])
    assert helps(found) == [("way_opened", "", 6, True)]
    assert said(found.relaxations[0].reason, "310000/control/1", "310000/control/1")
    assert list(found.relaxations[0].message_ids) == [shut.header.message_id]
    assert shut.header.message_id in proposal(*told).message_ids


def test_a_named_road_is_gone_around() -> None:
    told = [lacking(changes=HERE), resource(changes=FARTHER | stock(9))]
    shut = control(changes={"area": {"adminCodes": ["330421"]}})
    plain, around = line(*told).allocations[0], line(*told, shut).allocations[0]
    assert (plain.arrival_minutes, around.arrival_minutes) == (47, 61)
    hazmat = control(changes={"area": {"adminCodes": ["330421"]}, "hazmatOnly": True})
    assert line(*told, hazmat).allocations[0].arrival_minutes == 47


def test_a_lifted_control_closes_nothing() -> None:
    told = [lacking(changes=HERE), resource(changes=NEAR | stock(9)), control(changes=ALL_ROADS)]
    lifted = control(changes=ALL_ROADS | {"lifted": True}, revision=2)
    assert line(*told, lifted).unmet == 0


def test_weather_keeps_aircraft_on_the_ground() -> None:
    storm = {"eventType": {"scheme": "GB/T 35561", "value": "11B01"}, "headline": "台风橙色预警"}
    told = [lacking(changes=HERE), resource(changes=NEAR | stock(9) | AIR)]
    for color, unmet in (("YELLOW", 0), ("ORANGE", 6), ("RED", 6)):
        blown = warning(changes=storm | {"color": f"WARNING_COLOR_{color}"})
        assert line(*told, blown).unmet == unmet
    found = line(*told, blown)
    assert helps(found) == [("way_opened", "", 6, True)]
    assert said(found.relaxations[0].reason, "台风橙色预警", "warning")


def test_what_is_no_longer_valid_could_be_confirmed() -> None:
    old = stock(9, 2) | {"validUntilTime": text(after())}
    found = line(lacking(), resource("340000/p", old))
    assert [o.code for o in found.obstacles] == ["nobody_has_it"]
    assert helps(found) == [("confirmed", "340000", 6, True)]


def test_who_declined_is_left_out_and_named_with_the_reason() -> None:
    told = [
        request(),
        answer("320000/answer/1", [offer(0, reason="本省自用")]),
        resource("320000/p", NEAR | stock(9)),
        resource("330000/p", FARTHER | stock(2)),
    ]
    found = line(*told)
    assert [(a.participant, a.quantity.value) for a in found.allocations] == [("330000", 2)]
    (left,) = found.left_out
    assert left.code == "declined"
    assert said(left, "江苏已谢绝（本省自用）", "Jiangsu has declined (本省自用)")
    assert [o.code for o in found.obstacles] == ["refused"]
    assert helps(found) == [("reconsidered", "320000", 4, True)]


def test_who_answered_in_part_or_later_is_not_asked_for_more() -> None:
    part = offer(2, decision="AID_DECISION_PARTIAL", reason="仅此")
    told = [request(), answer(lines=[part]), resource("320000/p", stock(9))]
    assert line(*told).unmet == 4
    later = {
        "decision": "AID_DECISION_DEFER",
        "reason": "待定",
        "deferUntilTime": text(after(hours=1)),
    }
    told = [request(), answer(lines=[offer(0, **later)]), resource("320000/p", stock(9))]
    assert [r.code for r in line(*told).left_out] == ["deferred"]
    at = us(after(hours=1))
    (found,) = evaluate(Known(fold(told), at), at)
    assert found.lines[0].unmet == 0


def test_a_refusal_concerns_its_own_line_only() -> None:
    two = {"lines": [request_line(need(1, "a")), request_line(need(1, "b"))]}
    told = [
        request(changes=two),
        answer(lines=[offer(0, "a")]),
        resource("320000/p", NEAR | stock(9)),
    ]
    found = {x.need.line_id: x.unmet for x in proposal(*told).lines}
    assert found == {"a": 1, "b": 0}


def test_those_that_would_be_enough_come_first() -> None:
    told = [
        lacking(changes=HERE),
        resource("320000/p", NEAR | stock(1) | ROAD),
        resource("330000/p", FARTHER | stock(20, 20)),
        control(changes=ALL_ROADS),
    ]
    assert helps(line(*told)) == [
        ("below_minimum", "330000", 6, True),
        ("way_opened", "", 1, False),
    ]


def test_the_second_best_is_named_with_why_it_lost() -> None:
    told = [
        lacking(changes=HERE),
        resource("320000/p", NEAR | stock(9)),
        resource("330000/p", FARTHER | stock(9)),
    ]
    other = line(*told).allocations[0].second_best
    assert (other.participant, other.resource_id, other.arrival_minutes) == (
        "330000",
        "330000/p",
        47,
    )
    assert other.reason.code == "later"
    assert said(other.reason, "晚到42分钟", "42 min later")


def test_what_lost_to_a_more_urgent_need_names_it() -> None:
    urgent = need(9, "first", lifeSaving=True)
    told = [
        lacking("310000/a", [urgent], HERE),
        lacking("310000/b", [need(2)], HERE),
        resource("320000/p", NEAR | stock(9)),
        resource("330000/p", FARTHER | stock(2)),
    ]
    second = {x.need.line_id: x for x in proposal(*told).lines}["pumps"]
    other = second.allocations[0].second_best
    assert (other.resource_id, other.reason.code) == ("320000/p", "serves_others")
    assert said(other.reason, "310000/a first", "310000/a first")


def test_equals_are_chosen_for_fairness_or_money() -> None:
    told = [
        lacking(changes=HERE),
        *(resource(f"{p}/p", NEAR | stock(20)) for p in ("320000", "340000")),
    ]
    assert len(line(*told).allocations) == 2
    told = [lacking(changes=HERE), *(resource(f"320000/{n}", NEAR | stock(20)) for n in "ab")]
    assert line(*told).allocations[0].second_best.reason.code == "dearer"


def test_who_has_no_rival_has_no_second_best() -> None:
    assert not line(lacking(), resource()).allocations[0].HasField("second_best")
