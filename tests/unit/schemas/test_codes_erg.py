"""Distances of ERG 2016, against the figures of the guidebook."""

import pytest

from schemas.codes.erg import Distance, ErgEntry
from schemas.codes.tables import erg, un_number


def entry(number: str) -> ErgEntry:
    found = erg(number)
    assert found is not None
    return found


def test_chlorine_small_spill_and_tank_truck() -> None:
    chlorine = entry("1017")
    assert chlorine.guide == 124
    assert chlorine.isolation() == Distance(60)
    assert (chlorine.protection("day"), chlorine.protection("night")) == (
        Distance(300),
        Distance(1100),
    )
    assert chlorine.by_container
    assert chlorine.isolation(large=True) is None
    assert chlorine.isolation(large=True, container="tank_truck") == Distance(600)
    downwind = [
        chlorine.protection(time, True, "tank_truck", wind)
        for time in ("day", "night")
        for wind in ("low", "moderate", "high")
    ]
    assert [d.metres for d in downwind if d] == [5800, 3400, 2900, 6700, 5000, 4100]
    assert chlorine.fire_isolation == Distance(800)


def test_hydrogen_sulfide_large_spill_needs_no_container() -> None:
    sulfide = entry("1053")
    assert not sulfide.by_container
    assert sulfide.isolation(large=True) == Distance(400)
    assert sulfide.protection("night", large=True) == Distance(5400)


def test_eleven_kilometres_mean_that_or_more() -> None:
    dioxide = entry("1079")
    assert dioxide.protection("day", True, "tank_truck", "low") == Distance(11000, or_more=True)
    assert dioxide.protection("day", True, "tank_truck", "moderate") == Distance(5800)


def test_liquefied_petroleum_gas_is_judged_by_the_tank() -> None:
    gas = entry("1075")
    assert (gas.isolation(), gas.large_spill_downwind) == (Distance(100), Distance(800))
    assert gas.protection("day") is None
    found = [gas.bleve_distance(litres) for litres in (50, 100, 101, 42000, 140000, 140001)]
    assert [d and d.metres for d in found] == [307, 307, 488, 2200, 2200, None]
    assert entry("1017").bleve_distance(100) is None


@pytest.mark.parametrize(
    ("number", "downwind", "fire"), [("1203", Distance(300), 800), ("1230", None, 800)]
)
def test_figures_that_are_not_in_the_source_are_marked(
    number: str, downwind: Distance | None, fire: int
) -> None:
    found = entry(number)
    assert found.certainty == "unverified"
    assert (found.isolation(), found.large_spill_downwind) == (Distance(50), downwind)
    assert found.fire_isolation == Distance(fire)


def test_a_figure_that_the_source_lacks_is_none() -> None:
    oxide = entry("1040")
    assert oxide.protection("night", True, "small_or_single_ton_cylinders", "high") is None
    assert oxide.protection("night", True, "small_or_single_ton_cylinders", "moderate")


def test_other_numbers_have_no_entry() -> None:
    assert un_number("1002") is not None
    assert erg("1002") is None
    assert erg("") is None
