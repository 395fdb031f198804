"""The whole picture: its instant, its digest, and that only its input decides."""

from datetime import datetime
from typing import Any

import pytest

from pipelines.facts.facts import Facts
from pipelines.facts.scope import ACTUAL
from pipelines.facts.state import fold
from pipelines.pictures.picture import Picture, Staleness, evaluate
from tests.support.builders import NOW
from tests.support.situation import (
    after,
    alert,
    answer,
    control,
    exercise,
    incident,
    lacking,
    offer,
    picture,
    request,
    resource,
    response,
    text,
    us,
    warning,
    waybill,
)
from yrd.exchange.v1.message_pb2 import Message

DRILL = "exercise/drill"
STORY = [
    lacking(),
    resource(),
    warning(),
    control(),
    waybill(),
    alert(),
    request("330000/request/1", {"incidentId": "330000/flood/1"}),
    answer("340000/answer/1", [offer(1)], {"requestId": "330000/request/1"}),
    answer("320000/answer/1", [offer(1)], {"requestId": "330000/request/1"}),
]


def digest(*told: Message) -> str:
    return picture(told).summary.input_digest


def serialised(found: Picture) -> bytes:
    return found.summary.SerializeToString(deterministic=True)


def drilled(told: list[Message], now: datetime) -> Picture:
    return evaluate(DRILL, fold(told), us(now), Staleness())


def test_the_same_input_at_the_same_instant_is_the_same_picture() -> None:
    first = picture(STORY)
    for n in range(len(STORY)):
        again = picture([*STORY[n:], *reversed(STORY[: n + 1])])
        assert serialised(again) == serialised(first)
        assert again.proposals == first.proposals


def test_the_digest_is_that_of_the_input_and_not_of_the_instant() -> None:
    assert picture(STORY, after(days=9)).summary.input_digest == digest(*STORY)


@pytest.mark.parametrize(
    "more",
    [
        incident("310000/flood/2", sequence=7),
        lacking(changes={"title": "x"}, revision=2),
        lacking(sequence=1),
        resource(sealed=after(seconds=1)),
        resource("330000/pumps"),
    ],
)
def test_any_news_changes_the_digest(more: Message) -> None:
    assert digest(*STORY, more) != digest(*STORY)


@pytest.mark.parametrize("again", STORY)
def test_what_is_known_already_does_not_change_the_digest(again: Message) -> None:
    assert digest(*STORY, again) == digest(*STORY)


def test_states_of_different_keys_cannot_be_mistaken_for_each_other() -> None:
    here = {key: state for key, state in fold([incident()]).items() if key.subject == "incidents"}
    there = {type(key)(key.scope, key.subject, "320000"): state for key, state in here.items()}
    assert Facts(here).digest() != Facts(there).digest()


def test_summary_and_proposals_rest_on_the_same_input() -> None:
    found = picture(STORY)
    assert [p.input_digest for p in found.proposals] == [found.summary.input_digest] * 2
    assert [p.as_of_time for p in found.proposals] == [found.summary.as_of_time] * 2


def test_the_actual_picture_is_as_of_the_clock() -> None:
    assert (
        picture(STORY, after(days=2)).summary.as_of_time.ToSeconds() == us(after(days=2)) // 10**6
    )


@pytest.mark.parametrize("clock", [NOW, after(days=-900), after(days=900)])
def test_an_exercise_is_as_of_the_newest_that_it_told(clock: datetime) -> None:
    told = [
        incident(**exercise(), told=after(hours=-5)),
        resource(**exercise(), told=after(hours=-2), sealed=after(hours=1)),
    ]
    found = drilled(told, clock)
    assert found.summary.as_of_time.ToSeconds() == us(after(hours=-2)) // 10**6
    assert found == drilled(told, NOW)


@pytest.mark.parametrize(("hours", "silent"), [(24, False), (25, True)])
def test_an_exercise_is_patient(hours: int, silent: bool) -> None:
    told = [
        incident(**exercise()),
        resource(**exercise(), told=after(hours=hours)),
    ]
    lines = {c.participant: c.stale for c in drilled(told, NOW).summary.coverage}
    assert lines["310000"] is silent
    assert lines["320000"] is False


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (-1, {"warnings": 0, "controls": 0, "resources": 0}),
        (0, {"warnings": 1, "controls": 1, "resources": 0}),
        (2, {"warnings": 0, "controls": 0, "resources": 1}),
    ],
)
def test_what_is_in_force_is_decided_by_the_instant(hours: int, expected: dict[str, int]) -> None:
    soon = text(after(hours=1))
    told = [
        warning(changes={"expireTime": soon}),
        control(changes={"endTime": soon}),
        resource(changes={"validUntilTime": soon}),
    ]
    summary = picture(told, after(hours=hours)).summary
    found = {
        "warnings": len(summary.warnings),
        "controls": len(summary.controls),
        "resources": summary.resources[0].outdated,
    }
    assert found == expected


def test_a_control_in_force_is_shown_with_the_trip_that_it_stops() -> None:
    assert picture(STORY).summary.hazmat[0].control_ids == ["310000/control/1"]
    assert picture(STORY, after(hours=-1)).summary.hazmat[0].control_ids == []


@pytest.mark.parametrize(("minutes", "silent"), [(10, False), (10.1, True)])
def test_ten_minutes_without_a_word_are_silence(minutes: float, silent: bool) -> None:
    assert picture(STORY, after(minutes=minutes)).summary.coverage[0].stale is silent


SECTIONS = (
    "as_of_time scope coverage incidents totals warnings responses controls resources aid hazmat"
    " input_digest"
)


@pytest.mark.parametrize("section", SECTIONS.split())
def test_every_section_is_filled(section: str) -> None:
    summary = picture([*STORY, response()]).summary
    assert section in {field.name for field, _ in summary.ListFields()}


def test_totals_are_those_of_the_incidents_shown() -> None:
    summary = picture([*STORY, incident("330000/flood/2")]).summary
    assert summary.totals.incidents == len(summary.incidents) == 2


def test_nothing_told_is_a_picture_too() -> None:
    found = picture([])
    assert len(found.summary.coverage) == 5
    assert all(c.stale for c in found.summary.coverage)
    assert found.proposals == ()
    assert drilled([], NOW).summary.as_of_time.ToSeconds() == 0


def test_every_message_that_a_picture_names_was_told() -> None:
    found = picture([*STORY, lacking(wanted=[], revision=0)])
    views: list[Any] = [found.summary, *found.proposals]
    named = {i for view in views for i in _named(view)}
    assert named == {m.header.message_id for m in STORY}


def _named(view: Any) -> list[str]:
    """Every message id that stands anywhere in a view."""
    found: list[str] = []
    for field, value in view.ListFields():
        if field.name == "message_id":
            found.append(value)
        elif field.name == "message_ids":
            found += value
        elif field.message_type is not None:
            for item in value if field.is_repeated else [value]:
                found += _named(item)
    return found


def test_scopes_have_the_limits_that_were_asked_for() -> None:
    patient = Staleness(actual=after(hours=1) - NOW)
    line = evaluate(ACTUAL, fold([incident()]), us(after(minutes=59)), patient).summary.coverage[0]
    assert line.stale is False
