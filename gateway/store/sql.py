"""The SQL that SQLite and PostgreSQL have in common, and what is asked of a connection to either.

Parameters are "?". Whatever differs between the two is behind these methods, not in the statements.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol


class Rows(Protocol):
    """What a statement found."""

    def fetchone(self) -> Any:
        """The next row; None if there is none."""
        ...

    def fetchall(self) -> list[Any]:
        """All rows that are left."""
        ...

    def __iter__(self) -> Iterator[Any]: ...


class Queries(Protocol):
    """Runs single statements."""

    def execute(self, query: str, arguments: Sequence[Any] = (), /) -> Rows:
        """Runs a statement."""
        ...


class Reads(Queries, Protocol):
    """What reads."""

    def stream(
        self, query: str, arguments: Sequence[Any]
    ) -> AbstractContextManager[Iterator[tuple[Any, ...]]]:
        """Rows that are read as they are asked for."""
        ...


class Sql(Reads, Protocol):
    """A connection. One thread at a time."""

    def executemany(self, query: str, rows: Sequence[Sequence[Any]], /) -> object:
        """Runs a statement for each row; does nothing without rows."""
        ...

    def insert(self, table: str, width: int, values: list[Any], conflict: str = "") -> None:
        """Inserts rows of all `width` columns of a table, whose values stand one row behind the other.

        With `conflict`, no two of them may contradict.
        """
        ...


def marks(values: Sequence[object]) -> str:
    """As many question marks, for a statement."""
    return ",".join("?" * len(values))


def padded(values: Sequence[Any]) -> tuple[Any, ...]:
    """For an IN: the last one again and again, up to a power of two, so that statements are few.

    For none it is NULL, which nothing equals.
    """
    if not values:
        return (None,)
    missing = (1 << (len(values) - 1).bit_length()) - len(values)
    return (*values, *[values[-1]] * missing)
