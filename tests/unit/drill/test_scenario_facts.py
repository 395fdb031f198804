"""The scenarios say what is known of the events, and every draft of theirs may be published.

Figures: accident reports and news as named in each scenario.yaml; NOAA IBTrACS for the best track.
"""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from integration.drill.scenario import FOLDER, Scenario, Step, load
from schemas.authority import foreign_claims
from schemas.catalog import body_of
from schemas.instants import BEIJING
from schemas.rules import violations
from yrd.exchange.v1.message_pb2 import Mode
from yrd.warning.v1.warning_pb2 import TyphoonFix

NAMES = ("infa_2021", "wenling_2020", "xiangshui_2019")
SCENARIOS = {name: load(name) for name in NAMES}
STEPS = [(name, step) for name in NAMES for step in SCENARIOS[name].steps]
IDS = [f"{name} {step.where}" for name, step in STEPS]


@pytest.mark.parametrize("step", [step for _, step in STEPS], ids=IDS)
def test_every_draft_keeps_the_contract_and_is_its_participants_to_say(step: Step) -> None:
    body = body_of(step.draft)
    assert body is not None
    assert violations(step.draft, datetime.now(UTC)) == []
    assert foreign_claims(body, step.participant) == []
    assert step.draft.header.entity_id.startswith(f"{step.participant}/")


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=NAMES)
def test_all_is_an_exercise_but_what_says_that_it_is_not(scenario: Scenario) -> None:
    headers = [step.draft.header for step in scenario.steps]
    ids = {header.message_id for header in headers}
    assert len(ids) == len(headers)
    assert all(
        (h.mode, h.exercise_id)
        in ((Mode.MODE_EXERCISE, scenario.exercise_id), (Mode.MODE_ACTUAL, ""))
        for h in headers
    )
    assert any(header.mode == Mode.MODE_EXERCISE for header in headers)


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=NAMES)
def test_what_messages_refer_to_is_there(scenario: Scenario) -> None:
    entities = {step.draft.header.entity_id for step in scenario.steps}
    for step in scenario.steps:
        draft = step.draft
        named = [
            *draft.header.incident_ids,
            *draft.incident_report.same_event_ids,
            draft.aid_request.incident_id,
            draft.aid_response.request_id,
            draft.vehicle_movement.waybill_id,
            draft.hazmat_alert.waybill_id,
        ]
        assert {name for name in named if name} <= entities, step.where


def _raw_steps(name: str) -> list[dict[str, Any]]:
    files = [path for path in (FOLDER / name).glob("*.yaml") if path.name != "scenario.yaml"]
    return [step for path in files for step in yaml.safe_load(path.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("name", NAMES)
def test_every_step_is_sourced_or_synthetic(name: str) -> None:
    head = yaml.safe_load((FOLDER / name / "scenario.yaml").read_text(encoding="utf-8"))
    for step in _raw_steps(name):
        assert ("source" in step) != (step.get("synthetic") is True), step
        assert {*step.get("source", ())} <= head["sources"].keys()
    assert len(_raw_steps(name)) == len(SCENARIOS[name].steps)


def _fixes(scenario: Scenario) -> list[TyphoonFix]:
    return [f for s in scenario.steps for f in s.draft.early_warning.typhoon.observed]


def _fix(at: str, source: str) -> TyphoonFix:
    """The fix of In-Fa at a time (Beijing), as told by a source."""
    time = int(datetime.fromisoformat(at).replace(tzinfo=BEIJING).timestamp())
    found = [
        fix
        for fix in _fixes(SCENARIOS["infa_2021"])
        if fix.fix_time.seconds == time and source in fix.source
    ]
    assert found, f"nothing at {at} by {source}"
    assert all(fix == found[0] for fix in found)
    return found[0]


def test_infa_lands_at_putuo() -> None:
    fix = _fix("2021-07-25T12:30", "first landfall, Putuo")
    assert (fix.wind_mps, fix.pressure_hpa) == (38, 965)
    assert (fix.center.latitude, fix.center.longitude) == pytest.approx((29.9, 122.4), abs=0.2)


def test_infa_lands_again_at_pinghu() -> None:
    fix = _fix("2021-07-26T09:50", "second landfall, Pinghu")
    assert (fix.wind_mps, fix.pressure_hpa) == (28, 978)
    assert (fix.center.latitude, fix.center.longitude) == pytest.approx((30.7, 121.1), abs=0.2)


def test_infa_passes_into_wujiang() -> None:
    fix = _fix("2021-07-26T17:00", "Wujiang")
    assert (fix.center.latitude, fix.center.longitude) == pytest.approx((31.1, 120.6), abs=0.3)


def test_best_track_and_operational_figures_differ_and_both_stand() -> None:
    """First landfall: 38 m/s and 965 hPa were told then, 33.4 m/s and 970 hPa were found later."""
    best = _fix("2021-07-25T14:00", "IBTrACS")
    assert (best.wind_mps, best.pressure_hpa) == (33.4, 970)
    assert {fix.source for fix in _fixes(SCENARIOS["infa_2021"])} >= {best.source}


def test_the_best_track_is_that_of_ibtracs() -> None:
    rows = (FOLDER / "infa_2021" / "track.csv").read_text().splitlines()
    assert "2021197N17135,2021,WP,2021-07-25 06:00:00,122.4,30.0,65.0,970.0" in rows
    assert len(rows) > 50


def test_no_passenger_flew_from_shanghai_that_day() -> None:
    found = [
        step.at.astimezone(BEIJING).date()
        for step in SCENARIOS["infa_2021"].steps
        if step.draft.control_measure.reason == "台风影响，客运航班全部取消"
    ]
    assert found == [date(2021, 7, 25)]


def _series(name: str) -> list[tuple[str, dict[str, int]]]:
    """Figures of the event's reports by the time at which they were told, Beijing time."""
    found = []
    for step in SCENARIOS[name].steps:
        if step.draft.header.entity_id.endswith("/explosion"):
            stated = step.draft.incident_report.casualties.ListFields()
            figures = {f.name: v for f, v in stated if f.message_type is None}
            found.append((step.at.astimezone(BEIJING).strftime("%m-%d %H:%M"), figures))
    return found


def test_wenling_is_told_as_it_was() -> None:
    """10 on the evening, 19 on the next morning, 20 on the third day."""
    assert _series("wenling_2020") == [
        ("06-13 17:20", {}),
        ("06-13 22:00", {"dead": 10, "injured": 117}),
        ("06-14 09:00", {"dead": 19, "injured": 172}),
        ("06-15 07:00", {"dead": 20, "injured": 172}),
    ]


def test_wenlings_tanker_is_where_it_was() -> None:
    steps = {s.draft.header.entity_id.split("/", 2)[2]: s for s in SCENARIOS["wenling_2020"].steps}
    departed, alert = steps["trip/lpg"], steps["alert/lpg"]
    assert departed.draft.header.occurred_time.ToDatetime() == datetime(2020, 6, 13, 5, 4)
    assert alert.draft.header.occurred_time.ToDatetime() == datetime(2020, 6, 13, 8, 41)
    goods = alert.draft.hazmat_alert.goods[0]
    assert (goods.un_number, goods.quantity.value, goods.quantity.unit) == ("1075", 25.4, "t")
    assert alert.draft.hazmat_alert.place.admin_code == "331081"


def test_xiangshui_is_told_as_it_was() -> None:
    figures = [found for _, found in _series("xiangshui_2019")]
    assert [f.get("dead") for f in figures] == [None, 6, 44, 47, 62, 78]
    assert [f.get("missing") for f in figures] == [None, None, None, None, 28, 0]
    assert figures[-1]["seriously_injured"] == 76


def test_xiangshui_calls_for_what_was_sent_first() -> None:
    drafts = [step.draft for step in SCENARIOS["xiangshui_2019"].steps]
    (request,) = [draft.aid_request for draft in drafts if draft.HasField("aid_request")]
    wanted = {line.need.line_id: line.need.quantity for line in request.lines}
    assert {k: (q.value, q.unit) for k, q in wanted.items()} == {
        "engines": (86, "辆"),
        "firefighters": (389, "人"),
    }


def test_xiangshuis_loss_is_that_of_the_report() -> None:
    """1,986.3507 million CNY, in fen."""
    report = SCENARIOS["xiangshui_2019"].steps[-1].draft.incident_report
    assert report.direct_loss_fen == 198_635_070_000


def test_the_folder_of_a_scenario_can_be_named_by_its_path(tmp_path: Path) -> None:
    assert load(str(FOLDER / "xiangshui_2019")) == SCENARIOS["xiangshui_2019"]
