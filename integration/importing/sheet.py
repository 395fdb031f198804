"""A table as it was found in a file: rows of texts, and what of its cells could not be made a text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from integration.importing.faults import FileRefused, ValueRefused
from integration.importing.neutral import plain

MOST_BYTES = 32 << 20
MOST_ROWS = 100_000
MOST_COLUMNS = 200
MOST_CHARACTERS = 10_000


@dataclass(frozen=True, slots=True)
class Row:
    """Cells of a row, numbered as a spreadsheet numbers rows; `bad` are those that are no values."""

    number: int
    cells: Sequence[str]
    bad: Mapping[int, ValueRefused] = field(default_factory=dict)

    @property
    def blank(self) -> bool:
        """Whether nothing is in it."""
        return not self.bad and not any(self.cells)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows that are not blank, in order; `remarks` say how the file was read."""

    rows: Sequence[Row]
    remarks: Sequence[str] = ()


def require_size(rows: int, columns: int) -> None:
    """Raises FileRefused for a table that is too long or too wide."""
    if rows > MOST_ROWS:
        raise FileRefused(
            "import.rows", f"超过 more than {MOST_ROWS} 行 rows: 拆分文件 split the file"
        )
    if columns > MOST_COLUMNS:
        raise FileRefused(
            "import.columns", f"超过 more than {MOST_COLUMNS} 列 columns: 删去空列 remove columns"
        )


def row_of(number: int, texts: Sequence[str]) -> Row:
    """A row of texts, without the space around them; what is too long or can't be printed is bad."""
    cells = [plain(text.strip()) for text in texts]
    bad = {}
    for index, text in enumerate(cells):
        if len(text) > MOST_CHARACTERS:
            remedy = f"超过 more than {MOST_CHARACTERS} 字 characters: 缩短 shorten it"
            bad[index] = ValueRefused("import.length", remedy)
        elif any(ord(c) < 32 and c not in "\t\n\r" for c in text):
            remedy = "含控制字符 has control characters: 删去 remove them"
            bad[index] = ValueRefused("import.characters", remedy)
    return Row(number, cells, bad)
