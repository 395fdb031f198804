"""Rows of tables: what they become, what is wrong with them, and what was published before."""

import csv
import io
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration.importing.columns import found
from integration.importing.faults import ValueRefused
from integration.importing.reading import read_sheet
from integration.importing.resources import RESOURCES
from integration.importing.rest import rest_of
from integration.importing.revising import Known, known_of
from integration.importing.run import Outcome, Plan, planned
from integration.importing.table import Table
from integration.importing.values import instant, letters, number, phone, text, un_number, until
from integration.importing.waybills import WAYBILLS
from integration.importing.words import COLOR, KIND, PACKING
from tests.support.filled import CHLORINE, NOW, PUMP, Rows, kept, read, settings
from yrd.exchange.v1.message_pb2 import Mode

SODA = {
    "运单编号": "YD330000260518001",
    "UN编号": "UN1824",
    "品名": "氢氧化钠溶液",
    "项别": "8",
    "包装类别": "Ⅱ",
    "货物数量": "0.2",
    "数量单位": "t",
}


def plan(table: Table, rows: Rows, known: Known | None = None, **changes: Any) -> Plan:
    who = "330000" if table is WAYBILLS else "310000"
    return planned(table, read(table, rows), settings(who, **changes), known or Known(), NOW)


def rules(table: Table, rows: Rows, known: Known | None = None) -> list[tuple[int, str, str]]:
    told = plan(table, rows, known).refused
    return [(f.row, f.column.split()[0], f.rule) for one in told for f in one.faults]


def test_a_resource() -> None:
    (told,) = plan(RESOURCES, [PUMP]).wanted
    header, body = told.draft.header, told.draft.resource_status
    assert (header.entity_id, header.revision) == ("310000/resource/pump-1", 1)
    assert header.mode == Mode.MODE_TEST
    assert [(c.scheme, c.value) for c in body.capabilities] == [
        ("yrd-capability", "flood.pump"),
        ("local", "X9"),
    ]
    assert (body.owner, body.place.admin_code, body.stock.available) == ("310000", "310115", 8)


def test_goods_of_a_number_are_one_waybill() -> None:
    (told,) = plan(WAYBILLS, [CHLORINE, SODA | {"项别": "8"}]).wanted
    waybill = told.draft.waybill
    assert [(g.un_number, g.quantity.value) for g in waybill.goods] == [
        ("1017", 24.6),
        ("1824", 0.2),
    ]
    assert (waybill.vehicle.number, waybill.vehicle.color) == ("浙B7X108", 2)
    assert waybill.departure_time.ToJsonString() == "2026-05-17T19:10:00Z"
    assert told.draft.header.entity_id == "330000/waybill/YD330000260518001"


def test_goods_that_tell_another_thing_of_the_whole_are_refused_with_the_whole() -> None:
    rows = [CHLORINE, SODA | {"车牌号": "浙B7X109"}]
    assert rules(WAYBILLS, rows) == [(3, "车辆号牌", "import.differs")]
    (told,) = plan(WAYBILLS, rows).refused
    assert [c.row.number for c in told.item.rows] == [2, 3]


def test_a_resource_twice_is_refused() -> None:
    assert rules(RESOURCES, [PUMP, PUMP]) == [(3, "编号", "import.twice")]


@pytest.mark.parametrize(
    ("changes", "column", "rule"),
    [
        ({"名称": ""}, "名称", "import.required"),
        ({"总量": "约十台"}, "总量", "import.number"),
        ({"类别": "大炮"}, "类别", "import.choice"),
        ({"行政区划代码": "319999"}, "行政区划代码", "code_table.admin_codes"),
        ({"可用": "12"}, "单位", "stock.balance"),
        ({"纬度": "31.2", "经度": "121.5"}, "坐标系", "point.crs"),
        ({"纬度": "121.5", "经度": "31.2", "坐标系": "WGS84"}, "纬度", "point.position"),
        ({"坐标系": "火星坐标", "纬度": "31.2", "经度": "121.5"}, "坐标系", "point.crs"),
        ({"批次": "40"}, "批次", "import.lot"),
        ({"集结分钟": "1.5"}, "集结分钟", "import.whole"),
        ({"电话": "值班室"}, "联系电话", "string.pattern"),
        ({"能力": "flood.nothing"}, "能力", "code_table.capabilities"),
        ({"统计时间": "昨天"}, "统计时间", "import.instant"),
        ({"统计时间": "2026-06-02 08:00"}, "", "header.time_in_future"),
    ],
)
def test_a_fault_names_row_column_and_rule(changes: dict[str, str], column: str, rule: str) -> None:
    found_rules = rules(RESOURCES, [PUMP | {"编号": "other"}, PUMP | changes])
    assert (3, column, rule) in [(r, c if column else "", n) for r, c, n in found_rules]


def test_faults_of_goods_are_at_their_row() -> None:
    rows = [CHLORINE, SODA | {"UN编号": "9999", "货物数量": "-1"}]
    assert (3, "UN编号", "code_table.un_numbers") in rules(WAYBILLS, rows)
    assert (3, "货物数量", "double.gte") in rules(WAYBILLS, rows)
    assert (2, "车辆号牌", "plate.number") in rules(WAYBILLS, [CHLORINE | {"车牌号": "12"}])


def published(
    table: Table, rows: Rows, known: Known | None = None, absent: Sequence[str] = ()
) -> Known:
    told = plan(table, rows, known).wanted
    before = known.newest.values() if known else ()
    return known_of([*before, *(kept(t.draft, absent) for t in told)])


@pytest.mark.parametrize(("table", "row"), [(RESOURCES, PUMP), (WAYBILLS, CHLORINE)])
def test_what_did_not_change_is_not_published_again(table: Table, row: dict[str, str]) -> None:
    once = published(table, [row])
    again = plan(table, [row], once, as_of=NOW + timedelta(hours=1))
    assert (len(again.unchanged), list(again.wanted), list(again.refused)) == (1, [], [])


def test_what_changed_is_the_next_revision_with_an_id_of_its_own() -> None:
    once = published(RESOURCES, [PUMP])
    (told,) = plan(RESOURCES, [PUMP | {"可用": "7"}], once).wanted
    assert (told.outcome, told.draft.header.revision) == (Outcome.CHANGED, 2)
    twice = published(RESOURCES, [PUMP | {"可用": "7"}], once)
    (back,) = plan(RESOURCES, [PUMP], twice).wanted
    assert back.draft.header.revision == 3
    ids = {m.header.message_id for known in (once, twice) for m in known.newest.values()}
    assert len({*ids, back.draft.header.message_id}) == 3


def test_the_same_file_gives_the_same_ids_without_knowing_what_was_published() -> None:
    one, other = (plan(RESOURCES, [PUMP]).wanted[0].draft for _ in range(2))
    assert one == other


def test_a_row_that_says_when_is_news_when_that_is_later_and_refused_when_earlier() -> None:
    then = PUMP | {"统计时间": "2026-06-01 10:00"}
    once = published(RESOURCES, [then])
    assert len(plan(RESOURCES, [then], once).unchanged) == 1
    assert len(plan(RESOURCES, [then | {"统计时间": "2026-06-01 11:00"}], once).wanted) == 1
    old = then | {"统计时间": "2026-06-01 09:00", "可用": "1"}
    assert rules(RESOURCES, [old], once) == [(2, "统计时间", "import.older")]


def test_personal_data_that_was_destroyed_is_not_published_again() -> None:
    row = CHLORINE | {"驾驶员": "吴行舟", "驾驶员从业资格证号": "330211197803150011"}
    once = published(WAYBILLS, [row], absent=["personal.driver"])
    for message in once.newest.values():
        message.waybill.ClearField("driver")
    assert len(plan(WAYBILLS, [row], once).unchanged) == 1


def test_a_drill_does_not_replace_what_is_real() -> None:
    real = published(RESOURCES, [PUMP])
    drill = {"mode": Mode.MODE_EXERCISE, "exercise_id": "yrd-2026"}
    (told,) = plan(RESOURCES, [PUMP | {"可用": "1"}], real, **drill).wanted
    assert (told.outcome, told.draft.header.revision) == (Outcome.NEW, 2)
    both = known_of([*real.newest.values(), kept(told.draft)])
    assert len(plan(RESOURCES, [PUMP], both).unchanged) == 1
    (again,) = plan(RESOURCES, [PUMP | {"可用": "2"}], both).wanted
    assert (again.outcome, again.draft.header.revision) == (Outcome.CHANGED, 3)


def test_a_key_of_any_characters_names_an_entity() -> None:
    (told,) = plan(RESOURCES, [PUMP | {"编号": "泵车 一号"}]).wanted
    assert told.draft.header.entity_id.startswith("310000/resource/sha-")


@pytest.mark.parametrize(
    ("reader", "cell", "value"),
    [
        (number, "１，２００．５", 1200.5),
        (un_number, "UN 5", "0005"),
        (phone, "（021）5550 0117", "021 5550 0117"),
        (letters, "浙Ｂ·7x108", "浙B7X108"),
        (instant, "2026/6/1 8:05", "2026-06-01T08:05:00+08:00"),
        (instant, "2026-06-01T00:05:00Z", "2026-06-01T00:05:00+00:00"),
        (until, "2026.6.1", "2026-06-02T00:00:00+08:00"),
        (KIND, "救援队伍", "RESOURCE_KIND_FORCE"),
        (KIND, "FORCE", "RESOURCE_KIND_FORCE"),
        (COLOR, "渐变绿色", "PLATE_COLOR_GRADIENT_GREEN"),
        (COLOR, "93", "PLATE_COLOR_YELLOW_GREEN"),
        (PACKING, "Ⅲ", "PACKING_GROUP_III"),
    ],
)
def test_what_people_write_is_understood(reader: Any, cell: str, value: Any) -> None:
    assert reader(cell) == value


@pytest.mark.parametrize(
    ("reader", "cell", "rule"),
    [
        (text, "3.30211E+17", "import.digits_lost"),
        (number, "nan", "import.number"),
        (number, "1e999", "import.number"),
        (instant, "2026-13-01", "import.instant"),
        (instant, "0001-01-01", "import.instant"),
    ],
)
def test_what_can_not_be_meant_is_refused(reader: Any, cell: str, rule: str) -> None:
    with pytest.raises(ValueRefused) as refused:
        reader(cell)
    assert refused.value.rule == rule


READERS = {column.read for table in (RESOURCES, WAYBILLS) for column in table.columns}


@given(st.text(max_size=20), st.sampled_from(sorted(READERS, key=repr)))
def test_no_cell_ends_the_reading(cell: str, reader: Any) -> None:
    try:
        reader(cell)
    except ValueRefused as error:
        assert error.rule.startswith("import.")


NASTY = st.text("=+-@'\"\n,;\t 甲x1", max_size=6).map(str.strip)


@given(st.lists(NASTY, min_size=1, max_size=4))
def test_rows_that_can_not_be_taken_are_kept_as_they_came(names: list[str]) -> None:
    rows = [PUMP | {"编号": f"p{n}", "名称": name, "总量": "?"} for n, name in enumerate(names)]
    table = read(RESOURCES, rows)
    text_of_rest = rest_of(table, plan(RESOURCES, rows).refused)
    for line in csv.reader(io.StringIO(text_of_rest.removeprefix("\ufeff"), newline="")):
        assert not [cell for cell in line if cell.startswith(("=", "+", "-", "@"))]
    again = found(read_sheet(text_of_rest.encode()), RESOURCES.columns)
    width = len(table.header.cells)
    assert [list(c.row.cells)[:width] for c in again.rows] == [
        list(c.row.cells) for c in table.rows
    ]
    assert not again.remarks or "按文本" in again.remarks[0]
    twice = rest_of(again, planned(RESOURCES, again, settings(), Known(), NOW).refused)
    assert twice.splitlines()[0] == text_of_rest.splitlines()[0]
