"""Columns of a table: what they are called, which field they fill, and which header is which."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from integration.importing.faults import Fault, FileRefused, ValueRefused
from integration.importing.sheet import Row, Sheet
from integration.importing.values import Reader

ERRORS, ERROR_ROW = "错误 errors", "原行号 row"
"""Columns that we add to a file of rows that could not be taken; left alone when it is read again."""
_HEADER_ROWS = 20


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `path` is the field that it fills ("stock.unit"), `[]` in it a list's entry."""

    key: str
    zh: str
    path: str
    read: Reader
    required: bool = False
    help: str = ""
    also: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """As the template has it."""
        return f"{self.zh} {self.key}"


@dataclass(frozen=True, slots=True)
class Cells:
    """A row by column key: values that could be read, and faults of those that could not."""

    row: Row
    values: Mapping[str, Any]
    faults: Sequence[Fault]


@dataclass(frozen=True, slots=True)
class Found:
    """The rows of a table below its header."""

    header: Row
    rows: Sequence[Cells]
    remarks: Sequence[str] = field(default_factory=tuple)


def found(sheet: Sheet, columns: Sequence[Column]) -> Found:
    """The table in a sheet; its header is the row near the top that names most. Raises FileRefused."""
    names = _names(columns)
    head = sheet.rows[:_HEADER_ROWS]
    if not head:
        raise FileRefused(
            "import.empty", "没有内容 there is nothing in it: 填写模板 fill in the template"
        )
    header = max(head, key=lambda row: sum(_plain(c) in names for c in row.cells))
    placed = _placed(header, names)
    missing = [c.title for c in columns if c.required and c.key not in placed]
    if missing:
        raise FileRefused(
            "import.header",
            f"表头缺列 columns are missing: {'、'.join(missing)}: 对照模板 compare with "
            "`yrd import template`",
        )
    by_key = {column.key: column for column in columns}
    below = [row for row in sheet.rows if row.number > header.number]
    rows = [_cells(row, placed, by_key) for row in below]
    return Found(header, rows, [*sheet.remarks, *_left_out(header, placed)])


def _names(columns: Iterable[Column]) -> dict[str, Column]:
    return {
        _plain(name): column
        for column in columns
        for name in (column.key, column.zh, column.title, *column.also)
    }


def _plain(name: str) -> str:
    """A header without spaces, brackets, stars and case."""
    return re.sub(r"[\s_\-（）()*＊:：\ufeff]", "", name).lower()


_OURS = frozenset({_plain(ERRORS), _plain(ERROR_ROW)})


def _placed(header: Row, names: Mapping[str, Column]) -> dict[str, int]:
    placed: dict[str, int] = {}
    for index, cell in enumerate(header.cells):
        column = names.get(_plain(cell))
        if column is not None and column.key in placed:
            raise FileRefused(
                "import.header", f"两列同为 two columns are {column.title}: 删去其一 remove one"
            )
        if column is not None:
            placed[column.key] = index
    return placed


def _left_out(header: Row, placed: Mapping[str, int]) -> list[str]:
    taken = set(placed.values())
    others = [
        cell
        for index, cell in enumerate(header.cells)
        if cell and index not in taken and _plain(cell) not in _OURS
    ]
    return [f"未带入的列 columns left out: {'、'.join(others)[:300]}"] if others else []


def _cells(row: Row, placed: Mapping[str, int], columns: Mapping[str, Column]) -> Cells:
    values, faults = {}, []
    for key, index in placed.items():
        column = columns[key]
        cell = row.cells[index] if index < len(row.cells) else ""
        try:
            if index in row.bad:
                raise row.bad[index]
            if cell:
                values[key] = column.read(cell)
        except ValueRefused as error:
            faults.append(Fault(row.number, column.title, error.rule, error.remedy))
    return Cells(row, values, faults)
