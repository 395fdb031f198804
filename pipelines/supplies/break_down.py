"""Reserves of one area and kind, broken up by the areas in it and by the next layer of kinds."""

from collections.abc import Iterable

from pipelines.facts.known import Known
from pipelines.facts.scope import scope_of
from pipelines.facts.state import fold
from pipelines.supplies.reserves import DEEPEST, rollup
from pipelines.supplies.stocktake import Holding, of_kind
from yrd.exchange.v1.message_pb2 import Message
from yrd.resource.v1.resource_pb2 import ResourceKind
from yrd.situation.v1.supplies_pb2 import SupplyLine


def stores(told: Iterable[Message]) -> dict[str, list[Holding]]:
    """Supplies by scope, as they count at the newest instant that any of the resources told."""
    by_scope: dict[str, list[Message]] = {}
    for message in told:
        scope = scope_of(message)
        if scope is not None and message.HasField("resource_status"):
            by_scope.setdefault(scope, []).append(message)
    found = {scope: Known(fold(messages)) for scope, messages in by_scope.items()}
    supplies = ResourceKind.RESOURCE_KIND_SUPPLIES
    return {scope: of_kind(known, known.as_of_us, supplies) for scope, known in found.items()}


def break_down(holdings: Iterable[Holding], area: str, kind: str) -> list[SupplyLine]:
    """The area's own line and its kinds one layer down, then the line of each area directly in it.

    `area` is empty for all four provinces, `kind` for every kind; else it has 1, 3, 5 or 7 digits.
    """
    inside = [holding for holding in holdings if area in holding.areas]
    parts = {following for holding in inside for following in _following(holding, area)}
    deep = rollup(lambda code: DEEPEST if code == area or code in parts else 0)
    lines = deep.of(inside).lines()
    return [
        line
        for line in lines
        if _wanted(line.kind_prefix, kind, layers_down=line.admin_code == area)
    ]


def _following(holding: Holding, area: str) -> tuple[str, ...]:
    at = holding.areas.index(area) + 1
    return holding.areas[at : at + 1]


def _wanted(prefix: str, kind: str, layers_down: bool) -> bool:
    """The kind itself; and what it is made of, a layer down. Without a kind: the first layer."""
    if not kind:
        return len(prefix) <= 1
    below = len(kind) + 2
    return prefix == kind or (layers_down and len(prefix) == below and prefix.startswith(kind))
