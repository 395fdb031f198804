"""Storms: newest fix, forecast, wind radii at each city, and hours until they arrive, by source."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.nature import storm as storms
from pipelines.nature.storm_cities import seen_from
from pipelines.nature.storm_course import Course
from pipelines.nature.storm_tracks import MOST_SOURCES, MOST_STORMS
from pipelines.nature.storm_tracks import storms as told_storms
from pipelines.places.distance import kilometres
from schemas.codes.tables import cities, points
from tests.support.builders import NOW
from tests.support.infa import PLACES, told
from tests.support.nature import fix, storm
from tests.support.situation import after, known, text, us
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.storms_pb2 import CityStorm, CityWind, StormTrack, StormView, WindReach
from yrd.warning.v1.warning_pb2 import WarningAction

INSIDE, EDGE, OUTSIDE, UNKNOWN = (
    WindReach.WIND_REACH_INSIDE,
    WindReach.WIND_REACH_EDGE,
    WindReach.WIND_REACH_OUTSIDE,
    WindReach.WIND_REACH_UNSPECIFIED,
)
SHANGHAI = points()["310000"]
RADII = {7: (100.0, 200.0)}


def seen(*messages: Message, at: datetime = NOW) -> list[StormView]:
    return storms.evaluate(known(*messages), us(at))


def track(*messages: Message, at: datetime = NOW) -> StormTrack:
    ((found,),) = [view.tracks for view in seen(*messages, at=at)]
    return found


def at_city(found: StormTrack, code: str = "310000") -> CityStorm:
    return next(city for city in found.cities if city.admin_code == code)


def wind(found: StormTrack, force: int = 7) -> CityWind:
    return next(w for w in at_city(found).winds if w.beaufort_force == force)


def east(km: float) -> tuple[float, float]:
    """So far east of Shanghai."""
    step = kilometres(SHANGHAI, (SHANGHAI[0], SHANGHAI[1] + 0.001)) / 0.001
    return SHANGHAI[0], SHANGHAI[1] + km / step


def westward(**changes: Any) -> Message:
    """400 km east of Shanghai, coming straight at 20 km/h for a day."""
    last = fix(after(hours=24), east(-80), radii=RADII)
    return storm([fix(NOW, east(400), radii=RADII)], [last], **changes)


def test_every_prefecture_level_city_is_told() -> None:
    assert [city.admin_code for city in track(westward()).cities] == list(cities())


def test_it_arrives_when_the_largest_radius_does_and_has_when_the_smallest_has() -> None:
    found = wind(track(westward()))
    assert found.reach == OUTSIDE
    assert found.earliest_hours == pytest.approx(10, abs=0.1)
    assert found.latest_hours == pytest.approx(15, abs=0.1)
    city = at_city(track(westward()))
    assert city.distance_km == pytest.approx(400, abs=1)
    assert city.closest_km == pytest.approx(0, abs=2)
    assert city.closest_hours == 20


def test_hours_count_from_the_pictures_instant() -> None:
    found = wind(track(westward(), at=after(hours=4)))
    assert found.earliest_hours == pytest.approx(6, abs=0.1)
    assert at_city(track(westward(), at=after(hours=4))).distance_km == pytest.approx(320, abs=1)


@pytest.mark.parametrize(
    ("km", "reach", "earliest", "latest"),
    [(90, INSIDE, 0, 0), (150, EDGE, 0, None), (210, OUTSIDE, None, None)],
)
def test_a_city_is_inside_at_the_edge_or_outside(
    km: float, reach: WindReach, earliest: float | None, latest: float | None
) -> None:
    found = wind(track(storm([fix(NOW, east(km), radii=RADII)])))
    assert found.reach == reach
    assert (found.earliest_hours if found.HasField("earliest_hours") else None) == earliest
    assert (found.latest_hours if found.HasField("latest_hours") else None) == latest


def test_radii_change_straight_from_fix_to_fix() -> None:
    growing = fix(after(hours=20), east(400), radii={7: (200.0, 600.0)})
    found = wind(track(storm([fix(NOW, east(400), radii=RADII)], [growing])))
    assert found.earliest_hours == pytest.approx(10, abs=0.1)
    assert not found.HasField("latest_hours")


def test_a_radius_that_no_forecast_states_is_held_and_marked() -> None:
    bare = storm([fix(NOW, east(400), radii=RADII)], [fix(after(hours=24), east(-80))])
    found = track(bare)
    assert list(found.held_forces) == [7]
    assert wind(found).earliest_hours == pytest.approx(10, abs=0.1)
    assert list(track(westward()).held_forces) == []


def test_a_radius_of_an_old_fix_is_not_held() -> None:
    old = [fix(after(hours=-13), east(600), radii=RADII), fix(NOW, east(400))]
    assert not at_city(track(storm(old, [fix(after(hours=24), east(-80))]))).winds


def test_a_force_that_nobody_states_is_not_there() -> None:
    assert [w.beaufort_force for w in at_city(track(westward())).winds] == [7]


def test_after_the_last_radius_that_is_stated_nothing_is_known() -> None:
    ahead = [fix(after(hours=6), east(280), radii=RADII), fix(after(hours=24), east(-80))]
    found = wind(track(storm([fix(NOW, east(400), radii=RADII)], ahead)))
    assert not found.HasField("earliest_hours")


def test_what_is_inside_after_a_gap_came_at_an_unknown_time() -> None:
    ahead = [fix(after(hours=h), east(400 - 20 * h), radii=RADII) for h in (18, 24)]
    found = wind(track(storm([fix(NOW, east(400))], ahead)))
    assert found.reach == UNKNOWN
    assert not found.HasField("earliest_hours")


def test_sources_are_never_mixed() -> None:
    best = [fix(after(hours=-6), east(500), "ibtracs"), fix(NOW, east(380), "ibtracs")]
    operational = [fix(after(hours=-1), east(420), radii=RADII)]
    ahead = [fix(after(hours=24), east(-80), radii=RADII)]
    (view,) = seen(storm([*best, *operational], ahead))
    ibtracs, nmc = view.tracks
    assert (ibtracs.source, nmc.source) == ("ibtracs", "中央气象台")
    assert not ibtracs.HasField("forecast")
    assert at_city(ibtracs).distance_km == pytest.approx(380, abs=1)
    assert not at_city(ibtracs).winds
    assert at_city(nmc).distance_km == pytest.approx(400, abs=1)


def test_it_names_the_forecast_that_it_used() -> None:
    first, second = westward(at=after(hours=-3)), westward(entity="310000/warning/typhoon")
    found = track(first, second)
    assert found.forecast.message_id == second.header.message_id
    assert (found.forecast.participant, found.forecast.issue_time) == (
        "310000",
        second.early_warning.issue_time,
    )
    assert len(found.forecast.fixes) == 1


def test_a_forecast_that_is_over_is_not_used() -> None:
    short = storm([fix(NOW, east(400))], [fix(after(hours=2), east(380))])
    assert track(short, at=after(hours=1)).HasField("forecast")
    assert not track(short, at=after(hours=2)).HasField("forecast")


def test_a_fix_stands_for_six_hours_and_the_storm_is_shown_for_a_day() -> None:
    lone = storm([fix(NOW, east(400))])
    assert at_city(track(lone, at=after(hours=6))).HasField("distance_km")
    assert not at_city(track(lone, at=after(hours=6.1))).HasField("distance_km")
    assert len(seen(lone, at=after(hours=24))) == 1
    assert seen(lone, at=after(hours=24.1)) == []


def test_a_cancelled_warning_takes_no_fix_back() -> None:
    lifted = storm([], at=after(hours=1), revision=2)
    lifted.early_warning.action = WarningAction.WARNING_ACTION_CANCEL
    lifted.early_warning.ClearField("typhoon")
    assert len(seen(westward(), lifted, at=after(hours=2))) == 1


def test_two_storms_are_two() -> None:
    other = storm([fix(NOW, east(900))], entity="310000/warning/other", number="2107")
    assert [view.number for view in seen(westward(), other)] == ["2106", "2107"]


def test_nonsense_does_not_fill_the_picture() -> None:
    real = [westward(), westward(entity="310000/warning/typhoon")]
    later = after(minutes=1)
    bogus = [
        storm([fix(later, east(n), f"s{n}")], None, f"320000/w/{n}", later, f"99{n:02}")
        for n in range(20)
    ]
    found = known(*real, *bogus)
    views = storms.evaluate(found, us(later))
    assert len(views) == MOST_STORMS
    assert "2106" in [view.number for view in views]
    assert {(q.kind, q.participant) for q in found.questions} == {("too_many_storms", "320000")}
    sources = [fix(NOW, east(n), f"s{n:02}") for n in range(30)]
    assert len(seen(storm(sources))[0].tracks) == MOST_SOURCES


def test_fixes_of_the_next_century_are_asked_about_and_left_out() -> None:
    far = after(days=36500)
    ahead = [fix(after(hours=24), east(-80), radii=RADII), fix(far, east(-900), radii=RADII)]
    told_ = known(storm([fix(NOW, east(400), radii=RADII), fix(far, east(0))], ahead))
    ((found,),) = [view.tracks for view in storms.evaluate(told_, us(NOW))]
    assert found.newest_fix.fix_time.seconds == int(NOW.timestamp())
    assert wind(found).earliest_hours == pytest.approx(10, abs=0.1)
    assert {q.field for q in told_.questions} == {
        "early_warning.typhoon.observed",
        "early_warning.typhoon.forecast",
    }


@settings(deadline=None)
@given(data=st.data())
def test_the_order_in_which_they_came_does_not_matter(data: st.DataObject) -> None:
    sources = st.sampled_from(["a", "b"])
    told_ = []
    for n in range(data.draw(st.integers(1, 4))):
        entity = f"{data.draw(st.sampled_from(['310000', '330000']))}/warning/{n % 2}"
        at = after(hours=-data.draw(st.integers(0, 3)))
        hours = data.draw(st.lists(st.integers(-9, 30), max_size=4))
        fixes = [
            fix(at + timedelta(hours=h), east(10.0 * h), data.draw(sources), RADII) for h in hours
        ]
        told_.append(storm(fixes, fixes, entity, at, revision=n + 1))
    shuffled = data.draw(st.permutations([*told_, *told_[:2]]))
    assert seen(*told_) == seen(*shuffled)


@settings(deadline=None)
@given(
    km=st.floats(50, 900),
    speed=st.floats(5, 60),
    least=st.floats(10, 200),
    more=st.floats(0, 200),
)
def test_the_smallest_radius_never_arrives_before_the_largest(
    km: float, speed: float, least: float, more: float
) -> None:
    radii = {7: (least, least + more)}
    end = after(hours=48)
    found = wind(track(storm([fix(NOW, east(km), radii=radii)], [fix(end, east(km - 48 * speed))])))
    if found.HasField("latest_hours"):
        assert 0 <= found.earliest_hours <= found.latest_hours <= 48
    if found.reach == INSIDE:
        assert found.latest_hours == 0
    hours = (km - least - more) / speed
    if found.reach == OUTSIDE and hours < 47.9:
        assert found.earliest_hours == pytest.approx(hours, abs=0.2)


LANDFALL_PUTUO = datetime(2021, 7, 25, 4, 30, tzinfo=UTC)
LANDFALL_PINGHU = datetime(2021, 7, 26, 1, 50, tzinfo=UTC)
THROUGH_WUJIANG = datetime(2021, 7, 26, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize("day", [(23, 12), (24, 0), (24, 12), (25, 0)])
def test_infa_reaches_zhoushan_then_pinghu_then_wujiang(day: tuple[int, int]) -> None:
    """By the track that came as the forecast: in the order of the known facts, and near their hours."""
    at = datetime(2021, 7, *day, tzinfo=UTC)
    (found,) = told_storms(known(told(at)), us(at))
    places = seen_from(Course(found.tracks[0], us(at)), PLACES)
    hours = {p.admin_code: p for p in places}
    for force in (7, 10):
        order = [_arrival(hours[name], force) for name in ("zhoushan", "pinghu", "wujiang")]
        assert order == sorted(order)
    facts = {"zhoushan": LANDFALL_PUTUO, "pinghu": LANDFALL_PINGHU, "wujiang": THROUGH_WUJIANG}
    for name, passed in facts.items():
        ahead = (passed - at) / timedelta(hours=1)
        assert hours[name].closest_hours == pytest.approx(ahead, abs=6.5)
        earliest, latest = _arrival(hours[name], 10)
        assert 0 <= earliest <= latest <= ahead


def _arrival(place: CityStorm, force: int) -> tuple[float, float]:
    found = next(w for w in place.winds if w.beaufort_force == force)
    return found.earliest_hours, found.latest_hours


def test_a_header_that_has_expired_ends_what_it_told() -> None:
    assert seen(westward(expireTime=text(after(hours=1))), at=after(hours=1)) == []
