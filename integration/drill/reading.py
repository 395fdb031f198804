"""Reads a scenario's YAML so that each error can name file and line."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

LINE = "__line__"
"""Key under which every mapping carries its line."""


class ScenarioError(Exception):
    """A scenario that can't be used; the text names file, line, field, and what to do."""


def mapping(path: Path) -> dict[str, Any]:
    """The keys and values of a file. Raises ScenarioError."""
    content = document(path)
    if not isinstance(content, dict):
        raise ScenarioError(f"{path.name}: expected keys and values")
    return content


def document(path: Path) -> Any:
    """What a file holds. Raises ScenarioError."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), _LineLoader)
    except UnicodeDecodeError as error:
        raise ScenarioError(f"{path.name}: not UTF-8: {error}; save it as UTF-8") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ScenarioError(f"{path.name}: not YAML: {error}") from None


def plain(content: dict[str, Any]) -> dict[str, Any]:
    """A mapping without its line."""
    return {key: value for key, value in content.items() if key != LINE}


def time(value: Any, where: str) -> datetime:
    """An instant in UTC from text with an offset. Raises ScenarioError."""
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        raise ScenarioError(
            f"{where}: {value!r} is not a date: write it like 2021-07-25T12:30+08:00"
        ) from None
    if found.tzinfo is None:
        raise ScenarioError(f"{where}: {value} has no offset: add +08:00 for Beijing time")
    return found.astimezone(UTC)


def text(instant: datetime) -> str:
    """As in ProtoJSON."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class _LineLoader(yaml.SafeLoader):
    """Keeps times as text, since they need an offset, and notes each mapping's line."""


_LineLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _construct_mapping(loader: _LineLoader, node: yaml.MappingNode) -> dict[str, Any]:
    seen: set[str] = set()
    for key, _ in node.value:
        if key.value in seen:
            raise yaml.constructor.ConstructorError(
                None, None, f"key {key.value!r} stands twice: keep one", key.start_mark
            )
        seen.add(key.value)
    found: dict[Any, Any] = loader.construct_mapping(node, deep=True)
    found[LINE] = node.start_mark.line + 1
    return found


_LineLoader.add_constructor("tag:yaml.org,2002:map", _construct_mapping)
