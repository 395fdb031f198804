"""Reserves: five levels, three of them of support, rolled up by area and kind; nothing counts twice."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.supplies.reserves import DEEPEST, depth, rollup
from pipelines.supplies.tally import digest
from tests.support.situation import after, incident, picture, text
from tests.support.stores import WATER, holdings, stocked
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.supplies_pb2 import SupplyLine

LEVELS = ("MUNICIPAL", "DISTRICT", "TOWN", "VILLAGE", "HOUSEHOLD")


def deepest(told: Iterable[Message], area: str | None = None) -> list[SupplyLine]:
    """Lines down to the last digit, of all areas or of one."""
    found = rollup(lambda _: DEEPEST).of(holdings(*told)).lines()
    return [line for line in found if area in (None, line.admin_code)]


def lines(*told: Message) -> dict[tuple[str, str], SupplyLine]:
    """Lines of a single unit by area and kind."""
    return {(line.admin_code, line.kind_prefix): line for line in deepest(told)}


def at(level: str) -> dict[str, str]:
    return {"reserveLevel": f"RESERVE_LEVEL_{level}"}


def test_a_county_counts_in_its_city_its_province_and_all_four() -> None:
    found = lines(
        stocked("320000/a", 5, "320509"),
        stocked("320000/b", 7, "320507"),
        stocked("320000/c", 11, "320100"),
        stocked("310000/d", 13, "310116"),
    )
    totals = {area: line.sums.total for (area, kind), line in found.items() if kind == "1"}
    assert totals == {
        "": 36, "310000": 13, "310116": 13, "320000": 23, "320100": 11, "320500": 12,
        "320507": 7, "320509": 5,
    }  # fmt: skip


def test_a_kind_counts_at_one_three_five_and_seven_digits() -> None:
    found = lines(
        stocked("310000/a", 1, kind="1010101"),
        stocked("310000/b", 2, kind="1010102"),
        stocked("310000/c", 4, kind="1019901"),
        stocked("310000/d", 8, kind="2010101"),
    )
    totals = {kind: line.sums.total for (area, kind), line in found.items() if area == "310116"}
    assert totals == {
        "1": 7, "101": 7, "10101": 3, "10199": 4, "1010101": 1, "1010102": 2, "1019901": 4,
        "2": 8, "201": 8, "20101": 8, "2010101": 8,
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["", "4010101", "10101", "AFFF"])
def test_what_has_no_code_of_the_standard_is_kept_apart_by_what_it_can_do(kind: str) -> None:
    line = lines(stocked(kind=kind))["310000", ""]
    assert (line.capability.value, line.sums.total) == ("shelter.tent", 100)


def test_a_stock_of_several_capabilities_is_in_one_line() -> None:
    tent = stocked(kind="", changes={"capabilities": [WATER, {"scheme": "x", "value": "a"}]})
    assert [line.capability.value for line in deepest([tent], "310116")] == ["a"]


def test_five_levels_stand_apart_and_three_of_them_are_support() -> None:
    told = [stocked(f"310000/{x}", 2**i, changes=at(x)) for i, x in enumerate(LEVELS)]
    line = lines(*told, stocked("310000/none", 32, changes=at("UNSPECIFIED")))["310000", "1"]
    assert [(x.level, x.sums.total) for x in line.levels] == [
        (0, 32), (1, 1), (2, 2), (3, 4), (4, 8), (5, 16)
    ]  # fmt: skip
    assert (line.sums.total, line.support_available) == (63, 7)


def test_units_are_never_added() -> None:
    boxes = stocked("310000/b", changes={"stock": {"unit": "箱", "total": 9, "available": 9}})
    found = [line for line in deepest([stocked(), boxes], "") if line.kind_prefix == "1"]
    assert [(line.unit, line.sums.total) for line in found] == [("箱", 9), ("顶", 100)]


def test_an_outdated_state_is_counted_and_adds_nothing() -> None:
    line = lines(stocked(changes={"validUntilTime": text(after())}))["310000", "1"]
    assert (line.sums.total, line.outdated, line.levels[0].stocks) == (0, 1, 0)


def test_the_summary_breaks_up_what_is_in_focus_and_no_more() -> None:
    assert [depth(area) for area in ("", "340000", "320500", "320100")] == [3, 3, 1, 1]
    told = [stocked("320000/a", 5, "320509"), incident("320000/flood/1")]
    assert [area.admin_code for area in picture(told).summary.supplies] == ["", "320000"]
    told.append(stocked("320000/b", 5, "320100"))
    assert [area.admin_code for area in picture(told).summary.supplies] == ["", "320000", "320100"]


def test_a_line_names_a_few_messages_and_proves_the_others() -> None:
    told = [stocked(f"310000/{i}") for i in range(6)]
    ids = sorted(m.header.message_id for m in told)
    basis = lines(*told)["", "1"].basis
    assert (basis.messages, list(basis.message_ids)) == (6, ids[:5])
    assert basis.digest == digest(ids)
    assert lines(*told[:5])["", "1"].basis.digest == ""


PLACES = ("310000", "310116", "310115", "320000", "320500", "320509", "320507", "340100", "990000")


@st.composite
def somewhere(draw: Callable[[Any], Any]) -> Message:
    """A stock of some kind and level in some place; owned by Shanghai or Jiangsu."""
    entity = f"{draw(st.sampled_from(['310000', '320000']))}/{draw(st.integers(0, 20))}"
    kind = draw(st.sampled_from(["1010101", "1010201", "2010101", ""]))
    level = at(draw(st.sampled_from(LEVELS)))
    return stocked(
        entity, draw(st.integers(0, 50)), draw(st.sampled_from(PLACES)), kind, changes=level
    )


stocks = st.lists(somewhere(), max_size=12).map(
    lambda told: list({m.header.entity_id: m for m in told}.values())
)


@settings(deadline=None, max_examples=100)
@given(told=stocks)
def test_each_stock_counts_once_in_each_area_and_kind(told: Sequence[Message]) -> None:
    found = lines(*told)
    all_of_it = sum(line.sums.total for (area, kind), line in found.items()
                    if area == "" and len(kind) <= 1)  # fmt: skip
    assert all_of_it == sum(m.resource_status.stock.total for m in told)
    for (area, kind), line in found.items():
        assert sum(level.sums.total for level in line.levels) == line.sums.total
        finer = [x for (a, k), x in found.items() if a == area and len(k) == len(kind) + 2
                 and k.startswith(kind)]  # fmt: skip
        if 0 < len(kind) < DEEPEST:
            assert sum(x.sums.total for x in finer) == line.sums.total


@settings(deadline=None, max_examples=50)
@given(told=stocks, order=st.randoms())
def test_the_order_in_which_it_was_told_does_not_matter(told: list[Message], order: Any) -> None:
    before = deepest(told)
    shuffled = [*told, *told]
    order.shuffle(shuffled)
    assert deepest(shuffled) == before


def test_the_summary_has_the_lines_and_the_warehouses_of_the_plan() -> None:
    everywhere, shanghai = picture([stocked()]).summary.supplies
    lines = [*everywhere.lines, *shanghai.lines]
    assert [(x.admin_code, x.kind_prefix) for x in lines] == [
        ("", "1"), ("", "101"), ("310000", "1"), ("310000", "101")
    ]  # fmt: skip
    planned = {t.tier: t.planned if t.HasField("planned") else None for t in shanghai.warehouses}
    assert not everywhere.warehouses
    assert planned == {"general": 5, "sector": 8, "district": 11, "point": None}
