"""Planned mistakes of a scenario, that the pipeline must ask about."""

from dataclasses import dataclass
from typing import Any

from integration.drill.reading import LINE, ScenarioError
from yrd.coordination.v1.dialogue_pb2 import ObjectionGround

_PREFIX = "OBJECTION_GROUND_"


@dataclass(frozen=True, slots=True)
class Questioned:
    """What is planned to be wrong with a message: kind of question, and ObjectionGround of the objection."""

    kind: str
    ground: int


def planned(value: Any, where: str) -> Questioned | None:
    """Read from a step; `where` is named in errors. Raises ScenarioError."""
    if value is None:
        return None
    if not isinstance(value, dict) or value.keys() - {LINE} != {"kind", "ground"}:
        raise ScenarioError(f"{where}: questioned: expected kind and ground")
    grounds = [name.removeprefix(_PREFIX).lower() for name in ObjectionGround.keys()[1:]]
    if value["ground"] not in grounds:
        raise ScenarioError(f"{where}: questioned: ground: {value['ground']!r}: one of {grounds}")
    ground = ObjectionGround.Value(f"{_PREFIX}{value['ground'].upper()}")
    return Questioned(str(value["kind"]), ground)
