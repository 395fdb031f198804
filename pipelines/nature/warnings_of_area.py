"""Warnings in force in an area at any instant, from all that was told: none is hidden by a later one."""

from collections.abc import Iterable

from pipelines.facts.known import Known
from pipelines.facts.scope import micros, scope_of
from pipelines.facts.state import fold
from pipelines.nature.warnings import AreaWarning, in_force
from yrd.exchange.v1.message_pb2 import Message


def by_scope(told: Iterable[Message]) -> dict[str, list[Message]]:
    """Warnings by scope."""
    found: dict[str, list[Message]] = {}
    for message in told:
        scope = scope_of(message)
        if scope is not None and message.HasField("early_warning"):
            found.setdefault(scope, []).append(message)
    return found


def warnings_of(told: Iterable[Message], area_code: str, at_us: int) -> list[AreaWarning]:
    """As is known now: of one scope's warnings those issued by then and in force, highest colour first."""
    issued = [m for m in told if micros(m.early_warning.issue_time) <= at_us]
    return in_force(Known(fold(issued), at_us), area_code, at_us)
