"""What counts as expected, and how results are told: known-failing lists, JUnit, JSON, the table."""

from io import StringIO
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console

from integration.kit import junit
from integration.kit.loading import own_groups
from integration.kit.model import Case, Outcome, Status
from integration.kit.report import as_json, print_results, summary
from integration.kit.running import find_case
from integration.kit.verdict import Judged, KnownFailingError, judge, read_known_failing

GROUPS = own_groups()
STALE = find_case(GROUPS, "revisions/stale")
EQUAL = find_case(GROUPS, "revisions/equal")
ORDER = find_case(GROUPS, "list/order")


def outcome(case: Case, status: Status, came: str = "") -> Outcome:
    expected = "a refusal" if status is Status.FAILED else ""
    return Outcome(case, status, 0.5, 2 if expected else 0, expected, came)


FAILED = outcome(STALE, Status.FAILED, "accepted \x00 <b> 汉字")
PASSED = outcome(EQUAL, Status.PASSED)
SKIPPED = Outcome(ORDER, Status.SKIPPED, 0.0, 0, "needs quota")


@pytest.mark.parametrize(
    ("found", "known", "expected", "words"),
    [
        (PASSED, {}, True, ""),
        (FAILED, {}, False, ""),
        (FAILED, {"revisions/stale": 3}, True, "known to fail"),
        (PASSED, {"revisions/equal": 3}, False, "remove line 3"),
        (SKIPPED, {}, True, ""),
        (SKIPPED, {"list/order": 1}, True, ""),
    ],
)
def test_what_is_expected(
    found: Outcome, known: dict[str, int], expected: bool, words: str
) -> None:
    (judged,) = judge([found], known)
    assert judged.expected is expected
    assert words in judged.told


def known_failing(path: Path, text: str) -> dict[str, int]:
    path.write_text(text, encoding="utf-8")
    return read_known_failing(path, GROUPS)


def test_a_list_has_comments_and_empty_lines(tmp_path: Path) -> None:
    found = known_failing(tmp_path / "known", "# why\n\nrevisions/stale  # issue 7\nlist/order\n")
    assert found == {"revisions/stale": 3, "list/order": 4}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("revisions/stole\n", "known:1: no case is named 'revisions/stole'"),
        ("revisions/stale\nrevisions/stale\n", "known:2: revisions/stale stands in line 1"),
    ],
)
def test_a_bad_list_is_explained(text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(KnownFailingError, match=words):
        known_failing(tmp_path / "known", text)


def test_a_list_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(KnownFailingError, match="can't be read"):
        read_known_failing(tmp_path / "none", GROUPS)


def written(tmp_path: Path, judged: list[Judged]) -> ET.Element:
    junit.write(tmp_path / "junit.xml", judged, "127.0.0.1:1")
    return ET.parse(tmp_path / "junit.xml").getroot()


def test_junit_has_a_suite_for_each_group(tmp_path: Path) -> None:
    root = written(tmp_path, judge([FAILED, PASSED, SKIPPED], {}))
    suites = {suite.get("name"): suite.attrib for suite in root}
    counts = ("tests", "failures", "skipped")
    assert [suites["revisions"][key] for key in counts] == ["2", "1", "0"]
    assert [suites["list"][key] for key in counts] == ["1", "0", "1"]
    failure = root.find("testsuite/testcase[@name='revisions/stale']/failure")
    assert failure is not None
    assert "came: accepted \ufffd <b> 汉字" in str(failure.text)


def test_junit_tells_known_failures_apart(tmp_path: Path) -> None:
    known = {"revisions/stale": 1, "revisions/equal": 2}
    root = written(tmp_path, judge([FAILED, PASSED], known))
    stale = root.find("testsuite/testcase[@name='revisions/stale']")
    equal = root.find("testsuite/testcase[@name='revisions/equal']")
    assert stale is not None
    assert equal is not None
    assert [child.tag for child in stale] == ["skipped"]
    assert [child.tag for child in equal] == ["failure"]
    assert "remove line 2" in str(equal[0].get("message"))


def test_the_table_says_what_was_expected_and_what_came() -> None:
    console = Console(file=StringIO(), width=300)
    print_results(judge([FAILED, PASSED], {}), console)
    said = console.file.getvalue()  # type: ignore[attr-defined]  # it is a StringIO
    for words in ("revisions", "stale", "FAILED", "a refusal", "<b>", "--explain revisions/stale"):
        assert words in said
    assert STALE.title in said


def test_the_summary_counts() -> None:
    judged = judge([FAILED, PASSED, SKIPPED], {})
    assert summary(judged) == "3 cases: 1 passed, 1 failed, 1 skipped; 1 not as expected"
    assert summary(judge([PASSED], {})) == "1 cases: 1 passed; all as expected"


def test_json_has_all_of_it() -> None:
    (found,) = as_json(judge([FAILED], {}))
    assert found["case"] == "revisions/stale"
    assert (found["status"], found["as_expected"], found["step"]) == ("failed", False, 2)
