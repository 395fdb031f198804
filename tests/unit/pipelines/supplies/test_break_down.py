"""Reserves broken up by the areas in an area and by the next layer of a kind."""

import pytest

from pipelines.supplies.break_down import break_down, stores
from tests.support.situation import exercise, resource
from tests.support.stores import holdings, stocked

TOLD = [
    stocked("320000/a", 5, "320509", "1010101"),
    stocked("320000/b", 7, "320507", "1010201"),
    stocked("320000/c", 11, "320100", "1020101"),
    stocked("320000/d", 13, "320000", "2010101"),
    stocked("310000/e", 17, "310116", "1010101"),
]


@pytest.mark.parametrize(
    ("area", "kind", "lines"),
    [
        ("", "", [("", "1", 40), ("", "2", 13), ("310000", "1", 17), ("320000", "1", 23),
                  ("320000", "2", 13)]),
        ("320000", "1", [("320000", "1", 23), ("320000", "101", 12), ("320000", "102", 11),
                         ("320100", "1", 11), ("320500", "1", 12)]),
        ("320500", "101", [("320500", "101", 12), ("320500", "10101", 5), ("320500", "10102", 7),
                           ("320507", "101", 7), ("320509", "101", 5)]),
        ("320509", "1010101", [("320509", "1010101", 5)]),
        ("330000", "", []),
        ("320509", "3", []),
    ],
)  # fmt: skip
def test_an_area_and_a_kind_are_broken_up(
    area: str, kind: str, lines: list[tuple[str, str, float]]
) -> None:
    found = break_down(holdings(*TOLD), area, kind)
    assert [(x.admin_code, x.kind_prefix, x.sums.total) for x in found] == lines


def test_scopes_stand_apart_and_only_supplies_count() -> None:
    found = stores([*TOLD, resource(), stocked("320000/x", **exercise())])
    assert {scope: len(kept) for scope, kept in found.items()} == {
        "actual": 5,
        "exercise/drill": 1,
    }
