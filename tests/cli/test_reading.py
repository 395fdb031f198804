"""`yrd get`, `list`, `tail` and `status`: what a gateway has, for people and for programs."""

import json
import signal
from pathlib import Path

import pytest

from integration.stack import Stack
from schemas.json_form import to_json
from tests.cli.test_publish import fresh
from tests.support.builders import draft, resource_body
from tests.support.commands import yrd
from tests.support.processes import STOP_SECONDS, end
from tests.support.processes import yrd as start
from tests.support.waiting import until
from yrd.exchange.v1.message_pb2 import Draft

INCIDENT = "yrd.incident.v1.IncidentReport"
RESOURCE = "yrd.resource.v1.ResourceStatus"


@pytest.fixture(scope="module")
def told(stack: Stack) -> list[Draft]:
    """Three messages of Shanghai, which Jiangsu has, too."""
    exercise = {"mode": "MODE_EXERCISE", "exerciseId": "cli"}
    pumps = draft(resource_body(), "resourceStatus", entityId="310000/cli/pumps")
    drafts = [fresh(), pumps, fresh(**exercise)]
    drafts[2].header.incident_ids.append(drafts[0].header.entity_id)
    results = stack.members["310000"].client().publish(drafts)
    assert all(result.HasField("accepted") for result in results)
    jiangsu = stack.members["320000"].client()
    last = drafts[-1].header.message_id
    until(
        lambda: last in {m.header.message_id for m in jiangsu.messages()},
        "the messages are at Jiangsu's gateway",
    )
    return drafts


@pytest.fixture
def jiangsu(stack: Stack) -> list[str]:
    """Options that choose Jiangsu's gateway."""
    return ["--dir", str(stack.folder), "--as", "320000"]


def _listed(*arguments: object) -> list[str]:
    ran = yrd("list", *arguments, "--json")
    assert ran.status == 0
    return [line["header"]["messageId"] for line in ran.json_lines()]


def _ids(drafts: list[Draft]) -> list[str]:
    return [made.header.message_id for made in drafts]


def test_get_prints_the_message(told: list[Draft], jiangsu: list[str]) -> None:
    """As this participant may see it: the caller's name and number are not Jiangsu's to know."""
    got = yrd("get", told[0].header.message_id, *jiangsu).json()
    assert got["stamp"]["origin"] == "310000"
    assert got["receipt"]["absentGroups"] == ["personal.contact"]
    assert "张三" not in str(got)


def test_get_of_another_origin_finds_nothing(told: list[Draft], jiangsu: list[str]) -> None:
    ran = yrd("get", told[0].header.message_id, *jiangsu, "--origin", "330000")
    assert ran.status == 1
    assert "MESSAGE_NOT_FOUND" in ran.err


@pytest.mark.parametrize(
    ("message_id", "words"),
    [
        ("01890a5d-ac96-774b-bcce-b302099a8057", "check the id"),
        ("flood", "'flood' is not a UUID"),
    ],
)
def test_get_of_nothing_says_what_to_do(shanghai: list[str], message_id: str, words: str) -> None:
    ran = yrd("get", message_id, *shanghai)
    assert (ran.status, ran.out) == (1, "")
    assert words in ran.err


FILTERS = [
    (["--type", INCIDENT], [0, 2]),
    (["--type", RESOURCE], [1]),
    (["--type", RESOURCE, "--type", INCIDENT], [0, 1, 2]),
    (["--mode", "exercise"], [2]),
    (["--mode", "actual", "--type", INCIDENT], [0]),
    (["--mode", "test"], []),
    (["--origin", "310000"], [0, 1, 2]),
    (["--origin", "320000"], []),
]


@pytest.mark.parametrize(("options", "found"), FILTERS, ids=[" ".join(row[0]) for row in FILTERS])
def test_filters(
    told: list[Draft], jiangsu: list[str], options: list[str], found: list[int]
) -> None:
    wanted = _ids([told[number] for number in found])
    known = set(_ids(told))
    assert [m for m in _listed(*jiangsu, *options) if m in known] == wanted
    tailed = yrd("tail", *jiangsu, *options, "--no-follow", "--json").json_lines()
    ids = [line["header"]["messageId"] for line in tailed]
    assert [m for m in ids if m in known] == wanted


def test_an_incident_with_all_that_belongs_to_it(told: list[Draft], jiangsu: list[str]) -> None:
    entity = told[0].header.entity_id
    assert _listed(*jiangsu, "--incident", entity) == _ids([told[0], told[2]])


def test_a_line_for_each_message(told: list[Draft], jiangsu: list[str]) -> None:
    lines = yrd("list", *jiangsu).out.splitlines()
    (line,) = [line for line in lines if told[0].header.message_id in line]
    assert "incident_report" in line
    assert "310000/" in line
    assert "without personal.contact" in line


def test_an_unknown_mode_names_the_known_ones(shanghai: list[str]) -> None:
    for command in ("list", "tail"):
        ran = yrd(command, *shanghai, "--mode", "excercise")
        assert ran.status == 2
        assert "one of actual, exercise, test" in ran.err


def test_a_cursor_goes_on_behind_what_was_read(shanghai: list[str], tmp_path: Path) -> None:
    """Nobody reads twice what they read to its end."""
    first, second = fresh(), fresh()
    options = [*shanghai, "--cursor", tmp_path.name[:60], "--no-follow", "--json"]
    assert yrd("publish", *shanghai, stdin=to_json(first)).status == 0
    before = yrd("tail", *options).json_lines()
    assert before[-1]["header"]["messageId"] == first.header.message_id
    assert yrd("publish", *shanghai, stdin=to_json(second)).status == 0
    behind = [line["header"]["messageId"] for line in yrd("tail", *options).json_lines()]
    assert behind == [second.header.message_id]
    assert yrd("tail", *options).out == ""


def test_a_cursor_of_a_strange_form_is_refused(shanghai: list[str]) -> None:
    ran = yrd("tail", *shanghai, "--cursor", "a b", "--no-follow")
    assert ran.status == 1
    assert "open.cursor" in ran.err


def test_tail_follows_until_it_is_interrupted(
    shanghai: list[str], told: list[Draft], tmp_path: Path
) -> None:
    output = tmp_path / "output"
    process = start(["tail", *shanghai], output)
    try:
        until(lambda: told[0].header.message_id in output.read_text(), "what is there already")
        later = fresh()
        assert yrd("publish", *shanghai, stdin=to_json(later)).status == 0
        until(lambda: later.header.message_id in output.read_text(), "what comes later")
        process.send_signal(signal.SIGINT)
        assert process.wait(STOP_SECONDS) == 130
    finally:
        end(process)
    assert "Traceback" not in output.read_text()


def test_status_for_people(shanghai: list[str], told: list[Draft]) -> None:
    ran = yrd("status", *shanghai)
    assert ran.status == 4, "it works, and two links are down"
    for words in ("310000 · version ", "accepts messages", "yrd/310000", "340000"):
        assert words in ran.out
    assert "DOWN" in ran.out  # Zhejiang and Anhui do not run here


def test_status_for_programs(stack: Stack, shanghai: list[str], told: list[Draft]) -> None:
    found = yrd("status", *shanghai, "--json").json()
    assert found["accepting"] is True
    own = found["logs"][0]
    assert own["logOrigin"] == "yrd/310000"
    assert int(own["size"]) == stack.members["310000"].client().status().logs[0].size
    assert {link["participant"] for link in found["links"]} == {
        "320000",
        "330000",
        "340000",
        "joint",
    }


def test_what_was_over_when_it_came_is_marked(shanghai: list[str]) -> None:
    over, good = fresh(expireTime="2026-06-01T13:00:00Z"), fresh(expireTime="2099-06-01T13:00:00Z")
    for made in (over, good):
        assert yrd("publish", *shanghai, stdin=to_json(made)).status == 0
    for command in (["list"], ["tail", "--no-follow"]):
        lines = yrd(*command, *shanghai).out.splitlines()
        marked = {m: "已过期" in x for m in _ids([over, good]) for x in lines if m in x}
        assert list(marked.values()) == [True, False]
    got = yrd("get", over.header.message_id, *shanghai)
    assert got.json()["receipt"]["expired"] is True
    assert "已过期" in got.err
    assert yrd("get", good.header.message_id, *shanghai).err == ""


def test_who_watches_is_told_that_there_is_no_answer(
    unreachable: list[str], tmp_path: Path
) -> None:
    output = tmp_path / "out"
    process = start(["status", *unreachable, "--watch", "--every", "0.2"], output)
    try:
        until(lambda: output.read_text().count("无应答 NO ANSWER") >= 2, "two looks", 60)
    finally:
        end(process)


def test_status_is_watched_until_it_is_interrupted(shanghai: list[str], tmp_path: Path) -> None:
    output = tmp_path / "out"
    process = start(["status", *shanghai, "--watch", "--every", "0.2", "--json"], output)
    try:
        until(lambda: output.read_text().count("\n") >= 2, "two looks", 60)
        process.send_signal(signal.SIGINT)
        assert process.wait(STOP_SECONDS) == 130
    finally:
        end(process)
    looks = [json.loads(line) for line in output.read_text().splitlines()[:2]]
    assert {look["participant"] for look in looks} == {"310000"}
    assert {look["verdict"] for look in looks} == {"attention"}
