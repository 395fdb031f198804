"""What a drill expects of the joint picture, on scenarios of a few steps."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from integration.drill.expectation import ExpectedPicture, expected
from tests.support import tiny
from tests.support.tiny import incident, need, step, stock
from yrd.coordination.v1.dialogue_pb2 import ObjectionGround
from yrd.exchange.v1.message_pb2 import Mode

QINGPU = {
    "admin_code": "310118",
    "point": {"latitude": 31.15, "longitude": 121.1, "crs": "COORDINATE_SYSTEM_WGS84"},
}
WUJIANG = {
    "admin_code": "320509",
    "point": {"latitude": 31.14, "longitude": 121.05, "crs": "COORDINATE_SYSTEM_WGS84"},
}
FAR = {
    "admin_code": "320509",
    "point": {"latitude": 31.14, "longitude": 120.6, "crs": "COORDINATE_SYSTEM_WGS84"},
}
A, B, C = "310000/tiny/a", "320000/tiny/b", "330000/tiny/c"


def picture(folder: Path, *steps: dict[str, Any]) -> ExpectedPicture:
    """What is expected of the exercise."""
    return expected(tiny.made(folder, *steps).steps, Mode.MODE_EXERCISE)


def report(
    entity: str = "a", origin: str = "310000", at: str = "2021-07-25T12:00+08:00", **changes: Any
) -> dict[str, Any]:
    """A report of a flood in Qingpu; `changes` go into the body."""
    return step(at, origin, entity, incident(**({"place": QINGPU} | changes)))


FIRE = {"scheme": "GB/T 35561", "value": "12D01"}
PAIRS: list[tuple[str, dict[str, Any], bool]] = [
    ("near, soon, of one kind", report("b", "320000", place=WUJIANG), True),
    ("far away", report("b", "320000", place=FAR), False),
    ("of another kind", report("b", "320000", place=WUJIANG, primary_type=FIRE), False),
    ("a day later", report("b", "320000", "2021-07-26T13:00+08:00", place=WUJIANG), False),
    ("within a day", report("b", "320000", "2021-07-26T11:00+08:00", place=WUJIANG), True),
    (
        "far away and said to be the same",
        report("b", "320000", place=FAR, same_event_ids=[{"entity": "310000:a"}]),
        True,
    ),
    ("withdrawn", report("b", "320000", place=WUJIANG, kind="REPORT_KIND_WITHDRAWAL"), False),
]


@pytest.mark.parametrize(
    ("other", "same"), [row[1:] for row in PAIRS], ids=[row[0] for row in PAIRS]
)
def test_two_reports_are_one_event(tmp_path: Path, other: dict[str, Any], same: bool) -> None:
    found = picture(tmp_path, report(), other).incidents
    withdrawn = other["incident_report"]["kind"].endswith("WITHDRAWAL")
    apart = {frozenset({A})} | (set() if withdrawn else {frozenset({B})})
    assert set(found) == ({frozenset({A, B})} if same else apart)


def test_two_reports_of_one_participant_are_two_events(tmp_path: Path) -> None:
    assert len(picture(tmp_path, report("a"), report("b")).incidents) == 2


def test_events_are_joined_by_what_lies_between_them(tmp_path: Path) -> None:
    said = [{"entity": "310000:a"}, {"entity": "330000:c"}]
    steps = [
        report(),
        report("c", "330000", place={"admin_code": "330421"}, primary_type=FIRE),
        report("b", "320000", place=FAR, same_event_ids=said),
    ]
    assert set(picture(tmp_path, *steps).incidents) == {frozenset({A, B, C})}


def test_of_two_that_are_near_the_nearer_is_the_same_event(tmp_path: Path) -> None:
    """One authority's two reports are two events, and stay so."""
    steps = [
        report(),
        report("far", "320000", place=WUJIANG),
        report("b", "320000", place=QINGPU),
    ]
    assert set(picture(tmp_path, *steps).incidents) == {
        frozenset({A, B}),
        frozenset({"320000/tiny/far"}),
    }


def test_the_one_at_home_speaks_for_the_event(tmp_path: Path) -> None:
    """Even if the neighbour told something later."""
    home = report(casualties={"dead": 1})
    later = report("b", "320000", "2021-07-25T15:00+08:00", place=QINGPU, casualties={"dead": 7})
    assert picture(tmp_path, home, later).incidents == {frozenset({A, B}): {"dead": 1}}


def test_the_newest_revision_counts_and_the_unknown_is_not_zero(tmp_path: Path) -> None:
    steps = [
        report(casualties={"dead": 0, "missing": 3}),
        report(at="2021-07-25T15:00+08:00", casualties={"dead": 2, "missing": 0}),
        report(at="2021-07-25T14:00+08:00", casualties={"injured": 9}),
    ]
    found = picture(tmp_path, *steps)
    assert found.incidents == {frozenset({A}): {"dead": 2, "missing": 0}}
    assert found.as_of == datetime(2021, 7, 25, 7, tzinfo=UTC)
    assert found.counts == {"310000": 3}


def test_exercise_and_actual_are_kept_apart(tmp_path: Path) -> None:
    steps = tiny.made(tmp_path, report(), report("b", "320000") | {"mode": "actual"}).steps
    assert expected(steps, Mode.MODE_EXERCISE).counts == {"310000": 1}
    actual = expected(steps, Mode.MODE_ACTUAL)
    assert (actual.counts, set(actual.incidents)) == ({"320000": 1}, {frozenset({B})})


def _warning(entity: str, **changes: Any) -> dict[str, Any]:
    body = {"action": "WARNING_ACTION_ISSUE", "issue_time": "2021-07-25T10:00+08:00"} | changes
    return step("2021-07-25T10:00+08:00", entity=entity, body=body, field="early_warning")


WARNINGS = [
    ({}, True),
    ({"expire_time": "2021-07-25T12:01+08:00"}, True),
    ({"expire_time": "2021-07-25T12:00+08:00"}, False),
    ({"issue_time": "2021-07-25T12:00+08:00"}, True),
    ({"issue_time": "2021-07-25T12:30+08:00"}, False),
    ({"action": "WARNING_ACTION_CANCEL"}, False),
    ({"action": "WARNING_ACTION_UPDATE"}, True),
]


@pytest.mark.parametrize(("changes", "in_force"), WARNINGS)
def test_warnings_in_force_at_the_end(
    tmp_path: Path, changes: dict[str, Any], in_force: bool
) -> None:
    """The last message is told at 12:00."""
    found = picture(tmp_path, _warning("w", **changes), report()).warnings
    assert found == ({"310000/tiny/w"} if in_force else set())


def _stock(origin: str, available: int, kept: int = 0, **changes: Any) -> dict[str, Any]:
    return step(
        origin=origin,
        entity="stock",
        body=stock(origin, available, kept, **changes),
        field="resource_status",
    )


def _request(quantity: float, at: str = "2021-07-25T13:00+08:00") -> dict[str, Any]:
    line = {"need": need(quantity), "report_to": QINGPU}
    body = {"requester": "310000", "incident_id": {"entity": "310000:a"}, "lines": [line]}
    return step(at, entity="request", body=body, field="aid_request")


def _answer(origin: str, quantity: float, decision: str = "AID_DECISION_PARTIAL") -> dict[str, Any]:
    line = {"request_line_id": "pumps", "decision": decision, "quantity": {"value": quantity}}
    body = {"responder": origin, "request_id": {"entity": "310000:request"}, "lines": [line]}
    return step("2021-07-25T14:00+08:00", origin, "answer", body, "aid_response")


WANTS = report(needs=[need(10)])
LENDERS: list[tuple[str, list[dict[str, Any]], list[tuple[str, float]] | None]] = [
    ("nobody has any", [WANTS], []),
    ("its own are enough", [WANTS, _stock("310000", 10)], None),
    ("its own are kept", [WANTS, _stock("310000", 10, 8), _stock("320000", 20)], [("320000", 8)]),
    ("the next one has enough", [WANTS, _stock("320000", 20), _stock("340000", 20)], [("320000", 10)]),
    (
        "the nearest first",
        [WANTS, _stock("340000", 20), _stock("330000", 4), _stock("320000", 3)],
        [("330000", 4), ("320000", 3), ("340000", 3)],
    ),
    (
        "all together too little",
        [WANTS, _stock("320000", 2), _stock("330000", 3)],
        [("330000", 3), ("320000", 2)],
    ),
    ("what must be kept is kept", [WANTS, _stock("320000", 12, 5)], [("320000", 7)]),
    ("another unit", [WANTS, _stock("320000", 20, stock={"unit": "套", "available": 20})], []),
    ("another kind", [WANTS, _stock("320000", 20, kind="RESOURCE_KIND_FORCE")], []),
    ("another capability", [WANTS, _stock("320000", 20, capabilities=[FIRE])], []),
    (
        "its state no longer holds",
        [WANTS, _stock("320000", 20, valid_until_time="2021-07-25T11:00+08:00")],
        [],
    ),
    ("a request says more", [WANTS, _request(15), _stock("320000", 20)], [("320000", 15)]),
    (
        "an offer counts",
        [WANTS, _request(15), _answer("320000", 6), _stock("330000", 20)],
        [("330000", 9)],
    ),
    (
        "a refusal does not",
        [WANTS, _request(15), _answer("320000", 6, "AID_DECISION_DECLINE"), _stock("330000", 20)],
        [("330000", 15)],
    ),
    (
        "who refused is not asked again",
        [WANTS, _request(15), _answer("320000", 6, "AID_DECISION_DECLINE"), _stock("320000", 20)],
        [],
    ),
    (
        "the time to gather counts",
        [WANTS, _stock("330000", 20, mobilize_minutes=600), _stock("340000", 20)],
        [("340000", 10)],
    ),
    (
        "the last report wants nothing",
        [report(needs=[need(10)], kind="REPORT_KIND_FINAL"), _stock("320000", 20)],
        None,
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("steps", "lenders"), [row[1:] for row in LENDERS], ids=[row[0] for row in LENDERS]
)
def test_who_could_lend(
    tmp_path: Path, steps: list[dict[str, Any]], lenders: list[tuple[str, float]] | None
) -> None:
    found = picture(tmp_path, *steps).lenders
    assert found == ({} if lenders is None else {(A, "pumps"): lenders})


def test_saving_lives_comes_first(tmp_path: Path) -> None:
    steps = [
        report("a", needs=[need(8)]),
        report(
            "z",
            at="2021-07-25T13:00+08:00",
            place={"admin_code": "310101"},
            needs=[need(8, life_saving=True)],
        ),
        _stock("320000", 10),
    ]
    found = picture(tmp_path, *steps).lenders
    assert found == {
        ("310000/tiny/z", "pumps"): [("320000", 8)],
        (A, "pumps"): [("320000", 2)],
    }


def test_of_two_needs_the_sooner_comes_first(tmp_path: Path) -> None:
    soon, later = (need(8, needed_by_time=f"2021-07-25T{hour}:00+08:00") for hour in (18, 20))
    steps = [
        report("a", needs=[later]),
        report("z", place={"admin_code": "310101"}, needs=[soon]),
        _stock("320000", 10),
    ]
    assert picture(tmp_path, *steps).lenders["310000/tiny/z", "pumps"] == [("320000", 8)]


def test_what_is_planned_to_be_wrong_is_asked_about_until_it_is_corrected(tmp_path: Path) -> None:
    wrong = {"questioned": {"kind": "stock_balance", "ground": "incorrect"}}
    pumps = stock("320000", 1)
    first = step("2021-07-25T12:00+08:00", "320000", "a", pumps, "resource_status", **wrong)
    other = step("2021-07-25T12:00+08:00", "320000", "b", pumps, "resource_status", **wrong)
    right = step("2021-07-25T13:00+08:00", "320000", "a", pumps, "resource_status")
    steps = tiny.made(tmp_path, first, other, right).steps
    found = expected(steps, Mode.MODE_EXERCISE)
    ids = {s.draft.header.entity_id: s.draft.header.message_id for s in steps if s.questioned}
    assert found.questions == {("stock_balance", "320000", ids["320000/tiny/b"])}
    assert found.grounds == dict.fromkeys(ids.values(), ObjectionGround.OBJECTION_GROUND_INCORRECT)
