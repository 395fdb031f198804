"""The form of an action."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from integration.kit.bench import World

Run = Callable[[World, Any, str], Any]
"""(world, argument, role) → what later steps can save. Raises grpc.RpcError, Unmet, Unfit."""


@dataclass(frozen=True, slots=True)
class Action:
    """An action: what runs it, the keys of its argument (None: a list or a single value), and how
    it would be called in a generated client."""

    run: Run
    keys: frozenset[str] | None
    about: str
