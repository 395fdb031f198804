"""Disclosure groups: cutting marked fields out of a body, and putting them back.

Concatenating two protobuf serialisations merges them, so body = parse(core ‖ disclosed parts). That
holds only if no marked field sits inside a repeated message field.
"""

from collections.abc import Callable
from functools import cache, partial
from typing import Any, NamedTuple

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message

from schemas.catalog import BODY_FIELDS
from schemas.walk import Branch, plan


class MarkedField(NamedTuple):
    """A field of a disclosure group and the way to it, for example ("reporter", "phone").

    `single`: a message that is not repeated, so that it tracks presence.
    """

    path: tuple[str, ...]
    group: str
    repeated: bool
    message: bool
    name: str
    single: bool


@cache
def marked_fields(full_name: str) -> tuple[MarkedField, ...]:
    """All marked fields of a type. Raises ValueError where one sits inside a repeated message."""
    return tuple(_flatten(full_name, plan(BODY_FIELDS[full_name].message_type, "disclosure"), ()))


def _flatten(owner: str, branches: tuple[Branch, ...], above: tuple[str, ...]) -> list[MarkedField]:
    found: list[MarkedField] = []
    for branch in branches:
        path = (*above, branch.name)
        if branch.option is not None:
            single = branch.message and not branch.repeated
            kind = (branch.repeated, branch.message, branch.name, single)
            found.append(MarkedField(path, branch.option, *kind))
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
    for path, fields in _owners(body.DESCRIPTOR):
        owner: Any = body
        for name in path:
            if not owner.HasField(name):
                break
            owner = getattr(owner, name)
        else:
            _move(owner, fields, partial(_place, body, path, parts))
    return {group: part.SerializeToString() for group, part in parts.items()}


def _move(owner: Any, fields: tuple[MarkedField, ...], place: Callable[[str], Any]) -> None:
    """Moves fields that are set from the message that they are in to the place of their group."""
    places: dict[str, Any] = {}
    for field in fields:
        name, group = field.name, field.group
        if field.single and not owner.HasField(name):
            continue
        value = getattr(owner, name)
        if not (value or field.single):
            continue
        target = places.get(group)
        if target is None:
            target = places[group] = place(group)
        if field.repeated:
            getattr(target, name).extend(value)
        elif field.message:
            getattr(target, name).CopyFrom(value)
        else:
            setattr(target, name, value)
        owner.ClearField(name)


def _place(body: Message, path: tuple[str, ...], parts: dict[str, Message], group: str) -> Any:
    """Where the fields of a group that lie on that path belong."""
    target: Any = parts.get(group)
    if target is None:
        target = parts[group] = type(body)()
    for name in path:
        target = getattr(target, name)
    return target


@cache
def _owners(kind: Descriptor) -> tuple[tuple[tuple[str, ...], tuple[MarkedField, ...]], ...]:
    """Marked fields of a type by the message that they are in, so that it is looked up but once."""
    found: dict[tuple[str, ...], list[MarkedField]] = {}
    for field in marked_fields(kind.full_name):
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
    return bool(owner.HasField(field.name) if field.single else getattr(owner, field.name))
