"""Disclosure groups: cutting marked fields out of a body, and putting them back.

Concatenating two protobuf serialisations merges them, so body = parse(core ‖ disclosed parts). That
holds only if no marked field sits inside a repeated message field.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

from google.protobuf.message import Message

from schemas.catalog import BODY_FIELDS
from schemas.walk import Branch, plan


@dataclass(frozen=True, slots=True)
class MarkedField:
    """A field of a disclosure group and the way to it, for example ("reporter", "phone")."""

    path: tuple[str, ...]
    group: str
    repeated: bool
    message: bool


@cache
def marked_fields(full_name: str) -> tuple[MarkedField, ...]:
    """All marked fields of a type. Raises ValueError where one sits inside a repeated message."""
    return tuple(_flatten(full_name, plan(BODY_FIELDS[full_name].message_type, "disclosure"), ()))


def _flatten(owner: str, branches: tuple[Branch, ...], above: tuple[str, ...]) -> list[MarkedField]:
    found: list[MarkedField] = []
    for branch in branches:
        path = (*above, branch.name)
        if branch.option is not None:
            found.append(MarkedField(path, branch.option, branch.repeated, branch.message))
        elif branch.repeated:
            raise ValueError(
                f"{owner}.{'.'.join(path)}: a marked field sits inside a repeated message; "
                "mark the whole repeated field instead"
            )
        else:
            found += _flatten(owner, branch.branches, path)
    return found


@cache
def groups(full_name: str) -> frozenset[str]:
    """Names of all disclosure groups of a type."""
    return frozenset(field.group for field in marked_fields(full_name))


def split(body: Message) -> tuple[bytes, dict[str, bytes]]:
    """Returns the body without marked fields, and for each group that has a value, only its fields.

    All parts are serialised. The body itself is not changed.
    """
    core = type(body)()
    core.CopyFrom(body)
    parts = cut(core)
    return core.SerializeToString(), parts


def cut(body: Message) -> dict[str, bytes]:
    """Takes the marked fields out of a body. Returns them for each group that has a value, serialised."""
    parts: dict[str, Message] = {}
    for path, fields in _owners(body.DESCRIPTOR.full_name):
        owner: Any = body
        for name in path:
            if not owner.HasField(name):
                break
            owner = getattr(owner, name)
        else:
            for field in fields:
                if _is_set(owner, field):
                    part = parts.get(field.group)
                    if part is None:
                        part = parts[field.group] = type(body)()
                    _move(owner, part, field)
    return {group: part.SerializeToString() for group, part in parts.items()}


@cache
def _owners(full_name: str) -> tuple[tuple[tuple[str, ...], tuple[MarkedField, ...]], ...]:
    """Marked fields of a type by the message that they are in, so that it is looked up but once."""
    found: dict[tuple[str, ...], list[MarkedField]] = {}
    for field in marked_fields(full_name):
        found.setdefault(field.path[:-1], []).append(field)
    return tuple((path, tuple(fields)) for path, fields in found.items())


def clear(body: Message, family: str) -> None:
    """Clears the fields of all groups of a family, for example "personal"."""
    for field in marked_fields(body.DESCRIPTOR.full_name):
        if field.group.startswith(f"{family}.") and _present(body, field):
            parent: Any = body
            for name in field.path[:-1]:
                parent = getattr(parent, name)
            parent.ClearField(field.path[-1])


def _present(body: Message, field: MarkedField) -> bool:
    owner: Any = body
    for name in field.path[:-1]:
        if not owner.HasField(name):
            return False
        owner = getattr(owner, name)
    return _is_set(owner, field)


def _is_set(owner: Any, field: MarkedField) -> bool:
    if field.message and not field.repeated:
        return bool(owner.HasField(field.path[-1]))
    return bool(getattr(owner, field.path[-1]))


def _move(owner: Any, target: Any, field: MarkedField) -> None:
    """Moves a field from the message that it is in to where it belongs below `target`."""
    *above, name = field.path
    for step in above:
        target = getattr(target, step)
    value = getattr(owner, name)
    if field.repeated:
        getattr(target, name).extend(value)
    elif field.message:
        getattr(target, name).CopyFrom(value)
    else:
        setattr(target, name, value)
    owner.ClearField(name)
