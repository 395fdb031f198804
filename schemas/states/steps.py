"""Which step a message takes in which machine, and whether it may follow its entity's earlier ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

from google.protobuf.message import Message

from schemas.catalog import BODY_FIELDS
from schemas.states import tables
from schemas.states.machine import Machine, advance, allowed


@dataclass(frozen=True, slots=True)
class Source:
    """Where a type says its step: an enum field, or a flag with the words for false and true.

    `prefix` stands before the enum value's word. `author_field` names who speaks where the type is
    one for several parties; each party is the field of its own name.
    """

    machine: Machine
    field: str
    prefix: str = ""
    flag: tuple[str, str] | None = None
    author_field: str = ""


_AID, _COORDINATION, _HAZMAT = "yrd.aid.v1.", "yrd.coordination.v1.", "yrd.hazmat.v1."

SOURCES: Mapping[str, Source] = MappingProxyType(
    {
        "yrd.incident.v1.IncidentReport": Source(tables.INCIDENT, "kind"),
        "yrd.warning.v1.EarlyWarning": Source(tables.WARNING, "action"),
        "yrd.monitoring.v1.EarthquakeReport": Source(tables.EARTHQUAKE, "kind"),
        f"{_COORDINATION}ResponseActivation": Source(tables.RESPONSE, "action"),
        f"{_COORDINATION}EnforcementNotice": Source(
            tables.ENFORCEMENT, "step", author_field="author"
        ),
        f"{_COORDINATION}Objection": Source(tables.OBJECTION, "step", author_field="author"),
        f"{_HAZMAT}Waybill": Source(tables.WAYBILL, "step"),
        f"{_HAZMAT}VehicleMovement": Source(tables.TRIP, "kind"),
        f"{_HAZMAT}BorderHandover": Source(tables.HANDOVER, "step", author_field="author"),
        f"{_AID}AidRequest": Source(tables.AID_LINE, "withdrawn", flag=("request", "withdraw")),
        f"{_AID}AidOrder": Source(tables.AID_LINE, "cancelled", flag=("order", "cancel")),
        f"{_AID}AidDeployment": Source(tables.AID_LINE, "status", prefix="deploy:"),
        f"{_AID}AidExtension": Source(tables.AID_LINE, "step", "extension:", author_field="author"),
        f"{_AID}AidReturn": Source(tables.AID_LINE, "step", prefix="return:"),
        f"{_AID}AidSettlement": Source(tables.AID_LINE, "step", "settle:", author_field="author"),
    }
)
"""Types whose messages take one step each; a response or commitment takes one a line."""


class Step(NamedTuple):
    """What a message does: the type, the step, and the party that takes it (empty: any)."""

    type: str
    step: str
    party: str = ""


def step_of(body: Message) -> Step | None:
    """The step that a valid body takes, or None if its type has no machine."""
    name = body.DESCRIPTOR.full_name
    source = SOURCES.get(name)
    if source is None:
        return None
    return step(name, getattr(body, source.field), _party(body, source))


@cache
def step(name: str, value: int, party: str) -> Step:
    """The step of a type by what stands in its field, taken by that party."""
    source = SOURCES[name]
    word = source.flag[value] if source.flag else source.prefix + _words(name)[value]
    return Step(name, word, party)


@cache
def _words(name: str) -> Mapping[int, str]:
    body: Any = BODY_FIELDS[name].message_type
    enum = body.fields_by_name[SOURCES[name].field].enum_type
    prefix = enum.values[0].name.removesuffix("UNSPECIFIED")
    return {value.number: value.name.removeprefix(prefix).lower() for value in enum.values}


def _party(body: Any, source: Source) -> str:
    if not source.author_field:
        return ""
    author = getattr(body, source.author_field)
    return next(
        (party for party, _ in source.machine.parties if getattr(body, party) == author), ""
    )


@cache
def _own_steps(type_name: str, party: str) -> frozenset[str]:
    """Steps that messages of this type by this party can take."""
    source = SOURCES[type_name]
    if source.flag:
        return frozenset(source.flag)
    own = frozenset(source.prefix + word for word in _words(type_name).values())
    return own & source.machine.steps_of(party) if party else own & frozenset(source.machine.steps)


@cache
def follow(known: str, step: Step) -> str | None:
    """What is known of an entity after the step; None if it may not follow. `known` is "" at first."""
    machine = SOURCES[step.type].machine
    return advance(machine, _own_steps(step.type, step.party), known, step.step)


def may_follow(known: str, step: Step) -> tuple[str, ...]:
    """The steps that could be taken instead."""
    machine = SOURCES[step.type].machine
    return allowed(machine, _own_steps(step.type, step.party), known)
