"""`yrd publish`: from files and standard input; what is wrong is named with its place and a remedy."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from integration.templates import KINDS
from schemas.json_form import to_json
from tests.support.builders import draft, incident_body, resource_body
from tests.support.commands import yrd
from yrd.exchange.v1.message_pb2 import Draft
from yrd.exchange.v1.service_pb2 import PublishRequest

PROGRAM = "from integration.cli.main import main; main()"


def fresh(**changes: Any) -> Draft:
    """A draft that Shanghai may publish, of an entity of its own."""
    made = draft(**changes)
    made.header.entity_id = f"310000/cli/{made.header.message_id}"
    return made


def _json(drafts: Sequence[Draft]) -> bytes:
    return json.dumps([json.loads(to_json(d)) for d in drafts], ensure_ascii=False).encode()


def _lines(drafts: Sequence[Draft]) -> bytes:
    return "".join(f"{json.dumps(json.loads(to_json(d)))}\n" for d in drafts).encode()


def _binary(drafts: Sequence[Draft]) -> bytes:
    return PublishRequest(drafts=drafts).SerializeToString()


def _ids(drafts: Sequence[Draft]) -> list[str]:
    return [made.header.message_id for made in drafts]


@pytest.mark.parametrize(
    ("name", "form"),
    [("many.json", _json), ("many.jsonl", _lines), ("many.binpb", _binary)],
)
def test_from_files(
    tmp_path: Path,
    shanghai: list[str],
    name: str,
    form: Callable[[Sequence[Draft]], bytes],
) -> None:
    drafts, single = [fresh(), fresh()], fresh()
    (tmp_path / name).write_bytes(form(drafts))
    (tmp_path / "one.json").write_text(to_json(single, indent=2))
    ran = yrd("publish", tmp_path / name, tmp_path / "one.json", *shanghai, "--json")
    assert (ran.status, ran.err) == (0, "")
    answers = [line["accepted"] for line in ran.json_lines()]
    assert [a["messageId"] for a in answers] == _ids([*drafts, single])
    numbers = [int(a.get("sequence", 0)) for a in answers]
    assert numbers == list(range(numbers[0], numbers[0] + 3))
    for made in [*drafts, single]:
        got = yrd("get", made.header.message_id, *shanghai)
        assert got.json()["header"] == json.loads(to_json(made))["header"]


@pytest.mark.parametrize(("form", "options"), [(_json, []), (_lines, []), (_binary, ["--binary"])])
def test_from_standard_input(
    shanghai: list[str], form: Callable[[Sequence[Draft]], bytes], options: list[str]
) -> None:
    drafts = [fresh(), fresh()]
    ran = yrd("publish", *shanghai, *options, stdin=form(drafts))
    assert ran.status == 0
    assert [line.split()[:2] for line in ran.out.splitlines()] == [
        ["accepted", message_id] for message_id in _ids(drafts)
    ]


def test_the_same_again_is_harmless(shanghai: list[str]) -> None:
    text = to_json(fresh())
    first, second = (yrd("publish", *shanghai, "--json", stdin=text) for _ in range(2))
    assert first == second
    assert first.status == 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_can_be_published_where_it_says(shanghai: list[str], kind: str) -> None:
    template = yrd("template", kind)
    assert template.status == 0
    ran = yrd("publish", *shanghai, stdin=template.out)
    ours = "For the gateway of 310000." in template.err
    assert ran.status == 0 or (not ours and "NOT_AUTHORITY" in ran.err)


def test_another_sample_can_be_asked_for(shanghai: list[str]) -> None:
    template = yrd("template", "resource_status", "--sample", "helicopter")
    assert "直升机" in template.out
    assert yrd("publish", *shanghai, stdin=template.out).status == 0
    ran = yrd("template", "resource_status", "--sample", "x")
    assert (ran.status, "helicopter, minimal" in ran.err) == (2, True)


def test_an_unknown_template_names_the_known_ones() -> None:
    ran = yrd("template", "wheather")
    assert ran.status == 2
    assert "incident_report, early_warning, resource_status" in ran.err


def test_of_many_the_good_ones_are_accepted(shanghai: list[str]) -> None:
    """The refused ones are explained: field, rule, remedy."""
    good, bad = fresh(), fresh(revision=0)
    ran = yrd("publish", *shanghai, stdin=_json([bad, good]))
    assert ran.status == 1
    assert f"accepted {good.header.message_id}" in ran.out
    assert f"refused {bad.header.message_id}: INVALID_ARGUMENT [CONTRACT_VIOLATED]" in ran.err
    assert "header.revision: " in ran.err
    assert "(rule uint32.gte)" in ran.err
    assert good.header.message_id not in ran.err


REFUSED = [
    (fresh(messageId="1"), "header.message_id: send a UUID of version 7", "header.message_id"),
    (
        draft(incident_body(primaryType={"scheme": "GB/T 35561", "value": "99Z99"})),
        "incident_report.primary_type: ",
        "code_table.incident_types",
    ),
    (
        draft(resource_body("320000"), "resourceStatus"),
        "publish it at the gateway of 320000",
        "NOT_AUTHORITY",
    ),
]


@pytest.mark.parametrize(("made", "remedy", "rule"), REFUSED, ids=[row[2] for row in REFUSED])
def test_a_refusal_says_what_to_do(
    shanghai: list[str], made: Draft, remedy: str, rule: str
) -> None:
    ran = yrd("publish", *shanghai, stdin=to_json(made))
    assert ran.status == 1
    assert remedy in ran.err
    assert rule in ran.err
    as_json = yrd("publish", *shanghai, "--json", stdin=to_json(made))
    assert as_json.status == 1
    (result,) = as_json.json_lines()
    assert {detail["@type"].rpartition(".")[2] for detail in result["error"]["details"]} >= {
        "ErrorInfo"
    }


def test_a_stale_revision_names_the_next_one(shanghai: list[str]) -> None:
    made = fresh()
    assert yrd("publish", *shanghai, stdin=to_json(made)).status == 0
    later = draft(entityId=made.header.entity_id)
    ran = yrd("publish", *shanghai, stdin=to_json(later))
    assert ran.status == 1
    assert "send revision 2 or higher" in ran.err


GOOD = to_json(fresh())
UNREADABLE = [
    ("not UTF-8", "d.json", '{"header": "洪水"}'.encode("gb18030"), ["UTF-8"]),
    ("bad JSON", "d.json", b'{\n "header": {\n  "revision": 1,\n }\n}', ["line 4"]),
    ("cut off", "d.json", GOOD.encode()[:-20], ["line "]),
    ("unknown field", "d.json", b'{"header": {"revison": 1}}', ["revison", "yrd template"]),
    ("unknown body", "d.json", b'{"header": {}, "incidentReports": {}}', ["incidentReports"]),
    ("twice", "d.json", b'{"header": {"revision": 1, "revision": 2}}', ["'revision'", "keep one"]),
    ("not a draft", "d.json", b"[3]", ["expected an object"]),
    ("not a number", "d.json", b'{"header": {"revision": NaN}}', ["NaN"]),
    ("empty", "d.json", b"", ["not JSON"]),
    ("not binary", "d.binpb", b"\xff\xff\xff\xff", ["not a serialised PublishRequest"]),
]


def test_binary_from_standard_input(shanghai: list[str]) -> None:
    drafts = [fresh(), fresh()]
    ran = yrd("publish", *shanghai, "--binary", "--json", stdin=_binary(drafts))
    assert (ran.status, ran.err) == (0, "")
    assert [line["accepted"]["messageId"] for line in ran.json_lines()] == _ids(drafts)


def test_standard_input_that_is_no_publish_request_is_named(shanghai: list[str]) -> None:
    ran = yrd("publish", *shanghai, "--binary", stdin=b"\xff\xff\xff")
    assert (ran.status, ran.out) == (2, "")
    assert "standard input: not a serialised PublishRequest" in ran.err


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [row[1:] for row in UNREADABLE],
    ids=[row[0] for row in UNREADABLE],
)
def test_what_cannot_be_read_is_named(
    tmp_path: Path, shanghai: list[str], name: str, content: bytes, words: list[str]
) -> None:
    """And nothing of the good file beside it is published."""
    good, bad = tmp_path / "good.json", tmp_path / name
    good.write_text(GOOD)
    bad.write_bytes(content)
    ran = yrd("publish", good, bad, *shanghai)
    assert (ran.status, ran.out) == (2, "")
    assert str(bad) in ran.err
    for word in words:
        assert word in ran.err


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_standard_input_that_is_not_utf_8_is_named(shanghai: list[str], locale: str) -> None:
    """Whatever the locale makes of it."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "publish", *shanghai],
        input=GOOD.encode("gb18030"),
        capture_output=True,
        check=False,
        env={**os.environ, "LC_ALL": locale},
    )
    assert done.returncode == 2
    said = done.stderr.decode()
    assert "standard input" in said
    assert "UTF-8" in said


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_utf_8_is_read_in_any_locale(shanghai: list[str], locale: str) -> None:
    made = fresh()
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "publish", *shanghai],
        input=to_json(made).encode(),
        check=False,
        env={**os.environ, "LC_ALL": locale},
    )
    assert done.returncode == 0
    assert "张三" in yrd("get", made.header.message_id, *shanghai).out


LINE = json.dumps(json.loads(GOOD))
BAD_LINES = [
    ([LINE, "", '{"header": '], 3),
    ([LINE, LINE, '{"header": {"revision": 1,}}', LINE], 3),
    (["", "", LINE, "oops"], 4),
]


@pytest.mark.parametrize(("lines", "number"), BAD_LINES)
def test_a_bad_line_is_named_by_its_number(
    tmp_path: Path, shanghai: list[str], lines: list[str], number: int
) -> None:
    """As an editor counts them, and by no other number."""
    path = tmp_path / "drafts.jsonl"
    path.write_text("\n".join(lines))
    ran = yrd("publish", path, *shanghai)
    assert ran.status == 2
    assert re.findall(r"\bline (\d+)", ran.err) == [str(number)]


def test_a_file_that_is_not_there_is_named(tmp_path: Path, shanghai: list[str]) -> None:
    for path, why in ((tmp_path / "no.json", "No such file"), (tmp_path, "Is a directory")):
        ran = yrd("publish", path, *shanghai)
        assert ran.status == 2
        assert str(path) in ran.err
        assert why in ran.err
