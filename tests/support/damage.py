"""Damage to a store whose gateway is stopped, and to one that runs."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from gateway.store.sqlite import SqliteStore

FILE = "gateway.db"


def run_sql(data: Path, statement: str, *arguments: object) -> list[Any]:
    """Runs one statement on a stopped gateway's data folder and returns its rows."""
    with closing(sqlite3.connect(data / FILE)) as connection, connection:
        return connection.execute(statement, arguments).fetchall()


def flip(data: Path, table: str, column: str, where: str) -> None:
    """Flips a bit in the last byte of a column in the only row that matches."""
    ((value,),) = run_sql(data, f"SELECT {column} FROM {table} WHERE {where}")
    changed = bytes([*value[:-1], value[-1] ^ 1])
    run_sql(data, f"UPDATE {table} SET {column} = ? WHERE {where}", changed)


def failing(
    patch: pytest.MonkeyPatch, method: str, failure: Callable[[], Exception]
) -> Callable[[], None]:
    """Lets a method of the store fail until the function that is returned is called."""
    original = getattr(SqliteStore, method)

    def fail(*_: object, **__: object) -> None:
        raise failure()

    patch.setattr(SqliteStore, method, fail)
    return lambda: patch.setattr(SqliteStore, method, original)
