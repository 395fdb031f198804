"""A scenario that can't be used is refused with file, line, field, and what to do."""

import re
from pathlib import Path
from typing import Any

import pytest

from integration.drill.reading import ScenarioError
from integration.drill.scenario import load
from tests.support import tiny
from tests.support.tiny import incident, step


def refusal(folder: Path) -> str:
    """What is said of it. Any other exception is a traceback on someone's screen."""
    with pytest.raises(ScenarioError) as caught:
        load(str(folder))
    return str(caught.value)


def without(key: str) -> dict[str, Any]:
    """A step that lacks something."""
    return {k: value for k, value in step().items() if k != key}


WRONG_STEPS: list[tuple[dict[str, Any], list[str]]] = [
    (without("at"), ["at is missing: add it"]),
    (without("from"), ["from is missing: add it"]),
    (without("entity"), ["entity is missing: add it"]),
    (step(at="25 July"), ["at: '25 July' is not a date: write it like 2021-07-25T12:30+08:00"]),
    (step(at="2021-07-25T12:00"), ["at: 2021-07-25T12:00 has no offset: add +08:00"]),
    (step(at="2021-07-28T12:00+08:00"), ["at: ", "lies outside", "correct the date, or start"]),
    (step(occurred="2021-07-25T12:00"), ["occurred: ", "has no offset: add +08:00"]),
    (step(origin="350000"), ["from: '350000'", "330000"]),
    (step(synthetic=None), ["either source: [ids] or synthetic: true"]),
    (step(source=["news"]), ["either source: [ids] or synthetic: true"]),
    (step(synthetic=None, source=["tv"]), ["source 'tv'", "news"]),
    (step(sorce=["news"]), ["unknown key 'sorce'", "source"]),
    (step(waybill={}), ["one body", "incident_report", "waybill"]),
    (step(incident_report=None), ["one body", "none"]),
    (step(body=incident(titel="x")), ["titel", "no such field", "title"]),
    (step(body=incident(kind="REPORT_KIND_LAST")), ["REPORT_KIND_LAST"]),
    (step(body=incident(casualties={"as_of_time": "2021-07-25"})), ["as_of_time", "no offset"]),
    (step(body=incident(same_event_ids=[{"entity": "flood"}])), ["'flood'", "PARTICIPANT:NAME"]),
    (step(incidents=["310000/flood"]), ["'310000/flood'", "PARTICIPANT:NAME"]),
    (step(incidents=["350000:flood"]), ["'350000:flood'", "PARTICIPANT:NAME"]),
    (step(reply_to="310000:nothing"), ["reply_to: 310000:nothing has said nothing yet"]),
    (step(priority="high"), ["priority: life_safety, urgent, routine or bulk"]),
    (step(mode="real"), ["mode", "real"]),
    (step(questioned="outdated"), ["questioned: expected kind and ground"]),
    (step(questioned={"kind": "x"}), ["questioned: expected kind and ground"]),
    (step(questioned={"kind": "x", "ground": "old"}), ["ground: 'old': one of", "outdated"]),
    (step(storm=True), ["storm"]),
]


@pytest.mark.parametrize(
    ("wrong", "words"), WRONG_STEPS, ids=[" ".join(words) for _, words in WRONG_STEPS]
)
def test_a_wrong_step(tmp_path: Path, wrong: dict[str, Any], words: list[str]) -> None:
    folder = tiny.write(tmp_path, step(entity="first"), wrong)
    said = refusal(folder)
    assert said.startswith(f"steps.yaml: line {tiny.line_of_last_step(folder)}: ")
    for word in words:
        assert word in said


WRONG_HEADS: list[tuple[dict[str, Any], list[str]]] = [
    *(({key: None}, [f"{key} is missing: add it"]) for key in tiny.HEAD),
    ({"titel": "x"}, ["unknown key 'titel'", "title_zh"]),
    ({"start": "2021-07-25"}, ["start: 2021-07-25 has no offset"]),
    ({"end": "soon"}, ["end: 'soon' is not a date"]),
    ({"replay_seconds": "short"}, ["replay_seconds", "short"]),
    ({"sources": ["news"]}, ["sources"]),
]


@pytest.mark.parametrize(
    ("head", "words"), WRONG_HEADS, ids=[" ".join(words) for _, words in WRONG_HEADS]
)
def test_a_wrong_head(tmp_path: Path, head: dict[str, Any], words: list[str]) -> None:
    said = refusal(tiny.write(tmp_path, step(), **head))
    assert said.startswith("scenario.yaml: ")
    for word in words:
        assert word in said


STORM = {
    "number": "2106",
    "name_zh": "烟花",
    "name_en": "In-Fa",
    "track": "track.csv",
    "track_source": "track",
    "operational": [],
}
TRACK = "time,lat,lon,slp_hpa,wind_kt\n2021-07-25 00:00:00,30,122,970,60\n"
FIX = {"fix_time": "2021-07-25T12:30+08:00", "center": {"latitude": 30, "longitude": 122}}
WRONG_STORMS = [
    (STORM, ["track.csv"]),
    (STORM | {"track_source": "nobody"}, ["nobody"]),
    (STORM | {"operational": [FIX | {"source": "nobody"}]}, ["nobody"]),
    (STORM | {"forecast": 72}, ["storm.forecast", "keys and values"]),
    (STORM | {"forecast": {"hours": 500, "source": "news"}}, ["storm.forecast", "hours", "240"]),
    (STORM | {"forecast": {"hours": 72, "source": "nobody"}}, ["storm.forecast", "nobody"]),
    (STORM | {"operational": [FIX | {"source": "news", "fix_time": "12:30"}]}, ["12:30"]),
]


@pytest.mark.parametrize(
    ("storm", "words"), WRONG_STORMS, ids=[" ".join(words) for _, words in WRONG_STORMS]
)
def test_a_wrong_storm(tmp_path: Path, storm: dict[str, Any], words: list[str]) -> None:
    if words != ["track.csv"]:
        (tmp_path / "track.csv").write_text(TRACK)
    said = refusal(
        tiny.write(tmp_path, step(storm=True, body={}, field="early_warning"), storm=storm)
    )
    assert re.match(r"(scenario|steps)\.yaml: ", said)
    for word in words:
        assert word in said


FILES = [
    ("steps.yaml", b"at: 1\n", ["steps.yaml", "list of steps"]),
    ("steps.yaml", b"- 3\n", ["steps.yaml", "3 is not a step"]),
    ("steps.yaml", b"- at: [\n", ["steps.yaml", "not YAML", "line 2"]),
    ("steps.yaml", b"[" * 5000, ["steps.yaml", "not YAML", "recursion"]),
    ("steps.yaml", "- at: 洪水".encode("gb18030"), ["steps.yaml", "UTF-8"]),
    ("steps.yaml", b"[]\n", ["step"]),
    ("scenario.yaml", b"- a\n", ["scenario.yaml", "keys and values"]),
    ("scenario.yaml", b"title_zh: a\n b: c\n", ["scenario.yaml", "not YAML", "line 2"]),
]


@pytest.mark.parametrize(
    ("name", "content", "words"), FILES, ids=[" ".join(words) for _, _, words in FILES]
)
def test_a_wrong_file(tmp_path: Path, name: str, content: bytes, words: list[str]) -> None:
    folder = tiny.write(tmp_path, step())
    (folder / name).write_bytes(content)
    said = refusal(folder)
    for word in words:
        assert word in said


def test_a_key_that_stands_twice(tmp_path: Path) -> None:
    """The one that is read would be chance."""
    folder = tiny.write(tmp_path, step())
    path = folder / "steps.yaml"
    path.write_text(f"{path.read_text()}  entity: other\n")
    said = refusal(folder)
    assert "steps.yaml" in said
    assert "entity" in said
