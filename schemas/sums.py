"""Totals that must be the sum of what stands beside them: the contract's option `sum_of`."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message

from yrd.options.v1 import options_pb2


@dataclass(frozen=True, slots=True)
class Total:
    """A field of a body that is a sum: its name, the repeated field, and the number in each item."""

    field: str
    repeated: str
    number: str


def wrong_totals(body: Message) -> Iterator[tuple[str, str]]:
    """(field, what to do) of each total that is not its sum. Empty lists may have been withheld."""
    for total in totals(body.DESCRIPTOR):
        items = getattr(body, total.repeated)
        expected, stated = sum(getattr(i, total.number) for i in items), getattr(body, total.field)
        if items and expected != stated:
            yield (
                total.field,
                f"{stated} is not the sum of {total.repeated}, {expected}: correct one of them",
            )


@cache
def totals(descriptor: Descriptor) -> tuple[Total, ...]:
    """The totals that a type has."""
    extension: Any = options_pb2.sum_of
    found = []
    for field in descriptor.fields:
        path = str(field.GetOptions().Extensions[extension])
        if path:
            found.append(Total(field.name, *path.split(".")))
    return tuple(found)
