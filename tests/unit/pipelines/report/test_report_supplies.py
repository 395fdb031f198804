"""What the text says of supplies, shelters, bases and equipment; not told is not none."""

from pipelines.report.summary import summary_text
from tests.support.builders import place
from tests.support.situation import after, incident, picture, resource
from tests.support.stores import WATER, lot, stocked
from yrd.exchange.v1.message_pb2 import Message


def report(*told: Message) -> tuple[str, str]:
    chinese, english = summary_text(picture(told).summary).split("\n\n")
    return chinese, english


def test_what_nobody_told_of_is_said_to_be_so() -> None:
    chinese, english = report()
    assert chinese.count("  · 未报送") == 4
    assert english.count("  · nothing was told") == 4


def test_stocks_are_told_by_kind_and_level() -> None:
    town = stocked("310000/b", 8, changes={"reserveLevel": "RESERVE_LEVEL_TOWN"})
    chinese, english = report(stocked(), town)
    assert "上海 基本生活保障物资 101：可用108顶，共108（可用：市级 100、街镇级 8）" in chinese
    assert (
        "Shanghai Supplies for basic needs 101: 108 顶 available of 108 "
        "(available: municipal 100, town 8)" in english
    )


def test_what_expires_is_told() -> None:
    lots = {"lots": [lot(20, -0.5), lot(5, 3)]}
    chinese, english = report(stocked(changes=lots, told=after(days=-1)))
    assert "；已过期20" in chinese
    assert "; 20 expired" in english
    assert "上海 已过期或30天内到期：2批" in chinese
    assert "泵车队 5顶：2026-06-04 20:00 到期" in chinese
    assert "泵车队 20 顶: expired 2026-06-01 08:00" in english


def water() -> Message:
    body = {"capabilities": [WATER], "stock": {"unit": "L", "total": 600, "available": 600}}
    return stocked(changes=body)


def test_days_of_cover_are_told_and_so_is_that_they_are_unknown() -> None:
    moved = incident(changes={"place": place("310116"), "casualties": {"evacuated": 100}})
    chinese, english = report(water(), moved)
    assert "金山区 饮用水600L：2天（100人）" in chinese
    assert "金山区 Drinking water, 600 L: 2 days for 100 people" in english
    chinese, english = report(water(), incident(changes={"place": place("310116")}))
    assert "可保障天数不详" in chinese
    assert "days of cover unknown" in english


def test_over_full_shelters_are_told() -> None:
    body = {
        "kind": "RESOURCE_KIND_SHELTER",
        "stock": {"unit": "床", "total": 600, "available": 0, "committed": 600},
        "occupants": 640,
    }
    chinese, english = report(resource("320000/shelter", body))
    assert "江苏 1处：容量600床，已入住640，空余0，超员1处" in chinese
    assert "超员：江苏 泵车队 已入住640，容量600" in chinese
    assert "over-full: Jiangsu 泵车队, 640 in 600" in english


def test_a_base_says_what_lies_in_its_reach() -> None:
    chinese, english = report(incident(changes={"place": place("310116")}))
    assert "辐射无锡市、苏州市、南通市、嘉兴市、湖州市" in chinese
    assert "内涝（覆盖范围内，非其专长）" in chinese
    assert "内涝 (covered, not its trade)" in english


def test_equipment_is_told_where_an_incident_is_open() -> None:
    chinese, english = report(resource(), incident("320000/flood/1"))
    assert "南京市 大流量排涝泵车：可用8台，共10" in chinese
    assert "南京市 High-capacity drainage pump: 8 台 available of 10" in english
