"""All parts of a picture, each by its name; and what the page knows of scopes and of time."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from integration.page.desk import Mark, Scope, Shown
from integration.page.views.aid import aid
from integration.page.views.geography import geography
from integration.page.views.hazmat import hazmat
from integration.page.views.head import coverage, glance, head
from integration.page.views.incidents import attention, incidents
from integration.page.views.levels import levels, warnings
from integration.page.views.log import log
from integration.page.views.supplies import supplies
from integration.page.views.values import Json, milliseconds
from pipelines.facts.scope import ACTUAL
from pipelines.words import Words

PARTS: Mapping[str, Callable[[Shown, Words], Any]] = {
    "head": head,
    "coverage": coverage,
    "glance": glance,
    "incidents": incidents,
    "attention": attention,
    "warnings": warnings,
    "levels": levels,
    "map": geography,
    "aid": aid,
    "hazmat": hazmat,
    "supplies": supplies,
    "log": log,
}
MOST_MARKS = 400
"""Steps of the time slider."""


def parts(shown: Shown | None, words: Words) -> dict[str, Any]:
    """Every part; None for each where there is no picture yet."""
    return {name: make(shown, words) if shown else None for name, make in PARTS.items()}


def scopes(known: Iterable[Scope]) -> list[Json]:
    """Scopes that have a picture: the real one first, then exercises, the newest told first."""
    found = [
        {
            "scope": scope.name,
            "exercise": None if scope.name == ACTUAL else scope.name.removeprefix("exercise/"),
            "open": scope.summary.situation_summary.totals.open_incidents,
            "as_of_ms": milliseconds(scope.summary.situation_summary.as_of_time),
            "sealed_ms": milliseconds(scope.summary.stamp.sealed_time),
        }
        for scope in known
        if scope.summary is not None
    ]
    return sorted(found, key=lambda s: (s["exercise"] is not None, -s["sealed_ms"]))


def history(marks: list[Mark]) -> Json:
    """Instants that the time slider can show, thinned evenly if there are many; the newest is one."""
    instants = sorted({mark.as_of_us // 1000 for mark in marks})
    step = max(1, -(-len(instants) // MOST_MARKS))
    return {"count": len(instants), "marks": instants[::-1][::step][::-1]}
