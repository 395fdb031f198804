"""Empty tables to be filled in: CSV with a header, XLSX with explanations on a second sheet."""

import csv
import io
from typing import Any

from integration.importing.columns import Column
from integration.importing.resources import RESOURCES
from integration.importing.table import Table
from integration.importing.waybills import WAYBILLS

TABLES = {table.name: table for table in (RESOURCES, WAYBILLS)}
_NOTES = ("列 column", "必填 required", "说明 notes")


def as_csv(table: Table) -> str:
    """The header, with a BOM by which spreadsheets know UTF-8."""
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator="\r\n").writerow(column.title for column in table.columns)
    return "\ufeff" + written.getvalue()


def notes(table: Table) -> list[tuple[str, str, str]]:
    """Of each column: title, whether it must be filled, what it holds."""
    return [(c.title, "是 yes" if c.required else "", _note(c)) for c in table.columns]


def _note(column: Column) -> str:
    others = f"也认 also {'、'.join(column.also)}" if column.also else ""
    return "; ".join(filter(None, (column.help, others)))


def as_xlsx(table: Table) -> bytes:
    """A workbook whose cells are text, so that no digit of a long number is lost. Needs openpyxl."""
    from openpyxl import Workbook  # noqa: PLC0415  an extra

    book: Any = Workbook()
    sheet = book.active
    sheet.title = table.name
    sheet.append([column.title for column in table.columns])
    sheet.freeze_panes = "A2"
    for index, column in enumerate(table.columns, 1):
        letter = sheet.cell(1, index).column_letter
        sheet.column_dimensions[letter].width = 3 + 2 * len(column.zh) + len(column.key)
        sheet.column_dimensions[letter].number_format = "@"
    explained = book.create_sheet("说明 notes")
    for line in (_NOTES, *notes(table)):
        explained.append(line)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()
