"""Finds the fields of a message that carry one of the contract's own options.

A plan is made once for each type and option; walking a message then touches only the branches that
lead to such a field.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from yrd.options.v1 import options_pb2

TIMESTAMP = "google.protobuf.Timestamp"


class Branch(NamedTuple):
    """A field that is marked itself (`option` is set) or leads to marked ones (`branches`)."""

    name: str
    repeated: bool
    message: bool
    option: Any
    branches: tuple["Branch", ...]


class Found(NamedTuple):
    """A marked field that has a value: its path, the option's value, and the value."""

    path: str
    option: Any
    value: Any


@cache
def plan(descriptor: Descriptor, option: str) -> tuple[Branch, ...]:
    """Branches of a type that lead to fields marked with `yrd.options.v1.<option>`."""
    extension: Any = options_pb2.DESCRIPTOR.extensions_by_name[option]

    def mark(field: FieldDescriptor) -> Any:
        options = field.GetOptions()
        return options.Extensions[extension] if options.HasExtension(extension) else None

    return _branches(descriptor, mark, ())


@cache
def _time_plan(descriptor: Descriptor) -> tuple[Branch, ...]:
    def mark(field: FieldDescriptor) -> Any:
        kind = field.message_type
        return TIMESTAMP if kind is not None and kind.full_name == TIMESTAMP else None

    return _branches(descriptor, mark, ())


def _branches(
    descriptor: Descriptor, mark: Callable[[FieldDescriptor], Any], above: tuple[str, ...]
) -> tuple[Branch, ...]:
    if descriptor.full_name in above:
        return ()
    inside = (*above, descriptor.full_name)
    found = []
    for field in descriptor.fields:
        kind, marked = field.message_type, mark(field)
        deeper = _branches(kind, mark, inside) if marked is None and kind is not None else ()
        if marked is not None or deeper:
            found.append(Branch(field.name, field.is_repeated, kind is not None, marked, deeper))
    return tuple(found)


def find(message: Message, option: str) -> list[Found]:
    """Every marked field of the message that is present, in the order of the contract."""
    found: list[Found] = []
    branches = plan(message.DESCRIPTOR, option)
    if branches:
        _walk(message, branches, "", found)
    return found


def times(message: Message) -> list[Found]:
    """Every Timestamp of the message that is present."""
    found: list[Found] = []
    _walk(message, _time_plan(message.DESCRIPTOR), "", found)
    return found


def _walk(message: Message, branches: tuple[Branch, ...], prefix: str, found: list[Found]) -> None:
    # every message goes this way: one list that is filled costs half of what generators do
    for branch in branches:
        name = branch.name
        if branch.repeated:
            for index, item in enumerate(getattr(message, name)):
                path = f"{prefix}{name}[{index}]"
                if branch.option is not None:
                    found.append(Found(path, branch.option, item))
                else:
                    _walk(item, branch.branches, f"{path}.", found)
        elif not branch.message or message.HasField(name):
            if branch.option is not None:
                found.append(Found(prefix + name, branch.option, getattr(message, name)))
            else:
                _walk(getattr(message, name), branch.branches, f"{prefix}{name}.", found)
