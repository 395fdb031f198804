"""CSV of whatever encoding Chinese offices write: UTF-8 with or without BOM, UTF-16 with BOM, GB18030."""

import codecs
import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

from integration.importing.faults import FileRefused
from integration.importing.sheet import MOST_COLUMNS, Row, Sheet, require_size, row_of

ENCODINGS = ("utf-8", "gb18030", "utf-16")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DELIMITERS = ",\t;"
_HEAD = 20
_QUOTED = re.compile('"[^"]*"')
_UNLIKELY = frozenset(["Cc", "Cn", "Co", "Cs"])
"""Categories of characters that no table has: controls, unassigned, private, surrogates."""


def read_csv(data: bytes, encoding: str = "") -> Sheet:
    """The table of a CSV file; `encoding` is one of ENCODINGS, or empty to find it. Raises FileRefused."""
    text, found = decoded(data, encoding)
    delimiter = _delimiter(text)
    rows = [row for row in _rows(text, delimiter) if not row.blank]
    remarks = [] if found.startswith("utf-8") else [f"编码 encoding: {found}"]
    if number := sum(cell.startswith(("=", "@")) for row in rows for cell in row.cells):
        remarks.append(
            f"{number}格以=或@开头，按文本读取，不计算 cells begin as formulas do: taken as text"
        )
    return Sheet(rows, remarks)


def decoded(data: bytes, encoding: str = "") -> tuple[str, str]:
    """Text and encoding. UTF-8 is tried first and strictly: nothing else looks like it by chance.

    GB18030 takes nearly any bytes, so its text must not hold what no table holds. Raises FileRefused.
    """
    bom = next((name for mark, name in _BOMS if data.startswith(mark)), "")
    if encoding or bom:
        return _strict(data, bom or encoding)
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        text, found = _strict(data, "gb18030")
    if any(unicodedata.category(c) in _UNLIKELY and c not in "\t\n\r" for c in text):
        raise FileRefused(
            "import.encoding",
            '认不出编码 the encoding is neither UTF-8 nor GB18030: 另存为 save as "CSV UTF-8"',
        )
    return text, found


def _strict(data: bytes, encoding: str) -> tuple[str, str]:
    try:
        return data.decode(encoding), encoding
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FileRefused(
            "import.encoding",
            f'第{line}行不是{encoding} line {line} is not {encoding}: 另存为 save as "CSV UTF-8"',
        ) from None


def _delimiter(text: str) -> str:
    """What stands equally often in most of the first lines: all rows have as many columns."""
    lines = _QUOTED.sub("", text[: 1 << 16]).splitlines()[:_HEAD]

    def evenness(mark: str) -> tuple[int, int]:
        counts = Counter(line.count(mark) for line in lines if mark in line)
        return max(((rows, each) for each, rows in counts.items()), default=(0, 0))

    return max(_DELIMITERS, key=evenness)


def _rows(text: str, delimiter: str) -> Iterator[Row]:
    if "\0" in text:
        raise FileRefused(
            "import.characters", "含NUL字符 has NUL characters: 另存为CSV save it as CSV"
        )
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            kept = cells[: MOST_COLUMNS + 1] if not any(cells[MOST_COLUMNS:]) else cells
            require_size(number, len(kept))
            yield row_of(number, kept)
    except csv.Error as error:
        raise FileRefused(
            "import.csv",
            f"第{number + 1}行 row {number + 1}: 引号不成对或字段过长 quotes don't match, or a field is too "
            f"long ({error}): 改正 correct it",
        ) from None
