"""Reads cases from their files, and says of a bad one where and what to do."""

import difflib
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from integration.kit import recipes
from integration.kit.actions import ACTIONS
from integration.kit.expressions import ExpressionError, require_expression
from integration.kit.interpreter import CHECK
from integration.kit.model import PROFILES, Case, CaseFileError, Group, Step
from integration.kit.promises import PROMISES
from integration.kit.shorthand import SHORTHANDS, expand

FOLDER = Path(__file__).with_name("cases")
GROUP_KEYS = frozenset({"group", "title", "profile", "why", "look", "contract", "needs", "cases"})
CASE_KEYS = GROUP_KEYS - {"group", "cases"} | {"name", "about", "steps", "alone", "as", *SHORTHANDS}
STEP_KEYS = frozenset({"as", "save", "expect"})
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class _Where:
    """The place that errors name."""

    def __init__(self, *parts: str) -> None:
        self._parts = parts

    def at(self, part: str) -> "_Where":
        return _Where(*self._parts, part)

    def error(self, what: str) -> CaseFileError:
        return CaseFileError(f"{': '.join(self._parts)}: {what}")


@cache
def own_groups() -> tuple[Group, ...]:
    """The kit's own cases. Raises CaseFileError."""
    return tuple(read_group(path) for path in sorted(FOLDER.glob("*.yaml")))


def read_group(path: Path) -> Group:
    """The cases of one file. Raises CaseFileError."""
    where = _Where(path.name)
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise where.error(f"can't be read ({error.strerror}); check the path") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise where.error(f"not YAML: {error}; mend the file") from None
    group = _mapping(content, where)
    _known(group, GROUP_KEYS, where)
    for key in ("group", "title", "cases"):
        if not group.get(key):
            raise where.error(f"{key}: is missing; every file of cases has one")
    cases = tuple(_cases(group, where, path.name))
    return Group(group["group"], group["title"], cases)


def _mapping(value: Any, where: _Where) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise where.error("expected keys and values; see docs/contract-kit.md")
    return value


def _known(content: Mapping[str, Any], known: frozenset[str], where: _Where) -> None:
    for key in content:
        if key not in known:
            near = difflib.get_close_matches(str(key), known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(sorted(known))}"
            raise where.error(f"{key}: unknown key; {hint}")


def _cases(group: dict[str, Any], where: _Where, source: str) -> Iterator[Case]:
    seen: set[str] = set()
    for number, content in enumerate(group["cases"], 1):
        here = where.at(f"case {number}")
        case = _mapping(content, here)
        name = str(case.get("name", ""))
        if not _NAME.fullmatch(name):
            raise here.error(f"name: {name!r} is no name; use small letters, digits and -")
        if name in seen:
            raise where.at(f"case {name}").error("name: stands twice; give each its own")
        seen.add(name)
        yield _case(group, case, where.at(f"case {name}"), source)


def _case(group: dict[str, Any], case: dict[str, Any], where: _Where, source: str) -> Case:
    _known(case, CASE_KEYS, where)
    for key in ("title", "about"):
        if not case.get(key):
            raise where.error(f"{key}: is missing; say it for people, Chinese first in the title")
    profile = case.get("profile", group.get("profile", "basic"))
    if profile not in PROFILES:
        raise where.error(f"profile: {profile!r}; one of {', '.join(PROFILES)}")
    steps = case["steps"] if "steps" in case else expand(case)
    if not steps:
        raise where.error("steps: is missing; give steps, or draft with refused or accepted")
    default = str(case.get("as", "console"))
    return Case(
        group=str(group["group"]),
        name=str(case["name"]),
        title=str(case["title"]),
        profile=profile,
        about=_text(case["about"]),
        why=_text(case.get("why") or group.get("why", "")),
        look=_text(case.get("look") or group.get("look", "")),
        contract=(*_words(group.get("contract")), *_words(case.get("contract"))),
        steps=tuple(_step(s, where.at(f"step {n}"), default) for n, s in enumerate(steps, 1)),
        alone=bool(case.get("alone", False)),
        needs=(*_words(group.get("needs")), *_words(case.get("needs"))),
        source=f"integration/kit/cases/{source}",
    )


def _text(value: Any) -> str:
    return " ".join(str(value).split())


def _words(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),)


def _step(content: Any, where: _Where, default: str) -> Step:
    step = _mapping(content, where)
    actions = [key for key in step if key not in STEP_KEYS]
    if len(actions) != 1:
        raise where.error(f"one action a step, found {actions or 'none'}; split it")
    name, argument = actions[0], step[actions[0]]
    if name != CHECK:
        _require_action(name, argument, where)
    else:
        _require_checks(argument, where)
    _require_expressions(argument, where.at(name))
    _require_refusals(step.get("expect"), where.at("expect"))
    return Step(name, argument, step.get("as", default), step.get("save", ""), step.get("expect"))


def _require_action(name: str, argument: Any, where: _Where) -> None:
    if name not in ACTIONS:
        _known({name: None}, frozenset({*ACTIONS, CHECK, *STEP_KEYS}), where)
    keys = ACTIONS[name].keys
    if keys is not None:
        here = where.at(name)
        _known(_mapping(argument if argument is not None else {}, here), keys, here)
    if name == "publish" and isinstance(argument, list):
        for recipe in argument:
            if isinstance(recipe, dict):
                _known(recipe, recipes.KEYS, where.at(name))


def _require_checks(argument: Any, where: _Where) -> None:
    if not isinstance(argument, list) or not argument:
        raise where.error("check: expected a list of expressions")
    for text in argument:
        try:
            require_expression(str(text))
        except ExpressionError as error:
            raise where.at(CHECK).error(str(error)) from None


def _require_expressions(value: Any, where: _Where) -> None:
    """Every "=…" in an argument is an expression of the language."""
    if isinstance(value, dict):
        for key, item in value.items():
            _require_expressions(item, where.at(str(key)))
    elif isinstance(value, list):
        for item in value:
            _require_expressions(item, where)
    elif isinstance(value, str) and value.startswith("="):
        try:
            require_expression(value[1:])
        except ExpressionError as error:
            raise where.error(str(error)) from None


def _require_refusals(expect: Any, where: _Where) -> None:
    """Every reason that is expected exists."""
    if isinstance(expect, list):
        for item in expect:
            _require_refusals(item, where)
        return
    if not isinstance(expect, dict):
        return
    for key, value in expect.items():
        if key == "reason":
            for reason in value if isinstance(value, list) else [value]:
                if reason not in PROMISES:
                    raise where.error(f"reason: {reason!r} is not in errors.proto")
        else:
            _require_refusals(value, where)
