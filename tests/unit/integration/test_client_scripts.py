"""Scripts of faults as files: those that come with the kit, and errors in others."""

from pathlib import Path
from typing import Any

import pytest

from integration.kit.client.script import Fault, ScriptError, Step, load, names, parse

GOOD: dict[str, Any] = {"name": "mine", "title": "我的"}


def with_steps(*steps: Any) -> dict[str, Any]:
    return {**GOOD, "steps": list(steps)}


def test_the_kits_own_scripts_are_named_as_their_files() -> None:
    assert [load(name).name for name in names()] == list(names())
    assert set(names()) == {"all", "busy", "calm", "lossy", "refusing", "restart"}


def test_the_script_of_all_has_every_fault() -> None:
    assert {step.do for step in load("all").steps} == set(Fault)


def test_a_script_can_be_a_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(
        "name: mine\ntitle: 我的\npatience_seconds: 5\nsteps:\n  - {request: 2, do: slow}\n",
        encoding="utf-8",
    )
    script = load(str(file))
    assert (script.title, script.patience_seconds) == ("我的", 5)
    assert script.steps == (Step(Fault.SLOW, request=2, seconds=3),)


BAD: dict[str, tuple[Any, str]] = {
    "a list": ([], "s.yaml: expected keys and values"),
    "no name": ({"title": "x"}, "s.yaml: name: is missing"),
    "a name that is no text": ({"name": 5, "title": "x"}, "s.yaml: name: is missing"),
    "a strange key": ({**GOOD, "step": []}, "s.yaml: step: unknown key; known: name, title"),
    "steps that are no list": ({**GOOD, "steps": {"do": "slow"}}, "steps: expected a list"),
    "no patience": ({**GOOD, "patience_seconds": -1}, "patience_seconds: -1: give seconds"),
    "a step that is text": (with_steps("slow"), "step 1: expected keys and values"),
    "a strange fault": (with_steps({"request": 1, "do": "explode"}), "'explode' is no fault; use"),
    "no fault": (with_steps({"request": 1}), "step 1: do: None is no fault"),
    "no place": (with_steps({"do": "slow"}), "step 1: slow needs request: a number from 1"),
    "request 0": (with_steps({"request": 0, "do": "slow"}), "slow needs request"),
    "a refused request": (with_steps({"request": 1, "do": "refuse"}), "refuse needs draft"),
    "a slow draft": (with_steps({"draft": 1, "do": "slow"}), "slow needs request"),
    "both places": (with_steps({"draft": 1, "request": 1, "do": "slow"}), "and no draft"),
    "true as a number": (with_steps({"request": True, "do": "slow"}), "slow needs request"),
    "seconds for what takes none": (
        with_steps({"request": 1, "do": "closed", "seconds": 1}),
        "seconds: closed takes no time",
    ),
    "seconds as text": (with_steps({"request": 1, "do": "slow", "seconds": "2"}), "'2': give sec"),
    "two faults at one place": (
        with_steps({"request": 3, "do": "slow"}, {"request": 3, "do": "closed"}),
        "step 2: has the place of step 1",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_script_is_told_where_and_what_to_do(case: str) -> None:
    content, words = BAD[case]
    with pytest.raises(ScriptError) as caught:
        parse(content, "s.yaml")
    assert str(caught.value).startswith("s.yaml: ")
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("name", "words"),
    [("cal", "no such script; use one of all, busy"), ("none.yaml", "none.yaml: No such file")],
)
def test_a_script_that_is_not_there_is_told(name: str, words: str) -> None:
    with pytest.raises(ScriptError, match=words):
        load(name)


@pytest.mark.parametrize("text", ["a: [", "[" * 5000, "at: 2026-13-45"])
def test_a_file_that_is_not_yaml_is_told(tmp_path: Path, text: str) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ScriptError, match=r"bad\.yaml: not YAML"):
        load(str(file))
