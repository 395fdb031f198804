"""Reports of one earthquake by several participants are one, with where it was felt."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.nature import earthquakes
from tests.support.builders import NOW
from tests.support.nature import felt, quake
from tests.support.situation import after, known, text, us
from yrd.exchange.v1.message_pb2 import Message
from yrd.monitoring.v1.monitoring_pb2 import EarthquakeReportKind
from yrd.situation.v1.earthquakes_pb2 import JointEarthquake

JIANGSU, SHANGHAI, ZHEJIANG = "320000/quake/1", "310000/quake/1", "330000/quake/1"
AUTOMATIC = EarthquakeReportKind.EARTHQUAKE_REPORT_KIND_AUTOMATIC
REVIEWED = EarthquakeReportKind.EARTHQUAKE_REPORT_KIND_REVIEWED


def shaken(*told: Message, at: datetime = NOW) -> list[JointEarthquake]:
    return earthquakes.evaluate(known(*told), us(at))


def only(*told: Message, at: datetime = NOW) -> JointEarthquake:
    (found,) = shaken(*told, at=at)
    return found


def epicentre(lat: float, lon: float = 121.0) -> dict[str, Any]:
    return {"epicenter": {"latitude": lat, "longitude": lon}}


CATALOGUE = {"catalogId": "CC20260601"}
SAME: dict[str, tuple[dict[str, Any], float, int]] = {
    "at once": ({}, 0, 1),
    "some seconds later and some way off": (epicentre(33.7), 20, 1),
    "another magnitude within what is usual": ({"magnitude": 5.9}, 0, 1),
    "too late": ({}, 61, 2),
    "too far": (epicentre(34.4), 0, 2),
    "too weak": ({"magnitude": 3.9}, 0, 2),
    "another catalogue identifier of the network": ({"catalogId": "CC2"}, 0, 2),
    "another network's identifier": ({"catalogId": "JS2", "issuerName": "江苏台网"}, 0, 1),
}


@pytest.mark.parametrize(("changes", "seconds", "count"), SAME.values(), ids=SAME)
def test_near_in_time_place_and_magnitude_is_one(
    changes: dict[str, Any], seconds: float, count: int
) -> None:
    told = [
        quake(JIANGSU, changes=CATALOGUE),
        quake(SHANGHAI, at=after(seconds=seconds), changes=changes),
    ]
    assert len(shaken(*told, at=after(minutes=5))) == count


@pytest.mark.parametrize(
    ("changes", "seconds", "count"),
    [({}, 300, 1), (epicentre(35.5), 0, 1), ({"magnitude": 3.0}, 0, 1), ({}, 601, 2)],
)
def test_one_catalogue_identifier_joins_what_is_further_apart(
    changes: dict[str, Any], seconds: float, count: int
) -> None:
    told = [
        quake(JIANGSU, changes=CATALOGUE),
        quake(SHANGHAI, at=after(seconds=seconds), changes=CATALOGUE | changes),
    ]
    assert len(shaken(*told, at=after(minutes=20))) == count


def test_who_tells_two_means_two() -> None:
    told = [quake(JIANGSU), quake("320000/quake/2", at=after(seconds=30)), quake(SHANGHAI)]
    found = shaken(*told, at=after(minutes=1))
    assert [len(q.members) for q in found] == [1, 2]
    assert [q.joint_id for q in found] == ["320000/quake/2", SHANGHAI]


def kinds(found: JointEarthquake) -> dict[str, tuple[int, str]]:
    return {s.parameter: (s.kind, s.participant) for s in found.sources}


def test_a_reviewed_parameter_stands_above_an_automatic_one_of_whomever() -> None:
    reviewed = quake(JIANGSU, "REVIEWED", changes={"magnitude": 4.8}, revision=2)
    later = quake(
        SHANGHAI, changes={"magnitude": 5.2, "depthKm": 10}, reportedTime=text(after(minutes=1))
    )
    found = only(quake(JIANGSU), reviewed, later)
    assert (found.magnitude, found.depth_km) == (4.8, 10)
    assert kinds(found) == {
        "origin_time": (REVIEWED, "320000"),
        "epicenter": (REVIEWED, "320000"),
        "magnitude": (REVIEWED, "320000"),
        "depth_km": (AUTOMATIC, "310000"),
    }
    assert [m.magnitude for m in found.members] == [5.2, 4.8]


def test_what_a_review_leaves_out_stands_as_the_machine_had_it() -> None:
    first = quake(JIANGSU, changes={"depthKm": 12})
    found = only(first, quake(JIANGSU, "REVIEWED", revision=2))
    assert found.depth_km == 12
    assert kinds(found)["depth_km"] == (AUTOMATIC, "320000")
    assert first.header.message_id in found.message_ids


def test_an_unknown_depth_stays_unknown() -> None:
    found = only(quake())
    assert not found.HasField("depth_km")
    assert "depth_km" not in kinds(found)


def test_a_withdrawal_takes_the_earthquake_back_unless_others_stand_by_it() -> None:
    withdrawn = quake(JIANGSU, "WITHDRAWN", revision=2)
    assert shaken(quake(JIANGSU), withdrawn) == []
    found = only(quake(JIANGSU), withdrawn, quake(SHANGHAI, changes={"magnitude": 4.7}))
    assert list(found.withdrawn_by) == ["320000"]
    assert (found.magnitude, kinds(found)["epicenter"][1]) == (4.7, "310000")


def test_it_is_shown_where_it_was_felt_province_by_province() -> None:
    there = {"intensityAreas": [felt(5, "320900", "320600"), felt(3, "310000", estimated=True)]}
    here = {"intensityAreas": [felt(4, "310151")]}
    found = only(quake(JIANGSU, changes=there), quake(SHANGHAI, changes=here), quake(ZHEJIANG))
    assert list(found.felt_provinces) == ["310000", "320000"]
    assert [(f.province, f.intensity, f.competent, f.estimated) for f in found.felt] == [
        ("310000", 4, True, False),
        ("310000", 3, False, True),
        ("320000", 5, True, False),
    ]


def test_an_outline_without_codes_is_felt_where_points_lie_in_it() -> None:
    center = {"latitude": 31.3, "longitude": 120.6, "crs": "COORDINATE_SYSTEM_WGS84"}
    circle = {"area": {"circle": {"center": center, "radiusMeters": 20000}}}
    found = only(quake(changes={"intensityAreas": [{"intensity": 4} | circle]}))
    assert [(f.province, f.inferred) for f in found.felt] == [("320000", True)]
    assert "320500" in found.felt[0].admin_codes


@pytest.mark.parametrize(("days", "shown"), [(-1e-6, 0), (0, 1), (7, 1), (7.001, 0)])
def test_it_is_shown_for_a_week(days: float, shown: int) -> None:
    assert len(shaken(quake(), at=after(days=days))) == shown


def test_an_origin_time_in_the_next_century_is_asked_about() -> None:
    seen = known(quake(occurredTime=text(after(days=36500))))
    assert earthquakes.evaluate(seen, us(after(days=36501))) == []
    assert [q.kind for q in seen.questions] == ["time_in_future"]


@settings(deadline=None)
@given(data=st.data())
def test_the_order_in_which_they_came_does_not_matter(data: st.DataObject) -> None:
    told = [
        quake(
            f"{data.draw(st.sampled_from(['310000', '320000', '330000']))}/quake/{n}",
            data.draw(st.sampled_from(["AUTOMATIC", "REVIEWED", "WITHDRAWN"])),
            at=after(seconds=data.draw(st.integers(-120, 0))),
            changes={"magnitude": data.draw(st.sampled_from([4.0, 5.0]))},
        )
        for n in range(data.draw(st.integers(1, 5)))
    ]
    shuffled = data.draw(st.permutations([*told, *told[:2]]))
    assert shaken(*told) == shaken(*shuffled)
