"""Scenarios of a few steps, made by hand."""

from pathlib import Path
from typing import Any

import yaml

from integration.drill.scenario import Scenario, load

HEAD: dict[str, Any] = {
    "title_zh": "题",
    "title_en": "title",
    "exercise_id": "tiny",
    "start": "2021-07-25T00:00+08:00",
    "end": "2021-07-27T00:00+08:00",
    "replay_seconds": 1,
    "sources": {"news": "the news of that day", "track": "best track"},
}


def incident(**changes: Any) -> dict[str, Any]:
    """The body of an incident report in Shanghai."""
    return {
        "kind": "REPORT_KIND_INITIAL",
        "title": "内涝",
        "primary_type": {"scheme": "GB/T 35561", "value": "11A02"},
        "place": {"admin_code": "310115"},
        "casualties": {"dead": 0},
    } | changes


def step(
    at: str = "2021-07-25T12:00+08:00",
    origin: str = "310000",
    entity: str = "flood",
    body: dict[str, Any] | None = None,
    field: str = "incident_report",
    **changes: Any,
) -> dict[str, Any]:
    """A synthetic step; `changes` add to it, None takes away."""
    made = {"at": at, "from": origin, "entity": entity, "synthetic": True}
    made |= {field: incident() if body is None else body} | changes
    return {key: value for key, value in made.items() if value is not None}


COUNTIES = {"310000": "310115", "320000": "320509", "330000": "330421", "340000": "340103"}


def stock(owner: str, available: int, kept: int = 0, **changes: Any) -> dict[str, Any]:
    """The body of a resource status: pumps, all of them available but those that must be kept."""
    return {
        "owner": owner,
        "name": "泵车",
        "kind": "RESOURCE_KIND_EQUIPMENT",
        "capabilities": [{"scheme": "yrd-capability", "value": "flood.pump"}],
        "place": {"admin_code": COUNTIES[owner]},
        "stock": {"unit": "台", "total": available, "available": available, "minimum_kept": kept},
    } | changes


def need(quantity: float, line_id: str = "pumps", **changes: Any) -> dict[str, Any]:
    """A need of pumps."""
    return {
        "line_id": line_id,
        "kind": "RESOURCE_KIND_EQUIPMENT",
        "capability": {"scheme": "yrd-capability", "value": "flood.pump"},
        "quantity": {"value": quantity, "unit": "台"},
    } | changes


def write(folder: Path, *steps: dict[str, Any], **head: Any) -> Path:
    """Writes a scenario; None takes a key out of its head."""
    content = {key: value for key, value in (HEAD | head).items() if value is not None}
    _write(folder / "scenario.yaml", content)
    _write(folder / "steps.yaml", list(steps))
    return folder


def _write(path: Path, content: Any) -> None:
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")


def line_of_last_step(folder: Path) -> int:
    """Number of the line on which the last step begins."""
    lines = (folder / "steps.yaml").read_text(encoding="utf-8").splitlines()
    return max(number for number, line in enumerate(lines, 1) if line.startswith("- "))


def made(folder: Path, *steps: dict[str, Any], **head: Any) -> Scenario:
    """The scenario as the drill reads it."""
    return load(str(write(folder, *steps, **head)))
