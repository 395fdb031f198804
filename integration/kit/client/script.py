"""Scripts: which faults a reference gateway plays, and when. Data in scripts/*.yaml."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "scripts"


class ScriptError(Exception):
    """A script that can't be used; the text names file, step, key and remedy."""


class Fault(StrEnum):
    """What is done to a request, or to one draft (REFUSE)."""

    SLOW = "slow"
    UNAVAILABLE = "unavailable"
    QUOTA = "quota"
    ANSWER_LOST = "answer_lost"
    CUT_IN_HALF = "cut_in_half"
    CLOSED = "closed"
    RESTART = "restart"
    REFUSE = "refuse"


SECONDS: Mapping[Fault, float] = MappingProxyType(
    {Fault.SLOW: 3.0, Fault.UNAVAILABLE: 2.0, Fault.QUOTA: 2.0, Fault.RESTART: 3.0}
)
"""Faults that take a number of seconds, and how many if the step does not say."""


@dataclass(frozen=True, slots=True)
class Step:
    """One fault for the `request`-th request, or for the `draft`-th message; both from 1.

    A request is a call of Publish or a batch of PublishStream, a repeat counts as another one. A
    message counts when its id first comes. `seconds`: how long it takes, or what RetryInfo says.
    """

    do: Fault
    request: int = 0
    draft: int = 0
    seconds: float = 0.0

    @property
    def name(self) -> str:
        """In words, for reports."""
        at = f"draft {self.draft}" if self.draft else f"request {self.request}"
        return f"{self.do} at {at}"


@dataclass(frozen=True, slots=True)
class Script:
    """Faults and how long a sender may take after one.

    `patience_seconds`: a message not sent again for so long after a fault counts as lost.
    """

    name: str
    title: str
    about: str = ""
    patience_seconds: float = 30.0
    steps: tuple[Step, ...] = ()


def names() -> tuple[str, ...]:
    """Names of the scripts that come with the kit."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


def load(name: str) -> Script:
    """A script by its name, or from a file. Raises ScriptError."""
    path = Path(name)
    if name in names():
        path = FOLDER / f"{name}.yaml"
    elif path.suffix not in (".yaml", ".yml"):
        raise ScriptError(
            f"script {name!r}: no such script; use one of {', '.join(names())}, or a .yaml file"
        )
    try:
        content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ScriptError(f"{path}: {error.strerror}; name a file that can be read") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ScriptError(f"{path}: not YAML: {error}") from None
    return parse(content, str(path))


def parse(content: Any, source: str) -> Script:
    """A script from what its file holds; `source` is named in errors. Raises ScriptError."""
    given = _keys(content, source, Script)
    for key in ("name", "title"):
        if not isinstance(given.get(key), str) or not given[key]:
            raise ScriptError(f"{source}: {key}: is missing; give it as text")
    steps = given.pop("steps", None) or []
    if not isinstance(steps, list):
        raise ScriptError(f"{source}: steps: expected a list")
    if "patience_seconds" in given:
        given["patience_seconds"] = _seconds(given, "patience_seconds", source)
    made = tuple(_step(step, f"{source}: step {n}") for n, step in enumerate(steps, 1))
    _require_distinct(made, source)
    return Script(**given, steps=made)


def _step(content: Any, where: str) -> Step:
    given = _keys(content, where, Step)
    fault = _fault(given.get("do"), where)
    place = "draft" if fault is Fault.REFUSE else "request"
    other = "request" if place == "draft" else "draft"
    at = given.get(place)
    if other in given or type(at) is not int or at < 1:
        raise ScriptError(f"{where}: {fault} needs {place}: a number from 1, and no {other}")
    if "seconds" in given and fault not in SECONDS:
        raise ScriptError(f"{where}: seconds: {fault} takes no time; leave it out")
    seconds = _seconds(given, "seconds", where) if "seconds" in given else SECONDS.get(fault, 0.0)
    return Step(fault, seconds=seconds, **{place: at})


def _fault(value: Any, where: str) -> Fault:
    try:
        return Fault(value)
    except ValueError:
        raise ScriptError(
            f"{where}: do: {value!r} is no fault; use one of {', '.join(Fault)}"
        ) from None


def _keys(content: Any, where: str, kind: type[Any]) -> dict[str, Any]:
    known = [field.name for field in fields(kind)]
    if not isinstance(content, dict):
        raise ScriptError(f"{where}: expected keys and values: {', '.join(known)}")
    for key in content:
        if key not in known:
            raise ScriptError(f"{where}: {key}: unknown key; known: {', '.join(known)}")
    return dict(content)


def _seconds(given: Mapping[str, Any], key: str, where: str) -> float:
    value = given[key]
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 3600:
        raise ScriptError(f"{where}: {key}: {value!r}: give seconds from 0 to 3600")
    return float(value)


def _require_distinct(steps: tuple[Step, ...], source: str) -> None:
    seen: dict[tuple[int, int], int] = {}
    for number, step in enumerate(steps, 1):
        first = seen.setdefault((step.request, step.draft), number)
        if first != number:
            raise ScriptError(
                f"{source}: step {number}: has the place of step {first}; choose another request"
            )
