"""Rows that could not be taken, as a CSV to be corrected and imported: nothing of them is lost."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from integration.importing.columns import ERROR_ROW, ERRORS, Found
from integration.importing.faults import Fault
from integration.importing.neutral import neutral
from integration.importing.run import Outcome, Told


def rest_of(found: Found, told: Sequence[Told]) -> str:
    """Header and rows as they came, behind them what is wrong; cells that would run as formulas are neutral.

    Empty if there are none. It begins with a BOM, by which spreadsheets know UTF-8.
    """
    bad = [t for t in told if t.outcome in (Outcome.REFUSED, Outcome.WAITING)]
    if not bad:
        return ""
    ours = [i for i, cell in enumerate(found.header.cells) if cell in (ERRORS, ERROR_ROW)]
    width = max(len(found.header.cells), *(len(c.row.cells) for t in bad for c in t.item.rows))
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow([*_line(found.header.cells, width, ours), ERRORS, ERROR_ROW])
    for one in bad:
        for cells in one.item.rows:
            row = cells.row
            words = _words(one.faults, row.number)
            writer.writerow([*_line(row.cells, width, ours), neutral(words), str(row.number)])
    return "\ufeff" + written.getvalue()


def _line(cells: Sequence[str], width: int, without: Sequence[int]) -> list[str]:
    full = [*cells, *[""] * (width - len(cells))]
    return [neutral(cell) for index, cell in enumerate(full) if index not in without]


def _words(faults: Sequence[Fault], row: int) -> str:
    """Of this row; of its waybill's others, where it has none itself."""
    own = [fault for fault in faults if fault.row == row]
    return " | ".join(str(fault) for fault in own or faults)


def write_rest(file: Path, text: str) -> Path:
    """Writes it where nothing is yet: FILE, or FILE-2 … Raises OSError."""
    stem, ending, number, target = file.stem, file.suffix, 1, file
    while True:
        try:
            with target.open("x", encoding="utf-8", newline="") as opened:
                opened.write(text)
            return target
        except FileExistsError:
            number += 1
            target = file.with_name(f"{stem}-{number}{ending}")
