"""XLSX from strangers: bounded before it is read, without entities, formulas never run nor trusted."""

import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from integration.importing.faults import FileRefused, ValueRefused
from integration.importing.sheet import MOST_COLUMNS, Row, Sheet, require_size, row_of

MOST_UNPACKED = 256 << 20
MOST_PARTS = 2_000
_EXACT = 10**15
"""Spreadsheets keep fifteen digits of a number."""
_CHUNK = 1 << 20
_BROKEN = (
    zipfile.BadZipFile,
    InvalidFileException,
    SyntaxError,  # of XML, too
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    EOFError,
    OSError,
    RuntimeError,
    NotImplementedError,
    zlib.error,
)


def read_xlsx(data: bytes, name: str = "") -> Sheet:
    """The table of a workbook's first visible sheet, or of the one named. Raises FileRefused."""
    try:
        _require_harmless(data)
        book = load_workbook(BytesIO(data), read_only=True, data_only=False, keep_links=False)
        sheet = _chosen(book, name)
        sheet.reset_dimensions()
        rows = [row for row in _rows(sheet) if not row.blank]
    except FileRefused:
        raise
    except _BROKEN as error:
        raise FileRefused(
            "import.xlsx",
            f"不是完好的XLSX is no sound XLSX ({type(error).__name__}): 重新另存 save it anew, or as CSV",
        ) from None
    several = len(book.sheetnames) > 1
    return Sheet(rows, [f"工作表 sheet: {sheet.title}"] if several else [])


def _chosen(book: Any, name: str) -> Any:
    if name:
        if name not in book.sheetnames:
            known = "、".join(book.sheetnames)[:300]
            raise FileRefused("import.sheet", f"没有工作表 no sheet {name!r}: 有 there are {known}")
        return book[name]
    shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if not shown:
        raise FileRefused(
            "import.sheet", "没有可见的工作表 no visible sheet: 用--sheet指明 name one"
        )
    return shown[0]


def _require_harmless(data: bytes) -> None:
    """Unpacks all of it once, counting, and looks for declarations that XML of a workbook never has."""
    with zipfile.ZipFile(BytesIO(data)) as packed:
        parts = packed.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise _bomb()
        left = MOST_UNPACKED
        for part in parts:
            left = _unpacked(packed, part, left)


def _unpacked(packed: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> int:
    before = b""
    with packed.open(part) as opened:
        while chunk := opened.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise _bomb()
            text = (before + chunk).replace(b"\0", b"")
            if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
                raise FileRefused(
                    "xml.doctype",
                    "含DOCTYPE，一律拒绝 has a DOCTYPE, which is never taken: 重新另存 save it anew",
                )
            before = text[-16:]
    return left


def _bomb() -> FileRefused:
    return FileRefused(
        "import.unpacked",
        f"解压后过大 unpacks to more than {MOST_UNPACKED >> 20} MiB or {MOST_PARTS} parts: 拆分 split it",
    )


def _rows(sheet: Any) -> Iterator[Row]:
    for number, cells in enumerate(sheet.iter_rows(), 1):
        kept = cells[:MOST_COLUMNS]
        more = any(cell.value is not None for cell in cells[MOST_COLUMNS:])
        require_size(number, MOST_COLUMNS + 1 if more else len(kept))
        texts, bad = [], {}
        for index, cell in enumerate(kept):
            try:
                texts.append(_text(cell))
            except ValueRefused as error:
                texts.append(str(cell.value) if isinstance(cell.value, str | int | float) else "")
                bad[index] = error
        made = row_of(number, texts)
        yield Row(number, made.cells, {**made.bad, **bad})


def _text(cell: Any) -> str:
    """What a cell shows, as text. Raises ValueRefused."""
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        raise ValueRefused(
            "import.formula",
            "是公式，不计算也不采信 is a formula, neither run nor trusted: 粘贴为值 paste it as a value",
        )
    if cell.data_type == "e":
        raise ValueRefused("import.cell_error", f"{value}: 是错误值 an error: 改正 correct it")
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, datetime):  # a day is one at midnight
        day = value.time() == time()
        return str(value.date()) if day else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return value
    raise ValueRefused(
        "import.cell", "是时长或其他类型 a duration or other kind: 写作文本 write it as text"
    )


def _number(value: int | float) -> str:
    if abs(value) >= _EXACT:
        raise ValueRefused(
            "import.digits_lost",
            "超过15位的数字，表格软件不保留 a number of more than 15 digits, which no spreadsheet keeps: "
            "把该列设为文本后重填 format the column as text and fill it in again",
        )
    return str(int(value)) if value == int(value) else repr(value)
