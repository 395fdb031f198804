"""Finds the fields of a message that carry one of the contract's own options.

A plan is made once for each type and option; walking a message then touches only the branches that
lead to such a field.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from yrd.options.v1 import options_pb2

TIMESTAMP = "google.protobuf.Timestamp"


@dataclass(frozen=True, slots=True)
class Branch:
    """A field that is marked itself (`option` is set) or leads to marked ones (`branches`)."""

    name: str
    repeated: bool
    message: bool
    option: Any
    branches: tuple["Branch", ...]


@dataclass(frozen=True, slots=True)
class Found:
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


def find(message: Message, option: str) -> Iterator[Found]:
    """Every marked field of the message that is present, in the order of the contract."""
    return _walk(message, plan(message.DESCRIPTOR, option), "")


def has_times(message: Message) -> bool:
    """Whether its type has a Timestamp anywhere."""
    return bool(_time_plan(message.DESCRIPTOR))


def times(message: Message) -> Iterator[Found]:
    """Every Timestamp of the message that is present."""
    return _walk(message, _time_plan(message.DESCRIPTOR), "")


def _walk(message: Message, branches: tuple[Branch, ...], prefix: str) -> Iterator[Found]:
    for branch in branches:
        path = f"{prefix}{branch.name}"
        if branch.repeated:
            for index, item in enumerate(getattr(message, branch.name)):
                yield from _visit(item, branch, f"{path}[{index}]")
        elif not branch.message or message.HasField(branch.name):
            yield from _visit(getattr(message, branch.name), branch, path)


def _visit(value: Any, branch: Branch, path: str) -> Iterator[Found]:
    if branch.option is not None:
        yield Found(path, branch.option, value)
    else:
        yield from _walk(value, branch.branches, f"{path}.")
