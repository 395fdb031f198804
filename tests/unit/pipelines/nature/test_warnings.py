"""Warnings, responses and controls in force at an instant."""

from typing import Any

import pytest

from pipelines.nature import warnings
from tests.support.situation import after, control, known, response, text, us, warning

CANCEL = {"action": "WARNING_ACTION_CANCEL", "references": ["31000041600000_20260601200000"]}
UPDATE = CANCEL | {"action": "WARNING_ACTION_UPDATE", "color": "WARNING_COLOR_RED"}
NOON, EVENING = after(), after(hours=6)


@pytest.mark.parametrize(
    ("seconds", "in_force"), [(-1, False), (0, True), (1, True), (3599, True), (3600, False)]
)
def test_a_warning_holds_from_its_issue_until_it_expires(seconds: int, in_force: bool) -> None:
    made = warning(changes={"expireTime": text(after(hours=1))})
    found = warnings.warnings(known(made), us(after(seconds=seconds)))
    assert bool(found) is in_force


def test_a_warning_without_an_end_holds_until_it_is_lifted() -> None:
    (found,) = warnings.warnings(known(warning()), us(after(days=30)))
    assert not found.HasField("expire_time")
    lifted = known(warning(), warning(changes=CANCEL, revision=2))
    assert warnings.warnings(lifted, us(NOON)) == []


def test_an_update_takes_the_place_of_what_it_updates() -> None:
    told = known(warning(), warning(changes=UPDATE, revision=2))
    assert [w.color for w in warnings.warnings(told, us(NOON))] == [1]


def test_a_warning_that_was_lifted_may_be_issued_anew() -> None:
    told = known(warning(), warning(changes=CANCEL, revision=2), warning(revision=3))
    assert len(warnings.warnings(told, us(NOON))) == 1


def test_the_expiry_is_that_of_the_newest_publication() -> None:
    told = known(
        warning(changes={"expireTime": text(after(hours=1))}),
        warning(changes=UPDATE | {"expireTime": text(after(hours=9))}, revision=2),
    )
    assert len(warnings.warnings(told, us(EVENING))) == 1


def test_the_highest_colour_comes_first_then_by_participant() -> None:
    told = known(
        warning("330000/w"),
        warning("310000/b"),
        warning("310000/a"),
        warning("340000/w", {"color": "WARNING_COLOR_RED"}),
        warning("320000/w", {"color": "WARNING_COLOR_YELLOW"}),
    )
    found = [w.entity_id for w in warnings.warnings(told, us(NOON))]
    assert found == ["340000/w", "320000/w", "310000/a", "310000/b", "330000/w"]


def test_a_warning_shows_what_was_published() -> None:
    made = warning(changes={"expireTime": text(EVENING)})
    (found,) = warnings.warnings(known(made), us(NOON))
    published = made.early_warning
    for name in ("identifier", "event_type", "color", "headline", "area", "expire_time"):
        assert getattr(found, name) == getattr(published, name)
    assert (found.entity_id, found.participant) == ("310000/warning/1", "310000")
    assert list(found.message_ids) == [made.header.message_id]


LOWERED = {"action": "RESPONSE_ACTION_ADJUST", "level": "RESPONSE_LEVEL_III"}
ENDED = {"action": "RESPONSE_ACTION_END"}


@pytest.mark.parametrize(
    ("later", "levels"),
    [
        ([], [4]),
        ([LOWERED], [3]),
        ([LOWERED, ENDED], []),
        ([ENDED], []),
        ([ENDED, {}], [4]),
    ],
)
def test_only_an_end_ends_a_response(later: list[dict[str, Any]], levels: list[int]) -> None:
    changed = [response(changes=c, revision=n) for n, c in enumerate(later, start=2)]
    told = known(response(), *changed)
    assert [r.level for r in warnings.responses(told)] == levels


def test_a_response_outlives_what_was_expected() -> None:
    made = response(changes={"expectedUntilTime": text(after(days=-1))})
    assert len(warnings.responses(known(made))) == 1


def test_a_response_shows_what_was_decided() -> None:
    made = response()
    (found,) = warnings.responses(known(made))
    for name in ("level", "event_type", "issuer_name", "area"):
        assert getattr(found, name) == getattr(made.response_activation, name)
    assert (found.entity_id, found.participant) == ("310000/response/1", "310000")
    assert list(found.message_ids) == [made.header.message_id]


def test_the_highest_level_comes_first() -> None:
    told = known(
        response("310000/r"),
        response("330000/r", {"level": "RESPONSE_LEVEL_I"}),
        response("320000/r", {"level": "RESPONSE_LEVEL_I"}),
    )
    found = [r.participant for r in warnings.responses(told)]
    assert found == ["320000", "330000", "310000"]


@pytest.mark.parametrize(
    ("changes", "seconds", "in_force"),
    [
        ({}, -1, False),
        ({}, 0, True),
        ({}, 86_400_000, True),
        ({"endTime": text(EVENING)}, 6 * 3600 - 1, True),
        ({"endTime": text(EVENING)}, 6 * 3600, False),
        ({"lifted": True}, 1, False),
        ({"lifted": True, "endTime": text(EVENING)}, 1, False),
    ],
)
def test_a_control_holds_from_start_to_end_unless_lifted(
    changes: dict[str, Any], seconds: int, in_force: bool
) -> None:
    found = warnings.controls(known(control(changes=changes)), us(after(seconds=seconds)))
    assert bool(found) is in_force


def test_a_control_is_lifted_by_a_later_revision() -> None:
    told = known(control(), control(changes={"lifted": True}, revision=2))
    assert warnings.controls(told, us(NOON)) == []


@pytest.mark.parametrize("changes", [{}, {"endTime": text(EVENING), "hazmatOnly": True}])
def test_a_control_shows_what_was_decided(changes: dict[str, Any]) -> None:
    made = control(changes=changes)
    (found,) = warnings.controls(known(made), us(NOON))
    for name in ("kind", "object_name", "hazmat_only", "area"):
        assert getattr(found, name) == getattr(made.control_measure, name)
    assert found.HasField("end_time") == ("endTime" in changes)
    assert found.end_time == made.control_measure.end_time
    assert (found.entity_id, found.participant) == ("310000/control/1", "310000")
    assert list(found.message_ids) == [made.header.message_id]


def test_controls_stand_by_participant_and_name() -> None:
    told = known(control("330000/a"), control("310000/b"), control("310000/a"))
    found = [c.entity_id for c in warnings.controls(told, us(NOON))]
    assert found == ["310000/a", "310000/b", "330000/a"]
