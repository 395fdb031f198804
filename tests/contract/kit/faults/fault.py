"""The form of a fault, and what faults are made with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from gateway.exchange import checking
from schemas.catalog import body_of
from yrd.exchange.v1.message_pb2 import Draft

Install = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a gateway, and the groups of cases that should notice."""

    name: str
    about: str
    install: Install
    groups: tuple[str, ...]
    limits: Mapping[str, Any] = field(default_factory=dict)


def wrapped(owner: Any, name: str, wrap: Callable[..., Any]) -> Install:
    """Replaces owner.name by a function that gets the original before its arguments."""

    def install(patch: pytest.MonkeyPatch) -> None:
        original = getattr(owner, name)
        patch.setattr(owner, name, lambda *a, **k: wrap(original, *a, **k))

    return install


def replaced(owner: Any, name: str, value: Any) -> Install:
    """Sets owner.name."""
    return lambda patch: patch.setattr(owner, name, value)


def redrafted(change: Callable[[Draft], None]) -> Install:
    """Changes a draft that was accepted before it is sealed."""

    def wrap(original: Any, _: Any, draft: bytes, *more: Any) -> Any:
        changed = Draft.FromString(draft)
        change(changed)
        return original(body_of(changed), changed.SerializeToString(deterministic=True), *more)

    return wrapped(checking, "cut_up", wrap)


def both(*installs: Install) -> Install:
    """Several replacements that are one fault."""

    def install(patch: pytest.MonkeyPatch) -> None:
        for one in installs:
            one(patch)

    return install


def unchanged(patch: pytest.MonkeyPatch) -> None:
    """For faults of configuration."""
