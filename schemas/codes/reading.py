"""Reads the table files beside this module, and says exactly where one can't be used."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

FOLDER = Path(__file__).parent


class TableError(Exception):
    """A table that can't be used; the text names file, line, column and remedy."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What a table file must look like.

    `columns` are its header, `key` those whose values together may stand only once, `filled` those
    that may not be empty.
    """

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    filled: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file; `line` is the number of its last line."""

    file: str
    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def fault(self, column: str, what: str) -> TableError:
        """The error for a cell of this row; `what` says what is wrong and what to do."""
        return TableError(f"{self.file}: line {self.line}, column {column}: {what}")

    def integer(self, column: str) -> int:
        """A whole number of at least 0. Raises TableError."""
        text = self[column]
        if not (text.isascii() and text.isdigit()):
            raise self.fault(column, f"{text!r} is no whole number; write digits only")
        return int(text)

    def number(self, column: str) -> float:
        """A decimal number. Raises TableError."""
        try:
            return float(self[column])
        except ValueError:
            raise self.fault(
                column, f"{self[column]!r} is no number; write it with a decimal point"
            ) from None

    def day(self, column: str) -> date | None:
        """A day, or None for an empty cell. Raises TableError."""
        text = self[column]
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            raise self.fault(column, f"{text!r} is no day; write it as YYYY-MM-DD") from None

    def one_of(self, column: str, allowed: Iterable[str]) -> str:
        """A word of a short list. Raises TableError."""
        words = tuple(allowed)
        if self[column] not in words:
            raise self.fault(column, f"{self[column]!r} is not known; use {', '.join(words)}")
        return self[column]


def rows(layout: Layout, folder: Path | None = None) -> list[Row]:
    """All rows of a .tsv or .csv file. Raises TableError with the file's first fault."""
    found, faults = scan(layout, folder or FOLDER)
    if faults:
        raise TableError(faults[0])
    return found


def scan(layout: Layout, folder: Path) -> tuple[list[Row], list[str]]:
    """The rows that can be read, and every fault of the file."""
    name = layout.name
    try:
        data = (folder / name).read_bytes()
    except OSError as error:
        return [], [
            f"{name}: can't be read ({error.strerror}); restore it or take it out of the index"
        ]
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        what = f"byte 0x{data[error.start]:02x} is not UTF-8; save the file as UTF-8"
        return [], [
            f"{name}: line {line}, column {_column_at(layout, data, error.start)}"
            f" (byte {column}): {what}"
        ]
    return _parsed(layout, text)


def _column_at(layout: Layout, data: bytes, at: int) -> str:
    """Name of the column in which a byte lies, as far as separators tell."""
    start = data.rfind(b"\n", 0, at) + 1
    index = data.count(_separator(layout.name).encode(), start, at)
    return layout.columns[index] if index < len(layout.columns) else str(index + 1)


def _separator(name: str) -> str:
    return "\t" if name.endswith(".tsv") else ","


def _parsed(layout: Layout, text: str) -> tuple[list[Row], list[str]]:
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=_separator(layout.name), strict=True
    )
    found: list[Row] = []
    faults: list[str] = []
    try:
        header = next(reader, [])
        faults += _header_faults(layout, header)
        if faults:
            return [], faults
        for cells in reader:
            if len(cells) != len(header):
                faults.append(_count_fault(layout, reader.line_num, len(cells)))
                continue
            row = Row(layout.name, reader.line_num, dict(zip(header, cells, strict=True)))
            faults += _cell_faults(layout, row)
            found.append(row)
    except csv.Error as error:
        faults.append(f"{layout.name}: line {reader.line_num}: {error}; quote the cell as in CSV")
    return found, faults + _repeated(layout, found)


def _header_faults(layout: Layout, header: list[str]) -> list[str]:
    where = f"{layout.name}: line 1, column"
    faults = [
        f"{where} {column}: missing; add it to the header and to every row"
        for column in layout.columns
        if column not in header
    ]
    faults += [
        f"{where} {column}: not expected; remove it, or name it in index.yaml"
        for column in header
        if column not in layout.columns
    ]
    twice = {column for column in header if header.count(column) > 1}
    return faults + [f"{where} {column}: stands twice; remove one" for column in sorted(twice)]


def _count_fault(layout: Layout, line: int, count: int) -> str:
    wanted = len(layout.columns)
    at = layout.columns[count] if count < wanted else f"{wanted + 1}"
    remedy = "add the missing cells" if count < wanted else "remove the extra cells or quote them"
    return f"{layout.name}: line {line}, column {at}: {count} cells instead of {wanted}; {remedy}"


def _cell_faults(layout: Layout, row: Row) -> list[str]:
    empty = [c for c in layout.filled if not row[c].strip()]
    faults = [str(row.fault(c, "empty; fill it in, or remove the row")) for c in empty]
    spaced = [c for c in layout.key if row[c] != row[c].strip()]
    return faults + [str(row.fault(c, "spaces around the code; remove them")) for c in spaced]


def _repeated(layout: Layout, found: list[Row]) -> list[str]:
    seen: dict[tuple[str, ...], int] = {}
    faults = []
    for row in found:
        value = tuple(row[column] for column in layout.key)
        if value in seen:
            text = f"{' '.join(filter(None, value))} stands in line {seen[value]} already"
            faults.append(str(row.fault(layout.key[-1], f"{text}; remove one of the two")))
        seen.setdefault(value, row.line)
    return faults
