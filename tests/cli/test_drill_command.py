"""`yrd drill`: lists, refuses what it can't run, and runs a scenario to its end without a trace."""

import json
from pathlib import Path
from typing import Any

import pytest

from integration.drill import run as drill_run
from tests.support.commands import yrd
from tests.support.materials import AGREED
from tests.support.processes import alive, end, sessions_of
from tests.support.processes import yrd as start
from tests.support.waiting import until

NAMES = ["infa_2021", "wenling_2020", "xiangshui_2019"]


@pytest.fixture
def nothing_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes a test fail that would start a drill."""

    def refuse(*_: object, **__: object) -> bool:
        raise AssertionError("a drill was started")

    monkeypatch.setattr(drill_run, "run_drill", refuse)


def test_the_list_for_people() -> None:
    ran = yrd("drill", "--list")
    assert ran.status == 0
    assert [line.split()[0] for line in ran.out.splitlines()] == NAMES
    assert "台风“烟花”" in ran.out
    assert "Typhoon In-Fa, 21 to 28 July 2021" in ran.out


def test_the_list_for_programs(tmp_path: Path) -> None:
    printed = yrd("drill", "--list", "--json", "-")
    assert printed.status == 0
    assert [info["name"] for info in printed.json()] == NAMES
    assert yrd("drill", "--list", "--json", tmp_path / "list.json").status == 0
    assert json.loads((tmp_path / "list.json").read_text()) == printed.json()


@pytest.mark.usefixtures("nothing_runs")
def test_an_unknown_scenario_names_the_known_ones(tmp_path: Path) -> None:
    for name in ("infa_2022", tmp_path):
        ran = yrd("drill", name)
        assert (ran.status, ran.out) == (2, "")
        assert f"{str(name)!r} is no scenario" in ran.err
        assert ", ".join(NAMES) in ran.err


HEAD = """\
title_zh: 题
title_en: title
exercise_id: tiny
start: 2021-07-25T00:00+08:00
end: 2021-07-26T00:00+08:00
replay_seconds: 1
sources: {news: news}
"""
STEP = """\
# a step
- at: {at}
  from: "310000"
  entity: flood
  synthetic: true
  incident_report:
    kind: REPORT_KIND_INITIAL
    title: 内涝
    primary_type: {{scheme: GB/T 35561, value: 11A02}}
    place: {{admin_code: "310115"}}
"""
WRONG_DATES = [
    ("2021-07-25", ["has no offset: add +08:00"]),
    (
        "2021-07-32T12:00+08:00",
        ["'2021-07-32T12:00+08:00' is not a date", "2021-07-25T12:30+08:00"],
    ),
    ("2020-07-25T12:00+08:00", ["lies outside", "correct the date, or start and end"]),
]


@pytest.mark.usefixtures("nothing_runs")
@pytest.mark.parametrize(("at", "words"), WRONG_DATES)
def test_a_wrong_date_is_named_with_its_place(tmp_path: Path, at: str, words: list[str]) -> None:
    """File, line, field, and what to do."""
    (tmp_path / "scenario.yaml").write_text(HEAD)
    (tmp_path / "steps.yaml").write_text(STEP.format(at=at))
    ran = yrd("drill", tmp_path)
    assert (ran.status, ran.out) == (2, "")
    for word in ["steps.yaml: line 2: at: ", *words]:
        assert word in ran.err


@pytest.mark.usefixtures("nothing_runs")
def test_results_that_cannot_be_written_are_noticed_before(tmp_path: Path) -> None:
    """And not when the drill is over."""
    path = tmp_path / "nowhere" / "results.json"
    for command in (["drill", "--list"], ["drill", "xiangshui_2019"]):
        ran = yrd(*command, "--json", path)
        assert ran.status == 2
        assert str(path) in ran.err


CHECKS = {
    "every message acknowledged",
    "each holds exactly what is agreed",
    "personal groups absent where not agreed",
    "each log's root is the same everywhere",
    "newest checkpoints cosigned by every peer",
    "the last summary is right",
    "the expected proposals exist",
    "questions and objections are those planned",
    "exercise traffic is in no actual summary",
    "audit of every store",
}


def test_a_drill_to_its_end(tmp_path: Path) -> None:
    scratch, output, results = tmp_path / "scratch", tmp_path / "output", tmp_path / "results.json"
    scratch.mkdir()
    environment = {"TMPDIR": str(scratch), "PYTHONUNBUFFERED": "1"}
    process = start(["drill", "xiangshui_2019", "--json", str(results)], output, environment)
    try:
        until(lambda: "replaying" in output.read_text(), "the replay", 60)
        sessions = sessions_of(scratch)
        assert len(sessions) == 6  # five gateways and the pipeline
        assert process.wait(120) == 0
    finally:
        end(process)
    assert output.read_text().splitlines()[-1] == "drill passed: every check held"
    _assert_results(json.loads(results.read_text()))
    assert alive(sessions, scratch) == []
    assert list(scratch.iterdir()) == []


def _assert_results(found: dict[str, Any]) -> None:
    assert set(found) == {
        "scenario",
        "checks",
        "counts",
        "deliveries",
        "engines",
        "timings",
        "summary",
        "proposals",
    }
    assert found["scenario"] == "xiangshui_2019"
    assert {check["name"] for check in found["checks"]} == CHECKS
    assert all(check["ok"] and check["detail"] for check in found["checks"])
    assert found["counts"]["published"] == found["counts"]["acknowledged"] == 12
    # Shanghai has Jiangsu's reports without whom to call, the duty room has them whole
    deliveries = found["deliveries"]["320000"]
    assert deliveries["310000"] == {
        "whole": AGREED + 3,
        "redacted": 6,
        "withheld": 0,
        "quarantined": 0,
    }
    assert deliveries["joint"] == {
        "whole": AGREED + 9,
        "redacted": 0,
        "withheld": 0,
        "quarantined": 0,
    }
    assert found["summary"]["totals"]["known"]["dead"] == 78
    (proposal,) = found["proposals"]
    assert proposal["beneficiary"] == "320000"
    lent = {
        line["need"]["lineId"]: [
            (a["participant"], a["quantity"]["value"]) for a in line["allocations"]
        ]
        for line in proposal["lines"]
    }
    assert lent == {
        "engines": [("310000", 20), ("340000", 16)],
        "firefighters": [("310000", 89)],
    }


@pytest.mark.usefixtures("nothing_runs")
def test_addresses_of_engines_need_engines() -> None:
    ran = yrd("drill", "wenling_2020", "--kafka", "127.0.0.1:9092")
    assert (ran.status, "go with --engines: add it" in ran.err) == (2, True)
