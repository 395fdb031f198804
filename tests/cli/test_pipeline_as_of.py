"""`yrd pipeline as-of`: an instant as it was known then and as it is known now."""

from pathlib import Path

import pytest

from schemas.avro.archive import append
from tests.support.commands import yrd
from tests.support.feeds import Feed
from tests.support.living import Life
from tests.support.situation import after, exercise, incident, text, us, warning

T = "2026-06-01T21:00"
"""An hour after what these tests call now."""


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A report and an exercise's; hours later a correction, and a warning that was told in time."""
    folder = tmp_path_factory.mktemp("archive")
    corrected = incident(
        changes={"kind": "REPORT_KIND_CORRECTION", "casualties": {"dead": 2}},
        revision=2,
        sequence=1,
        sealed=after(hours=5),
        reportedTime=text(after(hours=5)),
    )
    late = warning("320000/warning/1", sealed=after(hours=3))
    append(folder / "1.avro", 0, [incident(), incident(**exercise(), sequence=2)])
    append(folder / "2.avro", 0, [corrected, late])
    return [folder / "1.avro", folder / "2.avro"]


def test_for_people(archives: list[Path]) -> None:
    ran = yrd("pipeline", "as-of", T, *archives)
    assert ran.status == 0
    then, rest = ran.out.split("现在所知 · as it is known now")
    now, differences = rest.split("【差异】")
    assert "截至 2026-06-01 21:00（北京时间）" in then
    assert "死亡 0" in then
    assert "死亡 2" in now
    assert "台风蓝色预警" in differences
    assert "casualties.dead: 0 → 2" in differences


def test_for_programs_in_any_zone_and_order_of_files(archives: list[Path]) -> None:
    ran = yrd("pipeline", "as-of", T, *archives, "--json")
    assert ran.json()["known_now"]["summary"]["totals"]["known"]["dead"] == 2
    assert {d["subject"] for d in ran.json()["differences"]} >= {"incidents", "totals", "warnings"}
    for same in ("2026-06-01T13:00Z", "2026-06-01T15:00+02:00"):
        again = yrd("pipeline", "as-of", same, *archives[::-1], archives[0], "--json")
        assert again.json() == ran.json()


def test_an_exercise_is_asked_for_by_name(archives: list[Path]) -> None:
    ran = yrd("pipeline", "as-of", T, *archives, "--scope", "exercise/drill", "--json")
    assert ran.json()["scope"] == "exercise/drill"
    assert len(ran.json()["known_then"]["summary"]["incidents"]) == 1
    ran = yrd("pipeline", "as-of", T, *archives, "--scope", "exercise/other")
    assert (ran.status, ran.out) == (2, "")
    assert "there is actual, exercise/drill" in ran.err


def test_a_part_of_the_picture(archives: list[Path]) -> None:
    ran = yrd("pipeline", "as-of", T, *archives, "--part", "province/320000", "--json")
    assert ran.json()["known_now"]["summary"]["scope"] == "province/320000"
    assert {d["subject"] for d in ran.json()["differences"]} >= {"warnings"}
    assert "incidents" not in ran.json()["known_now"]["summary"]
    ran = yrd("pipeline", "as-of", T, *archives, "--part", "province/110000")
    assert (ran.status, ran.out) == (2, "")
    assert "part province/110000: neither picture has it at that instant; there is prov" in ran.err


def test_a_stack_of_its_own_while_it_runs(tmp_path: Path) -> None:
    """What the live run published is what was known at its instant."""
    life = Life(
        tmp_path, Feed([incident(), warning("320000/warning/1")]), now_us=us(after(hours=1))
    )
    with life.process() as (pipeline, _):
        pipeline.step(0)
        life.archive.rename(tmp_path / "pipeline" / "archive")
        ran = yrd("pipeline", "as-of", T, "--dir", tmp_path, "--json")
    (published,) = digests(life)
    assert ran.json()["known_then"]["summary"]["inputDigest"] == published


def digests(life: Life) -> list[str]:
    summaries = life.board.of("joint/summary/actual")
    return [draft.situation_summary.input_digest for draft in summaries]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["yesterday", "FILE"], "yesterday: not an instant. Give it in ISO 8601"),
        ([T], "name archive files, or the folder of a local stack with --dir"),
        ([T, "FILE", "--dir", "FOLDER"], "name archive files, or the folder"),
        ([T, "--dir", "FOLDER"], "no archive files; `yrd pipeline run` writes them"),
        ([T, "FOLDER/no.avro"], "no.avro: No such file"),
    ],
)
def test_what_is_wrong_is_named_with_the_remedy(
    arguments: list[str], words: str, archives: list[Path], tmp_path: Path
) -> None:
    places = {"FILE": str(archives[0]), "FOLDER": str(tmp_path)}
    typed = [places.get(word, word.replace("FOLDER", str(tmp_path))) for word in arguments]
    ran = yrd("pipeline", "as-of", *typed)
    assert (ran.status, ran.out) == (2, "")
    assert words in " ".join(ran.err.split())


def test_help_says_which_time_is_meant() -> None:
    said = " ".join(yrd("pipeline", "as-of", "--help").out.split())
    assert "Beijing time unless it names a zone" in said
    assert "T may be 2026-06-01T20:00 (Beijing time)" in said


def test_backfill_at_an_instant(tmp_path: Path) -> None:
    """A warning that is over by the newest word of the archive is in force at an instant before."""
    over = text(after(hours=2))
    told = [
        warning(changes={"expireTime": over}, expireTime=over),
        incident(sealed=after(hours=9), sequence=1),
    ]
    append(tmp_path / "a.avro", 0, told)
    last = yrd("pipeline", "backfill", tmp_path / "a.avro", "--json").json_lines()[0]
    before = yrd("pipeline", "backfill", tmp_path / "a.avro", "--at", T, "--json").json_lines()[0]
    assert "warnings" not in last
    assert len(before["warnings"]) == 1
    assert before["asOfTime"] == "2026-06-01T13:00:00Z"
    assert before["inputDigest"] == last["inputDigest"]
    ran = yrd("pipeline", "backfill", tmp_path / "a.avro", "--at", "noon")
    assert ran.status == 2
    assert "noon: not an instant" in ran.err
