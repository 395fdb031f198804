"""Administrative codes: retired and new ones, days on which they are in force, and borders."""

from datetime import date

import pytest

from schemas.codes import tables

BEFORE, AFTER = date(2020, 7, 16), date(2020, 7, 17)


def test_a_retired_code_is_known_and_leads_to_its_successor() -> None:
    found = tables.admin("320602")
    assert found is not None
    assert (found.retired, found.current, found.valid_to) == (True, "320613", AFTER)


def test_of_a_retired_and_a_new_code_one_is_in_force_on_each_day() -> None:
    in_force = {
        (code, day): tables.admin(code, day) is not None
        for code in ("320602", "320613")
        for day in (BEFORE, AFTER)
    }
    assert in_force == {
        ("320602", BEFORE): True,
        ("320602", AFTER): False,
        ("320613", BEFORE): False,
        ("320613", AFTER): True,
    }
    assert tables.admin("320600", BEFORE) == tables.admin("320600", AFTER)


@pytest.mark.parametrize(
    ("code", "current"),
    [
        ("310115", "310115"),
        ("310115001", "310115001"),
        ("320684", "320614"),
        ("320684100", "320614"),
        ("330104", "330102"),
        ("310100", "310000"),
        ("440300", None),
    ],
)
def test_current_code(code: str, current: str | None) -> None:
    assert tables.current_code(code) == current


def test_a_code_may_have_several_successors() -> None:
    assert getattr(tables.admin("330104"), "successors", None) == ("330102", "330114")


def test_longer_codes_are_known_by_their_first_six() -> None:
    assert tables.admin("310115001") == tables.admin("310115")


def test_a_retired_area_has_the_point_and_the_neighbours_of_its_successor() -> None:
    assert tables.point_of("320684") == tables.point_of("320614") != tables.point_of("320600")
    assert tables.neighbors("341822") == tables.neighbors("341882") != frozenset()


def test_neighbours_lie_across_a_border() -> None:
    assert tables.neighbors("310000") >= {"320000", "330000"}
    assert "340000" not in tables.neighbors("310000")
    assert "330421" in tables.neighbors("320509")
    assert tables.neighbors("310100") == tables.neighbors("310000")


def test_prefecture_level_cities_and_shanghai_have_points() -> None:
    assert len(tables.cities()) == 41
    assert set(tables.cities()) <= set(tables.points())
    assert "310000" in tables.cities()
    assert not {"320000", "320509"} & set(tables.cities())


def test_cities_adjoin_across_borders_as_in_the_table() -> None:
    pairs = tables.city_borders()
    assert len(pairs) == 23
    assert ("310000", "320500") in pairs
    assert all(a < b and tables.province_of(a) != tables.province_of(b) for a, b in pairs)


def test_counties_that_adjoin_across_a_border() -> None:
    there = tables.counties_across("310000", "330000")
    assert ("310116", "330482") in there
    assert {a[:2] for a, _ in there} == {"31"}
    assert sorted((b, a) for a, b in there) == sorted(tables.counties_across("330000", "310000"))
    assert tables.counties_across("310000", "340000") == ()


def test_every_area_with_a_point_of_its_own() -> None:
    assert tables.points()["310116"] == tables.point_of("310116")
    assert len(tables.points()) == 194
