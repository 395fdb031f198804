"""Tables in two languages: as Markdown for people, as rows for programs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Column:
    """`name` stands in JSON; `digits` behind the point; None: text, or a number as it is."""

    name: str
    zh: str
    en: str
    digits: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of as many values as there are columns; None is shown as a dash."""

    name: str
    zh: str
    en: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    shown: int | None = None
    """How many rows people see; None: all."""

    def markdown(self) -> str:
        """With its title."""
        head = " | ".join(f"{c.zh}<br>{c.en}" for c in self.columns)
        line = "|".join("---" if c.digits is None else "---:" for c in self.columns)
        body = [" | ".join(map(_shown, row, self.columns)) for row in self.rows[: self.shown]]
        return "\n".join(
            [f"**{self.zh} · {self.en}**", "", *_bars([head]), f"|{line}|", *_bars(body)]
        )

    def as_json(self) -> list[dict[str, Any]]:
        """A mapping for each row."""
        return [dict(zip((c.name for c in self.columns), row, strict=True)) for row in self.rows]


def _bars(rows: Sequence[str]) -> list[str]:
    return [f"| {row} |" for row in rows]


def _shown(value: Any, column: Column) -> str:
    if value is None:
        return "–"
    return str(value) if column.digits is None else f"{value:,.{column.digits}f}"
