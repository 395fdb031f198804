"""Days of cover: stock ÷ daily use × people; what is unknown is not zero."""

from collections.abc import Iterable, Sequence
from typing import Any

import pytest

from pipelines.incidents.shared_people import Edge
from pipelines.supplies.cover import lines, rollup
from pipelines.supplies.daily_use import uses
from pipelines.supplies.stocktake import Holding
from schemas.codes.tables import capability
from tests.support.stores import TENT, WATER, affected, holdings, stocked
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.situation_pb2 import JointIncident
from yrd.situation.v1.supplies_pb2 import Cover


def water(
    litres: float = 600, unit: str = "L", entity: str = "310000/water", **changes: Any
) -> Message:
    amounts = {"unit": unit, "total": litres, "available": litres}
    body = {"capabilities": [WATER], "stock": amounts} | changes
    return stocked(entity, changes=body)


def evaluate(
    told: Iterable[Holding], joint: Iterable[JointIncident], edges: Sequence[Edge] = ()
) -> list[Cover]:
    return lines(rollup().of(told).sums(), joint, edges)


def cover(told: Message, *joint: JointIncident, area: str = "310116") -> Cover:
    (line,) = [c for c in evaluate(holdings(told), joint) if c.admin_code == area]
    return line


def test_days_are_stock_by_people_and_their_daily_use() -> None:
    line = cover(water(), affected(evacuated=100))
    assert (line.people, line.per_person, line.days, line.people_served) == (100, 3, 2, 200)
    assert not line.at_most
    assert list(line.incident_ids) == ["310000/flood/1"]


def test_unknown_people_make_the_cover_unknown() -> None:
    line = cover(water(), affected())
    assert not line.HasField("people")
    assert not line.HasField("days")
    assert (line.incidents_unknown, line.people_served) == (1, 200)


def test_where_some_do_not_say_the_days_are_at_most_these() -> None:
    line = cover(water(), affected(evacuated=100), affected("310000/flood/2"))
    assert (line.days, line.at_most, line.incidents_unknown) == (2, True, 1)


def test_nobody_moved_is_known_and_needs_nothing() -> None:
    line = cover(water(), affected(evacuated=0))
    assert (line.people, line.HasField("people"), line.HasField("days")) == (0, True, False)


def test_a_unit_without_a_daily_use_makes_the_cover_unknown() -> None:
    line = cover(water(unit="箱"), affected(evacuated=100))
    assert (line.available, line.people) == (600, 100)
    assert not any(line.HasField(f) for f in ("per_person", "days", "people_served"))


def test_what_is_lent_once_serves_people_and_lasts_no_days() -> None:
    line = cover(stocked(total=29), affected(evacuated=100))
    assert (line.once, line.people_served, line.HasField("days")) == (True, 100, False)


@pytest.mark.parametrize(("litres", "served"), [(599, 199), (600, 200), (2, 0)])
def test_only_whole_people_are_served(litres: float, served: int) -> None:
    line = cover(water(litres), affected(evacuated=100))
    assert line.people_served == served
    assert line.days == pytest.approx(litres / 300)


def test_people_and_stocks_count_in_the_areas_around_them() -> None:
    told = [affected(evacuated=50), affected("310000/flood/2", "310115", evacuated=150)]
    assert cover(water(), *told, area="310000").days == 1
    assert cover(water(), *told).days == 4
    assert cover(water(), *told, area="").people == 200


def test_nobody_counts_twice_where_one_incident_brought_another_about() -> None:
    told = [affected("storm", evacuated=100), affected("flood", evacuated=60)]
    (line,) = [
        c for c in evaluate(holdings(water()), told, [("storm", "flood")]) if c.admin_code == ""
    ]
    assert (line.people, line.days, line.at_most) == (100, 2, True)
    assert cover(water(), *told).people == 160


def test_closed_incidents_have_nobody_to_provide_for() -> None:
    assert evaluate(holdings(water()), [affected(evacuated=9, closed=True)]) == []


def test_a_stock_that_nobody_told_of_is_no_line() -> None:
    assert evaluate(holdings(), [affected(evacuated=9)]) == []
    outdated = water(validUntilTime="2020-01-01T00:00:00Z")
    assert evaluate(holdings(outdated), [affected(evacuated=9)]) == []


def test_a_known_empty_stock_lasts_no_day() -> None:
    line = cover(water(0), affected(evacuated=9))
    assert (line.HasField("days"), line.days) == (True, 0)


@pytest.mark.parametrize("body", [{"capabilities": []}, {"capabilities": [TENT, WATER]}])
def test_a_stock_is_in_the_line_of_each_of_its_capabilities(body: dict[str, Any]) -> None:
    found = evaluate(holdings(water(**body)), [affected(evacuated=9)])
    assert len([c for c in found if c.admin_code == ""]) == len(body["capabilities"])


def test_the_table_names_capabilities_that_exist_and_uses_above_nothing() -> None:
    assert all(capability(name) for name, _ in uses())
    assert all(use.per_person > 0 for use in uses().values())
