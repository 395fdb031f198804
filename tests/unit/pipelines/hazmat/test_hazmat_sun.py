"""Day and night: against sunrise and sunset of the almanac for Shanghai and Hefei."""

from datetime import datetime

import pytest

from pipelines.hazmat.sun import day_and_change
from schemas.instants import BEIJING
from tests.support.situation import us

SHANGHAI, HEFEI = (31.2304, 121.4737), (31.8206, 117.2272)
FEW_MINUTES = 3 * 60 * 1_000_000


@pytest.mark.parametrize(
    ("place", "day", "rise", "set_"),
    [
        (SHANGHAI, (2026, 3, 20), "05:58", "18:04"),
        (SHANGHAI, (2026, 6, 21), "04:51", "19:01"),
        (SHANGHAI, (2026, 12, 22), "06:49", "16:56"),
        (HEFEI, (2026, 6, 21), "05:05", "19:20"),
    ],
)
def test_sunrise_and_sunset_of_the_almanac(
    place: tuple[float, float], day: tuple[int, int, int], rise: str, set_: str
) -> None:
    begin, noon = (datetime(*day, hour, tzinfo=BEIJING) for hour in (1, 12))
    dark, sunrise = day_and_change(*place, us(begin))
    light, sunset = day_and_change(*place, us(noon))
    assert (dark, light) == (False, True)
    for found, due in ((sunrise, rise), (sunset, set_)):
        hour, minute = map(int, due.split(":"))
        assert abs(found - us(datetime(*day, hour, minute, tzinfo=BEIJING))) <= FEW_MINUTES


def test_day_and_night_take_turns_all_year() -> None:
    at, was = us(datetime(2026, 1, 1, tzinfo=BEIJING)), None
    for _ in range(730):
        day, change = day_and_change(*SHANGHAI, at)
        assert day is not was
        assert 0 < change - at < 16 * 3_600_000_000
        at, was = change, day
