"""A kind of table: its columns, the body that a row makes, and what names the thing it tells of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from integration.importing.columns import Column
from yrd.exchange.v1.message_pb2 import DataLevel

AS_OF = "as_of"
"""Key of the column that says when a row was true."""
Body = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """`field` is the body's in a draft; `entries` the list of the body that further rows of a key add to."""

    name: str
    title: str
    field: str
    type: str
    entity: str
    key: str
    columns: Sequence[Column]
    finish: Callable[[Body, str], None]
    """Completes the body of a row, for a participant."""
    level: DataLevel
    entries: str = ""
