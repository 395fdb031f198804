"""Instants as people type them: Beijing time, unless a zone is named."""

import pytest

from integration.cli.instants import NoInstant, instant_us

NOON = 1_780_315_200_000_000
"""2026-06-01T12:00:00Z."""


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("2026-06-01T12:00Z", NOON),
        ("2026-06-01T12:00:00.000001Z", NOON + 1),
        ("2026-06-01T20:00", NOON),
        ("2026-06-01 20:00:00", NOON),
        ("20260601T200000", NOON),
        ("2026-06-01T20:00+08:00", NOON),
        ("2026-06-01T07:00-05:00", NOON),
        ("2026-06-02", NOON + 4 * 3_600_000_000),
        ("1970-01-01T08:00", 0),
    ],
)
def test_an_instant(text: str, micros: int) -> None:
    assert instant_us(text) == micros


@pytest.mark.parametrize("text", ["", "yesterday", "12:00", "2026-13-01", "2026-06-01T25:00"])
def test_no_instant_names_the_remedy(text: str) -> None:
    with pytest.raises(NoInstant, match=r"ISO 8601.* Beijing"):
        instant_us(text)


@pytest.mark.parametrize("text", ["1969-12-31T23:59Z", "9999-12-31T23:59-12:00", "0001-01-01"])
def test_an_instant_out_of_all_bounds_is_refused(text: str) -> None:
    with pytest.raises(NoInstant, match="from 1970 on"):
        instant_us(text)
