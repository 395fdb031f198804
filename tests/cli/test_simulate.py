"""`yrd simulate`: prints tables, writes a report with plots, and refuses what can't be."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.support.commands import yrd

SMALL = ("simulate", "mesh", "--participants", "4", "--hours", "1", "--step", "10")


def test_tables_for_people() -> None:
    ran = yrd(*SMALL, "--outage", "320000@0.2h+0.3h", "--typhoon", "0.5-0.8")
    assert ran.status == 0
    assert "| 全部恰好到达一次 | all arrived exactly once | 是 yes |" in ran.out
    assert "| 340000 | 安徽 Anhui |" in ran.out
    assert "| 320000@0.2h+0.3h |" in ran.out


def test_a_folder_with_report_and_plots(tmp_path: Path) -> None:
    out = tmp_path / "out"
    ran = yrd(*SMALL, "--outage", "320000/joint@0.2h+0.3h", "--out", str(out), "--json", "-")
    assert ran.status == 0
    written = json.loads((out / "report.json").read_text())
    assert written == ran.json()
    assert len(written["links"]) == 5 * 4
    assert {row["missing"] for row in written["lags"]} == {0}
    (recovered,) = written["recovery"]
    assert recovered["lacked"] > 0 and recovered["life"] is not None
    for name in ("traffic", "processor", "lag", "backlog"):
        assert ElementTree.fromstring((out / f"{name}.svg").read_text()).tag.endswith("svg")


def test_equal_seeds_give_equal_results_and_others_do_not() -> None:
    first, second, other = (yrd(*SMALL, "--json", "-", "--seed", s).json() for s in "778")
    assert first == second != other


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--outage", "320000"), "write who@start+length in hours, such as 320000@6h+2h"),
        (("--outage", "320000@0.5h+0.6h"), "must have a length and end within the 1 hours"),
        (("--outage", "110000@0.2h+0.1h"), "110000 is none of 310000, 320000"),
        (("--typhoon", "8"), "write two hours, such as 8-20"),
        (("--typhoon", "9-8"), "the first hour must lie before the second"),
        (("--figures", "/nowhere.yaml"), "check --figures"),
        (("--participants", "32"), "--participants"),
        (("--json", "/nowhere/x.json"), "/nowhere/x.json: No such file or directory; check --json"),
        (("--out", "/dev/null/x"), "/dev/null/x: Not a directory; check --json and --out"),
    ],
)
def test_what_can_not_be_is_named(given: tuple[str, ...], said: str) -> None:
    ran = yrd(*SMALL, *given)
    assert ran.status == 2
    assert said in ran.err


def test_what_is_needed(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("streams: {movement: {per_hour: 20000000}}")
    usual, twice = (
        yrd("simulate", "needs", "--json", "-", *more).json() for more in ((), ("--figures", own))
    )
    assert usual["load"][0]["value"] < twice["load"][0]["value"] < 2 * usual["load"][0]["value"]
    (given,) = (f for f in twice["figures"] if f["name"] == "streams.movement.per_hour")
    assert given["source"] == str(own)
    assert "| 联合值守 | joint room |" in yrd("simulate", "needs").out
