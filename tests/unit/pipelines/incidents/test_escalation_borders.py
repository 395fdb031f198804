"""Neighbours that must be told and were not; responses that are behind a neighbour's."""

from typing import Any

import pytest

from pipelines.places.outlines import km_to, meets
from tests.support.builders import place
from tests.support.escalated import noticed
from tests.support.floods import jiangsu, kind, shanghai
from tests.support.situation import SHANGHAI, SUZHOU, after, incident, response, text, warning
from yrd.common.v1.common_pb2 import Area
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.incidents_pb2 import Escalation

HUAQIAO, HEFEI, MIDDLE_OF_SHANGHAI = (31.30, 121.10), (31.82, 117.23), (31.22, 121.46)


def untold(*told: Message) -> list[tuple[str, str]]:
    """Who should be told of what, by whom."""
    found = noticed("NEIGHBOR_NOT_TOLD", *told)
    return [(e.participants[0], e.text_zh.rsplit("未见通报", 1)[1]) for e in found]


def at(
    entity: str, code: str, where: tuple[float, float] | None, value: str, **more: Any
) -> Message:
    here = place(code, where) if where else {"adminCode": code}
    return incident(entity, kind(value) | {"place": here} | more)


@pytest.mark.parametrize(
    ("where", "province", "near"),
    [
        (HUAQIAO, "310000", (0, 6)),
        (HUAQIAO, "320000", (0, 0)),
        (SUZHOU, "310000", (0, 6)),
        (MIDDLE_OF_SHANGHAI, "320000", (20, 40)),
        (HEFEI, "320000", (70, 120)),
    ],
)
def test_outlines_are_right_by_some_kilometres(
    where: tuple[float, float], province: str, near: tuple[float, float]
) -> None:
    assert near[0] <= km_to(where, province) <= near[1]


def test_a_leak_near_a_border_of_which_the_neighbour_was_not_told() -> None:
    leak = at("320000/leak", "320583", HUAQIAO, "12D02")
    (found,) = noticed("NEIGHBOR_NOT_TOLD", leak)
    assert found.participants == ["320000"]
    assert "距上海约3公里（限11公里），未见通报上海" in found.text_zh
    assert "about 3 km from Shanghai (limit 11 km)" in found.text_en
    assert (found.inferred, found.certainty) == (True, "choice")
    assert "border_distance.tsv" in found.rule
    assert found.since_time == leak.header.reported_time


def test_who_was_told_or_tells_itself_need_not_be_told() -> None:
    assert not untold(at("320000/leak", "320583", HUAQIAO, "12D02", affectedNeighbors=["310000"]))
    both = [shanghai(), jiangsu()]
    assert "上海" not in {name for _, name in untold(*both)}
    assert "江苏" not in {name for _, name in untold(*both)}


def test_how_near_depends_on_the_family_the_widest_of_all_types() -> None:
    road = at("310000/crash", "310101", MIDDLE_OF_SHANGHAI, "12H03")
    assert untold(road) == []
    quake = at("310000/quake", "310101", MIDDLE_OF_SHANGHAI, "11C02")
    assert {name for _, name in untold(quake)} == {"江苏", "浙江"}
    spill = {"secondaryTypes": [{"scheme": "GB/T 35561", "value": "12Q01"}]}
    near = at("320000/crash", "320583", (31.38, 120.98), "12H03")
    assert untold(near) == []
    assert untold(at("320000/crash", "320583", (31.38, 120.98), "12H03", **spill)) == [
        ("320000", "上海")
    ]


def test_where_the_place_is_only_a_county_its_neighbours_across_the_border_are_told() -> None:
    assert ("320000", "上海") in untold(at("320000/crash", "320583", None, "12H03"))
    assert untold(at("320000/crash", "320500", None, "12H03")) == []
    assert untold(at("320000/crash", "320583", (31.45, 120.9), "12H03")) == []


def test_an_affected_area_behind_the_border_counts_at_any_distance() -> None:
    named = at("340000/flood", "340100", HEFEI, "11A02", affectedArea={"adminCodes": ["320100"]})
    (found,) = noticed("NEIGHBOR_NOT_TOLD", named)
    assert "影响范围涉及江苏" in found.text_zh
    assert (found.inferred, found.certainty) == (False, "verified")
    disc = {
        "center": {"latitude": HEFEI[0], "longitude": HEFEI[1], "crs": 1},
        "radiusMeters": 150_000,
    }
    drawn = at("340000/flood", "340100", HEFEI, "11A02", affectedArea={"circle": disc})
    assert ("340000", "江苏") in untold(drawn)


def test_an_event_in_anothers_land_is_told_to_it() -> None:
    assert ("310000", "安徽") in untold(at("310000/a", "340100", HEFEI, "12H03"))


def test_outlines_of_areas_meet_provinces() -> None:
    corners = [(31.0, 120.5), (31.0, 121.5), (31.5, 121.5), (31.0, 120.5)]
    area = Area()
    for latitude, longitude in corners:
        area.polygon.ring.add(latitude=latitude, longitude=longitude)
    assert [meets(area, p) for p in ("310000", "320000", "340000")] == [True, True, False]
    assert not meets(Area(), "310000")


def behind(*told: Message) -> list[Escalation]:
    return noticed("RESPONSE_BEHIND", *told, at=after(hours=1))


def level(entity: str, name: str, **changes: Any) -> Message:
    return response(entity, {"level": f"RESPONSE_LEVEL_{name}"} | changes)


def test_a_response_behind_the_neighbours_is_noticed() -> None:
    told = [level("310000/r", "II"), level("330000/r", "III"), level("320000/r", "II")]
    (found,) = behind(*told)
    assert found.participants == ["330000"]
    assert found.text_zh == "台风事件：浙江三级响应，相邻上海二级响应、江苏二级响应"
    assert (
        found.text_en
        == "台风事件: Zhejiang at level III, beside Shanghai at level II, Jiangsu at level II"
    )
    assert found.message_ids == sorted(m.header.message_id for m in told)
    assert found.event_type.value == "11B01"


def test_of_one_level_or_of_other_matters_nothing_is_said() -> None:
    assert not behind(level("310000/r", "II"), level("330000/r", "II"))
    flood = {"eventType": {"scheme": "GB/T 35561", "value": "11A02"}}
    assert not behind(level("310000/r", "II"), level("330000/r", "IV", **flood))


def test_provinces_that_do_not_adjoin_are_not_compared() -> None:
    assert not behind(level("310000/r", "I"), level("340000/r", "IV"))


def test_no_response_is_behind_where_there_is_something_to_respond_to() -> None:
    assert not behind(level("310000/r", "II"))
    typhoon = {"eventType": {"scheme": "GB/T 35561", "value": "11B01"}}
    (found,) = behind(level("310000/r", "II"), warning("330000/w", typhoon))
    assert found.participants == ["330000"]
    assert "浙江未启动响应" in found.text_zh
    storm = incident("320000/storm", kind("11B01"))
    (found,) = behind(level("310000/r", "II"), storm)
    assert found.participants == ["320000"]
    assert found.joint_ids == ["320000/storm"]


def test_a_response_far_from_the_border_does_not_face_it() -> None:
    north = {"area": {"adminCodes": ["320700"]}}
    suzhou = {"area": {"adminCodes": ["320500"]}}
    assert not behind(level("310000/r", "IV"), level("320000/r", "I", **north))
    (found,) = behind(level("310000/r", "IV"), level("320000/r", "I", **suzhou))
    assert found.participants == ["310000"]


def test_it_is_behind_since_the_later_of_the_two_spoke() -> None:
    early = response("310000/r", {"level": "RESPONSE_LEVEL_II"}, told=after(minutes=-90))
    late = response("330000/r", {"level": "RESPONSE_LEVEL_IV"}, told=after(minutes=-30))
    (found,) = behind(early, late)
    assert found.since_time == late.header.reported_time
    assert text(after(minutes=-30)) == found.since_time.ToJsonString()


def test_a_response_that_ended_is_no_response() -> None:
    ended = level("310000/r", "I", action="RESPONSE_ACTION_END")
    assert not behind(ended, level("330000/r", "IV"))


def test_what_is_noticed_is_in_order_and_each_once() -> None:
    told = [at("310000/quake", "310101", SHANGHAI, "11C02"), shanghai(), jiangsu()]
    found = noticed("NEIGHBOR_NOT_TOLD", *told)
    assert found == noticed("NEIGHBOR_NOT_TOLD", *reversed(told))
    assert len({e.SerializeToString() for e in found}) == len(found)
