"""Rows go into SQLite many a statement, and long ones by one that keeps no more than a row."""

import sqlite3
from itertools import chain
from pathlib import Path

import pytest

from gateway.store.sqlite_open import FEW_ROWS, LONG_BYTES, ROWS, connect

SHORT, LONG = b"x" * LONG_BYTES, b"x" * (LONG_BYTES + 1)


@pytest.mark.parametrize(
    ("values", "widths"),
    [
        ([SHORT] * 3, [3]),
        ([SHORT, LONG, SHORT], [1, 1, 1]),
        ([SHORT] * (ROWS + FEW_ROWS + 2), [ROWS, FEW_ROWS, 2]),
        ([SHORT] * FEW_ROWS + [LONG] * 2, [FEW_ROWS, 1, 1]),
        ([], []),
    ],
)
def test_a_statement_for_so_many_rows(
    tmp_path: Path, values: list[bytes], widths: list[int]
) -> None:
    connection = connect(tmp_path / "store.db")
    connection.execute("CREATE TABLE kept (number INTEGER PRIMARY KEY, data BLOB)")
    ran: list[str] = []
    connection.set_trace_callback(ran.append)
    connection.insert("kept", 2, [*chain.from_iterable(enumerate(values))])
    connection.set_trace_callback(None)
    assert [text.count("(") for text in ran if text.startswith("INSERT")] == widths
    assert [row[0] for row in connection.execute("SELECT data FROM kept ORDER BY number")] == values
    connection.close()


@pytest.mark.parametrize("value", [b"", SHORT, None])
def test_bytes_and_nothing_are_bound_as_they_are_without_being_asked(
    tmp_path: Path, value: bytes | None
) -> None:
    adapter = sqlite3.adapters[type(value), sqlite3.PrepareProtocol]
    assert adapter(value) is value
    connection = connect(tmp_path / "store.db")
    assert connection.execute("SELECT ?, typeof(?1)", (value,)).fetchone() == (
        value,
        "null" if value is None else "blob",
    )
    connection.close()
