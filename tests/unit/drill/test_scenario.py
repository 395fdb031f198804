"""Scenarios as they are read: order, revisions, references, times, the storm's fixes."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from integration.drill.scenario import Scenario, load, scenarios
from tests.support import tiny
from tests.support.tiny import incident, need, step, stock
from yrd.exchange.v1.message_pb2 import Mode, Priority

AT = "2021-07-25T{:02}:00+08:00"


def test_steps_come_by_time_from_all_files(tmp_path: Path) -> None:
    folder = tiny.write(tmp_path, step(AT.format(15), entity="c"), step(AT.format(9), entity="a"))
    (folder / "more.yaml").write_text(
        (folder / "steps.yaml").read_text().replace("T09", "T10").replace("T15", "T16")
        .replace("entity: c", "entity: d").replace("entity: a", "entity: b")
    )  # fmt: skip
    scenario = load(str(folder))
    assert [s.draft.header.entity_id[-1] for s in scenario.steps] == ["a", "b", "c", "d"]
    assert {s.where.split(":")[0] for s in scenario.steps} == {"steps.yaml", "more.yaml"}


def test_revisions_count_by_time(tmp_path: Path) -> None:
    times = (15, 9, 12)
    scenario = tiny.made(tmp_path, *(step(AT.format(hour)) for hour in times), step(entity="other"))
    found = [
        (s.at.hour + 8, s.draft.header.revision)
        for s in scenario.steps
        if s.draft.header.entity_id == "310000/tiny/flood"
    ]
    assert found == [(9, 1), (12, 2), (15, 3)]


def test_of_one_instant_the_order_of_the_file_holds(tmp_path: Path) -> None:
    """Also where line 9 comes before line 10."""
    bodies = [incident(title=f"第{number}报") for number in range(12)]
    scenario = tiny.made(tmp_path, *(step(body=body) for body in bodies))
    told = [(s.draft.header.revision, s.draft.incident_report.title) for s in scenario.steps]
    assert told == [(number + 1, f"第{number}报") for number in range(12)]


def test_ids_are_the_same_every_time_and_never_twice(tmp_path: Path) -> None:
    steps = [step(AT.format(9)), step(AT.format(10)), step(AT.format(9), entity="other")]
    first = [s.draft.header.message_id for s in tiny.made(tmp_path, *steps).steps]
    again = [s.draft.header.message_id for s in load(str(tmp_path)).steps]
    renamed = tiny.made(tmp_path, *steps, exercise_id="other")
    assert first == again
    assert len(set(first) | {s.draft.header.message_id for s in renamed.steps}) == 6


def test_a_reply_names_the_newest_message(tmp_path: Path) -> None:
    scenario = tiny.made(
        tmp_path,
        step(AT.format(9)),
        step(AT.format(10)),
        step(AT.format(11), origin="320000", entity="answer", reply_to="310000:flood"),
        step(AT.format(12)),
    )
    ids = [s.draft.header.message_id for s in scenario.steps]
    assert [s.draft.header.in_reply_to for s in scenario.steps] == ["", "", ids[1], ""]


def test_times_become_utc_and_references_become_ids(tmp_path: Path) -> None:
    body = incident(
        same_event_ids=[{"entity": "320000:flood"}],
        casualties={"dead": 1, "as_of_time": "2021-07-25T10:30+08:00"},
        needs=[need(6, needed_by_time="2021-07-25T20:00+08:00")],
    )
    occurred = "2021-07-25T11:00+09:00"
    (made,) = tiny.made(tmp_path, step(body=body, occurred=occurred, incidents=["330000:a"])).steps
    header, report = made.draft.header, made.draft.incident_report
    assert made.at == datetime(2021, 7, 25, 4, tzinfo=UTC)
    assert header.reported_time.ToJsonString() == "2021-07-25T04:00:00Z"
    assert header.occurred_time.ToJsonString() == "2021-07-25T02:00:00Z"
    assert report.casualties.as_of_time.ToJsonString() == "2021-07-25T02:30:00Z"
    assert report.needs[0].needed_by_time.ToJsonString() == "2021-07-25T12:00:00Z"
    assert list(report.same_event_ids) == ["320000/tiny/flood"]
    assert list(header.incident_ids) == ["330000/tiny/a"]


def test_an_exercise_says_so_and_an_actual_message_does_not(tmp_path: Path) -> None:
    scenario = tiny.made(
        tmp_path,
        step(AT.format(9), priority="life_safety"),
        step(
            AT.format(10),
            entity="stock",
            body=stock("310000", 3),
            field="resource_status",
            mode="actual",
        ),
    )
    exercise, actual = (s.draft.header for s in scenario.steps)
    assert (exercise.mode, exercise.exercise_id) == (Mode.MODE_EXERCISE, "tiny")
    assert (actual.mode, actual.exercise_id) == (Mode.MODE_ACTUAL, "")
    assert exercise.priority == Priority.PRIORITY_LIFE_SAFETY
    assert actual.priority == Priority.PRIORITY_ROUTINE


TRACK = """\
track_id,time,lon,lat,wind_kt,slp_hpa
x,2021-07-23 00:00:00,124.0,28.0,70.0,960.0
x,2021-07-24 03:00:00,123.4,28.7,70.0,962.0
x,2021-07-24 12:00:00,123.0,29.0,65.0,970.0
x,2021-07-25 00:00:00,122.8,29.5,,972.0
x,2021-07-25 06:00:00,122.4,30.0,60.0,975.0
"""
STORM = {
    "number": "2106",
    "name_zh": "烟花",
    "name_en": "In-Fa",
    "track": "track.csv",
    "track_source": "track",
    "operational": [
        {
            "fix_time": "2021-07-25T10:30+08:00",
            "center": {"latitude": 29.9, "longitude": 122.4},
            "wind_mps": 38,
            "pressure_hpa": 965,
            "source": "news",
        }
    ],
}


@pytest.fixture
def storm(tmp_path: Path) -> Scenario:
    """A warning of 25 July 12:00 Beijing time, beside a storm's track."""
    (tmp_path / "track.csv").write_text(TRACK)
    body = {"headline": "台风橙色预警"}
    return tiny.made(tmp_path, step(body=body, field="early_warning", storm=True), storm=STORM)


def test_a_warning_has_the_fixes_of_the_last_day_with_their_sources(storm: Scenario) -> None:
    typhoon = storm.steps[0].draft.early_warning.typhoon
    assert (typhoon.number, typhoon.name_zh, typhoon.name_en) == ("2106", "烟花", "In-Fa")
    fixes = [(f.fix_time.ToJsonString(), f.source, f.pressure_hpa) for f in typhoon.observed]
    assert fixes == [
        ("2021-07-24T12:00:00Z", "best track", 970.0),
        ("2021-07-25T00:00:00Z", "best track", 972.0),
        ("2021-07-25T02:30:00Z", "the news of that day", 965.0),
    ]


def test_knots_become_metres_a_second_and_nothing_stays_nothing(storm: Scenario) -> None:
    observed = storm.steps[0].draft.early_warning.typhoon.observed
    assert observed[0].wind_mps == 33.4
    assert not observed[1].HasField("wind_mps")
    assert observed[2].wind_mps == 38


def test_the_track_that_came_stands_for_a_forecast_under_its_own_source(tmp_path: Path) -> None:
    (tmp_path / "track.csv").write_text(TRACK)
    radii = [{"beaufort_force": 7, "minimum_km": 100, "maximum_km": 200}]
    ahead = STORM | {"forecast": {"hours": 2, "source": "news", "radii": radii}}
    warned = step(body={"headline": "台风橙色预警"}, field="early_warning", storm=True)
    scenario = tiny.made(tmp_path, warned, storm=ahead)
    typhoon = scenario.steps[0].draft.early_warning.typhoon
    fixes = [(f.fix_time.ToJsonString(), f.source) for f in typhoon.forecast]
    assert fixes == [
        ("2021-07-25T00:00:00Z", "the news of that day"),
        ("2021-07-25T06:00:00Z", "the news of that day"),
    ]
    assert [f.radii[0].maximum_km for f in typhoon.forecast] == [200, 200]
    assert len(typhoon.observed) == 3


def test_the_list_names_what_can_be_loaded() -> None:
    for info in scenarios():
        scenario = load(info.name)
        assert (scenario.title_zh, scenario.title_en) == (info.title_zh, info.title_en)
