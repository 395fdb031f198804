"""Plans of a few demands and supplies: who comes first, by what means, and what was second best."""

from typing import Any

import pytest

from pipelines.allocation import Plan, Supply, allocate
from pipelines.allocation.restrictions import Restriction
from pipelines.allocation.ways import End
from tests.support.allocations import AIR, BOAT, PUMP, RAIL, ROAD, WATER, demand, supply
from yrd.common.v1.common_pb2 import Area

HERE, NINGBO, NANJING, HEFEI, SOMEWHERE = range(5)


def lent(plan: Plan, has: list[Supply], place: int = 0) -> list[tuple[str, float]]:
    return [(has[s.supply].name[1], s.quantity) for s in plan.of(place)]


def closed(mode: int, *codes: str, stops: bool = True, **changes: Any) -> Restriction:
    given: dict[str, Any] = {"factor": 1.0, "extra_minutes": 0.0, "name_zh": "管控", "name_en": "c"}
    return Restriction(mode, stops, area=Area(admin_codes=codes), **given | changes)


def test_where_lives_depend_on_it_the_earliest_comes_from_wherever_it_is() -> None:
    has = [supply("310000/own", place=HEFEI), supply("320000/near", place=HERE)]
    assert lent(allocate([demand(pressing=True)], has), has) == [("320000/near", 2)]
    assert lent(allocate([demand()], has), has) == [("310000/own", 2)]


def test_serving_all_comes_before_serving_soon() -> None:
    """The nearest supply could serve both; what only one of them can use is left to that one."""
    has = [
        supply("320000/both", place=HERE, capabilities=frozenset({PUMP, BOAT})),
        supply("330000/pumps", place=HEFEI),
    ]
    wants = [demand(pressing=True), demand(capability=BOAT)]
    plan = allocate(wants, has)
    assert lent(plan, has, 0) == [("330000/pumps", 2)]
    assert lent(plan, has, 1) == [("320000/both", 2)]


def test_in_time_comes_before_soon_on_the_whole() -> None:
    """One demand could wait, the other not: the near supply goes to that one."""
    has = [supply("320000/near", place=HERE), supply("330000/far", place=NINGBO)]
    wants = [demand(pressing=True), demand(pressing=True, by_minutes=30.0)]
    plan = allocate(wants, has)
    assert [lent(plan, has, n)[0][0] for n in (0, 1)] == ["330000/far", "320000/near"]


@pytest.mark.parametrize(("by", "late"), [(None, 0), (1000.0, 0), (5.0, 180), (-600.0, 780)])
def test_what_comes_late_is_given_and_said(by: float | None, late: int) -> None:
    has = [supply("330000/far", place=NINGBO)]
    (share,) = allocate([demand(by_minutes=by)], has).of(0)
    assert share.way.minutes == 161
    assert share.late_minutes == late


def test_lenders_that_are_equally_near_share_the_burden() -> None:
    has = [supply("320000/a", 10, NANJING), supply("330000/b", 10, NANJING)]
    given = dict(lent(allocate([demand(10)], has), has))
    assert given == {"320000/a": 5, "330000/b": 5}


def test_the_burden_is_a_part_of_what_each_could_spare() -> None:
    has = [supply("320000/a", 30, NANJING), supply("330000/b", 10, NANJING)]
    given = dict(lent(allocate([demand(20)], has), has))
    assert given == {"320000/a": 15, "330000/b": 5}


@pytest.mark.parametrize("cheap", ["320000/a", "320000/b", "320000/c"])
def test_of_what_comes_as_soon_from_one_lender_the_cheapest_is_taken(cheap: str) -> None:
    """As soon by helicopter as from next door after a long time to gather."""
    names = ("320000/a", "320000/b", "320000/c")
    near = {"place": HERE, "ready_minutes": 67}
    far = {"place": NINGBO, "modes": frozenset({AIR})}
    has = [supply(name, **(near if name == cheap else far)) for name in names]
    assert lent(allocate([demand(pressing=True)], has), has) == [(cheap, 2)]
    assert lent(allocate([demand()], has), has) == [(cheap, 2)]


@pytest.mark.parametrize(
    ("modes", "restrictions", "mode", "minutes"),
    [
        ({ROAD}, [], ROAD, 352),
        ({ROAD, RAIL}, [], ROAD, 352),
        ({ROAD, AIR}, [], AIR, 111),
        ({ROAD, AIR}, [closed(AIR, "310000")], ROAD, 352),
        ({ROAD, AIR}, [closed(AIR, "320100")], ROAD, 352),
        ({ROAD, AIR}, [closed(AIR, "320200")], AIR, 111),
        ({ROAD}, [closed(ROAD, "310118", stops=False, factor=2.0)], ROAD, 704),
        ({ROAD}, [closed(ROAD, "310000", stops=False, extra_minutes=30.0)], ROAD, 382),
        ({WATER}, [], WATER, 1279),
        ({ROAD}, [closed(ROAD, "310000")], None, None),
        (set(), [], None, None),
    ],
)
def test_the_earliest_way_that_is_open(
    modes: set[int], restrictions: list[Restriction], mode: int | None, minutes: int | None
) -> None:
    far = supply("320000/far", modes=frozenset(modes), at=End("320100", (32.06, 118.78)))
    goal = demand(at=End("310118", (31.23, 121.47)))
    found = [(s.way.mode, s.way.minutes) for s in allocate([goal], [far], restrictions).of(0)]
    assert found == ([] if mode is None else [(mode, minutes)])


def test_a_place_known_by_province_only_is_the_last_choice() -> None:
    has = [supply("320000/vague", place=SOMEWHERE), supply("340000/far", place=HEFEI)]
    plan = allocate([demand(pressing=True)], has)
    assert lent(plan, has) == [("340000/far", 2)]
    plan = allocate([demand(4, pressing=True)], has)
    assert [(s.way.minutes is None, s.quantity) for s in plan.of(0)] == [(False, 2), (True, 2)]


def test_the_second_best_is_the_next_that_was_not_taken() -> None:
    has = [
        supply("320000/a", place=HERE),
        supply("330000/b", place=NINGBO),
        supply("340000/c", place=HEFEI),
    ]
    plan = allocate([demand()], has)
    assert (plan.seconds[0].supply, plan.seconds[0].left) == (1, 2)
    plan = allocate([demand(4)], has)
    assert plan.seconds[0].supply == 2
    assert 0 not in allocate([demand(6)], has).seconds


def test_the_second_best_may_be_what_others_need_more() -> None:
    has = [supply("320000/a", place=HERE), supply("330000/b", place=HEFEI)]
    wants = [demand(pressing=True, by_minutes=10.0), demand()]
    plan = allocate(wants, has)
    assert lent(plan, has, 1) == [("330000/b", 2)]
    assert (plan.seconds[1].supply, plan.seconds[1].left) == (0, 0)


@pytest.mark.parametrize("amount", [1e300, 2.0**53, 1e-9, 0.0])
def test_absurd_amounts_stop_nothing(amount: float) -> None:
    has = [supply("320000/a", amount), supply("330000/b", 5)]
    plan = allocate([demand(3), demand(amount)], has)
    assert plan.given(0) == 3
    assert plan.given(1) <= max(amount, 1)


def test_far_too_long_times_stop_nothing() -> None:
    has = [supply("320000/a", ready_minutes=100_000), supply("330000/b", ready_minutes=99_990)]
    wants = [demand(pressing=True, by_minutes=-1e12), demand(by_minutes=1e12)]
    plan = allocate(wants, has)
    assert [plan.given(n) for n in (0, 1)] == [2, 2]
    assert lent(plan, has) == [("330000/b", 2)]


def test_measured_amounts_are_split_and_counted_ones_are_not() -> None:
    has = [supply("320000/a", 2.5), supply("330000/b", 2.5, NANJING)]
    assert sum(q for _, q in lent(allocate([demand(5)], has), has)) == 4
    tons = [supply("320000/a", 2.5, unit="t"), supply("330000/b", 2.5, NANJING, unit="t")]
    assert sum(q for _, q in lent(allocate([demand(5, unit="t")], tons), tons)) == 5
