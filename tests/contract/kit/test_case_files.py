"""Bad files of cases: what is wrong, where, and what to do."""

import json
from pathlib import Path

import pytest

from integration.kit.loading import read_group
from integration.kit.model import CaseFileError
from integration.kit.samples import sample_groups

HEAD = "group: g\ntitle: 组 · Group\ncases:\n"
CASE = "  - name: a\n    title: 例 · Case\n    about: Does it.\n"


def case(*more: str) -> str:
    """A file of one case with these lines at its end."""
    return HEAD + CASE + "".join(f"    {line}\n" for line in more)


def step(text: str) -> str:
    """A file of one case of one step."""
    return case(f"steps: [{text}]")


ONCE = "draft: incident"
BAD: dict[str, tuple[str, tuple[str, ...]]] = {
    "not YAML": ("group: [", ("not YAML", "mend the file")),
    "too deep": ("[" * 5000, ("not YAML", "mend the file")),
    "a list": ("- a\n", ("expected keys and values", "docs/contract-kit.md")),
    "no group": ("title: t\ncases: []\n", ("group: is missing",)),
    "no cases": ("group: g\ntitle: t\n", ("cases: is missing",)),
    "unknown key of the group": (f"profil: basic\n{case(ONCE)}", ("did you mean 'profile'",)),
    "case that is a word": (f"{HEAD}  - word\n", ("case 1", "expected keys and values")),
    "case without a name": (f"{HEAD}  - title: t\n", ("case 1", "name", "small letters")),
    "name in capitals": (f"{HEAD}  - name: Bad\n", ("case 1", "'Bad'")),
    "name twice": (f"{case(ONCE)}{CASE}    {ONCE}\n", ("case a", "stands twice")),
    "unknown key of the case": (case("stps: []"), ("case a", "stps", "did you mean 'steps'")),
    "no title": (f"{HEAD}  - name: a\n    about: x\n", ("case a", "title: is missing")),
    "profile that is none": (case("profile: big", ONCE), ("case a", "'big'", "basic")),
    "no steps": (case(), ("case a", "steps: is missing")),
    "two actions": (step("{publish: [], get: {}}"), ("case a", "step 1", "one action")),
    "no action": (step("{as: console}"), ("case a", "step 1", "none")),
    "unknown action": (step("{publsh: []}"), ("step 1", "did you mean 'publish'")),
    "unknown key of an action": (step("{get: {mesage_id: x}}"), ("get", "'message_id'")),
    "unknown key of a draft": (step("{publish: [{bas: x}]}"), ("step 1", "'base'")),
    "check that is no list": (step("{check: x}"), ("step 1", "list of expressions")),
    "check that is no expression": (step("{check: ['a =']}"), ("check", "not an expression")),
    "check that reaches out": (step("{check: ['open(1)']}"), ("open is no function",)),
    "value that is no expression": (step("{get: {origin: '=a b'}}"), ("get", "origin")),
    "reason that is none": (
        step("{get: {}, expect: {refused: {reason: STALE}}}"),
        ("step 1", "expect", "'STALE'", "errors.proto"),
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_explained(name: str, tmp_path: Path) -> None:
    text, words = BAD[name]
    path = tmp_path / "bad.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CaseFileError) as caught:
        read_group(path)
    for word in ("bad.yaml", *words):
        assert word in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CaseFileError, match=r"none.yaml: can't be read"):
        read_group(tmp_path / "none.yaml")


def test_a_file_that_is_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "gbk.yaml"
    path.write_bytes("group: 组".encode("gbk"))
    with pytest.raises(CaseFileError, match=r"gbk.yaml: not YAML"):
        read_group(path)


def test_a_good_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "good.yaml"
    path.write_text(
        f"why: because\n{HEAD}{CASE}    draft: incident\n    alone: true\n", encoding="utf-8"
    )
    read = read_group(path).cases[0]
    assert (read.full_name, read.why, read.alone, len(read.steps)) == ("g/a", "because", True, 3)


KIND = "yrd.incident.v1.IncidentReport"


def sample(folder: Path, verdict: str, name: str, **content: object) -> None:
    """Writes a sample."""
    path = folder / KIND / verdict / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = {"about": "It.", "participant": "310000", "draft": {"incidentReport": {}}} | content
    path.write_text(json.dumps(whole), encoding="utf-8")


def test_a_sample_that_is_none_is_named(tmp_path: Path) -> None:
    sample(tmp_path, "valid", "x", participant="nobody")
    with pytest.raises(CaseFileError, match=r"samples: .*IncidentReport/valid/x.json.*'nobody'"):
        sample_groups(tmp_path)


def test_a_sample_behind_one_that_is_not_there(tmp_path: Path) -> None:
    sample(tmp_path, "valid", "x", after=["y"])
    with pytest.raises(CaseFileError, match=r"IncidentReport/valid/x: after: no valid sample 'y'"):
        sample_groups(tmp_path)


def test_each_sample_is_a_case(tmp_path: Path) -> None:
    sample(tmp_path, "valid", "first")
    sample(tmp_path, "valid", "second", after=["first"])
    sample(tmp_path, "invalid", "bad", violates=[{"field": "a", "rule": "b"}])
    (group,) = sample_groups(tmp_path)
    cases = {found.name: found.steps[0].argument for found in group.cases}
    short = "incident.v1.IncidentReport"
    assert list(cases) == [f"{short}-valid-first", f"{short}-valid-second", f"{short}-invalid-bad"]
    assert [len(found["drafts"]) for found in cases.values()] == [1, 2, 1]
    assert cases[f"{short}-invalid-bad"]["violates"] == [("a", "b")]
