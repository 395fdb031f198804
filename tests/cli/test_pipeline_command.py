"""`yrd pipeline`: a picture from archived files, and only one pipeline on one store."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from integration.drill.scenario import load
from pipelines.running.store import LiveStore
from schemas.avro.archive import append
from tests.support.builders import message
from tests.support.commands import yrd
from tests.support.situation import after, text, warning
from tests.support.stores import stocked
from yrd.exchange.v1.message_pb2 import Message


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two files as the live pipeline would have written them."""
    folder = tmp_path_factory.mktemp("archive")
    messages: list[Message] = []
    for step in load("wenling_2020").steps:
        sequence = sum(m.stamp.origin == step.participant for m in messages)
        sealed = step.at + timedelta(seconds=1)
        messages.append(message(step.participant, sequence, step.draft, sealed))
    append(folder / "1.avro", 0, messages[:6])
    append(folder / "2.avro", 0, messages[6:])
    return [folder / "1.avro", folder / "2.avro"]


def test_backfill_for_people(archives: list[Path]) -> None:
    ran = yrd("pipeline", "backfill", *archives)
    assert ran.status == 0
    assert "死亡 20" in ran.out
    assert "dead 20" in ran.out
    assert "Mutual-aid proposal" in ran.out


def test_backfill_for_programs(archives: list[Path]) -> None:
    ran = yrd("pipeline", "backfill", *archives, "--json")
    assert ran.status == 0
    summary, proposal = ran.json_lines()
    assert summary["totals"]["known"]["dead"] == 20
    assert proposal["beneficiary"] == "330000"


def test_the_order_of_files_does_not_matter(archives: list[Path]) -> None:
    forth = yrd("pipeline", "backfill", *archives, "--json")
    assert yrd("pipeline", "backfill", *reversed(archives), archives[0], "--json") == forth


def test_a_file_that_is_no_archive_is_named(archives: list[Path], tmp_path: Path) -> None:
    nothing, text, cut = tmp_path / "no.avro", tmp_path / "text.avro", tmp_path / "cut.avro"
    text.write_text("not an archive")
    cut.write_bytes(archives[0].read_bytes()[:-40])
    for path in (nothing, text, cut, tmp_path):
        ran = yrd("pipeline", "backfill", archives[0], path)
        assert (ran.status, ran.out) == (2, "")
        assert str(path) in ran.err


def test_a_second_pipeline_on_one_store_is_refused(tmp_path: Path) -> None:
    store = LiveStore(tmp_path / "pipeline" / "states.db")
    try:
        ran = yrd("pipeline", "run", "--dir", tmp_path)
    finally:
        store.close()
    assert ran.status == 1
    assert "another pipeline runs on this store" in ran.err


def test_a_report_follows_the_one_before(archives: list[Path], tmp_path: Path) -> None:
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    ran = yrd("pipeline", "report", archives[0], "--save", first)
    assert (ran.status, "首报" in ran.out, "first report" in ran.out) == (0, True, True)
    ran = yrd("pipeline", "report", *archives, "--previous", first, "--save", second)
    assert ran.status == 0
    assert "续报第1期" in ran.out
    assert "较上期变化" in ran.out
    assert "revision" in ran.out
    assert json.loads(second.read_text())["number"] == 2
    ran = yrd("pipeline", "report", archives[0], "--previous", second)
    assert (ran.status, ran.out) == (2, "")
    assert "later instant" in ran.err


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--scope", "actual"], "the files hold exercise/"),
        (["--previous", "nowhere.json"], "nowhere.json"),
        (["--save", "no/such/folder.json"], "folder.json"),
    ],
)
def test_a_report_that_cannot_be_made_says_why(
    archives: list[Path], arguments: list[str], why: str
) -> None:
    ran = yrd("pipeline", "report", archives[0], *arguments)
    assert ran.status == 2
    assert why in ran.err


def test_supplies_are_broken_up_from_archives(tmp_path: Path) -> None:
    file = tmp_path / "1.avro"
    append(file, 0, [stocked(sequence=0), stocked("310000/store/2", 8, "310115", sequence=1)])
    ran = yrd("pipeline", "supplies", file, "--area", "310000", "--kind", "101")
    assert ran.status == 0
    assert "上海 基本生活保障物资 101：可用108顶，共108（可用：市级 108）" in ran.out
    assert "金山区 Supplies for basic needs 101: 100 顶 available of 100" in ran.out
    assert yrd("pipeline", "supplies", file, "--area", "330000").status == 1
    for wrong in (["--kind", "4"], ["--kind", "10"], ["--scope", "exercise/x"]):
        assert yrd("pipeline", "supplies", file, *wrong).status == 2


def test_warnings_in_force_in_an_area_at_an_instant(tmp_path: Path) -> None:
    file = tmp_path / "1.avro"
    later = {"action": "WARNING_ACTION_UPDATE", "references": ["31000041600000_20260601200000"]}
    told = [
        warning(sequence=0),
        warning(
            changes=later | {"color": "WARNING_COLOR_RED", "issueTime": text(after(hours=1))},
            revision=2,
            sequence=1,
            sealed=after(hours=1),
        ),
        warning(
            changes=later | {"color": "WARNING_COLOR_ORANGE", "issueTime": text(after(hours=2))},
            revision=3,
            sequence=2,
            sealed=after(hours=2),
        ),
    ]
    append(file, 0, told)

    def at(instant: str, area: str = "310115") -> str:
        ran = yrd("pipeline", "warnings", file, "--area", area, "--at", instant)
        assert ran.status == 0, ran.err
        return ran.out

    assert "台风事件蓝色预警" in at("2026-06-01T20:30")
    assert "台风事件, red: 上海市; 31000041600000_20260601200000" in at("2026-06-01T21:30")
    assert "台风事件橙色预警" in at("2026-06-01T22:30")
    assert at("2026-06-01T19:59") == "无生效预警\nno warning is in force\n"
    assert "no warning is in force" in at("2026-06-01T21:30", "320500")
    for wrong in (["--area", "999999", "--at", "2026-06-01"], ["--area", "310000", "--at", "noon"]):
        assert yrd("pipeline", "warnings", file, *wrong).status == 2
