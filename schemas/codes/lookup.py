"""Whether a value stands in a code table: driven by the index, the same for every table."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from schemas.codes.index import CodeList, Index, Refusal, Table, index
from schemas.codes.reading import FOLDER, Row, TableError, rows


@dataclass(frozen=True, slots=True)
class Known:
    """A code list ready for look-ups. `refused` gives what is wrong with a value that is known."""

    rule: CodeList
    pattern: re.Pattern[str] | None
    elsewhere: re.Pattern[str] | None
    values: frozenset[str]
    refused: Mapping[str, str]

    def problem(self, value: str) -> str | None:
        """What is wrong with a value of this list, and what to do; None if it is fine."""
        rule = self.rule
        if value in self.values:
            return None
        if value in self.refused:
            return f"{rule.noun} {value!r} {self.refused[value]}"
        if self.pattern is not None and not self.pattern.fullmatch(value):
            return f"{value!r} is no {rule.noun} of {rule.scheme}: {rule.remedy}"
        if self.elsewhere is not None and self.elsewhere.fullmatch(value):
            return None
        if not rule.complete or (rule.digits and value[: rule.digits] in self.values):
            return None
        return f"{rule.noun} {value!r} is not in {rule.within}: {rule.remedy}"


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists of a table by scheme; `only` is that of a table of plain strings."""

    by_scheme: Mapping[str, Known]
    only: Known | None
    refusal: str | None


def problem(table: str, scheme: str, value: str) -> str | None:
    """What is wrong with a value of a table, and what to do; None if it is fine.

    `table` is the value of the contract's option `code_table`; `scheme` is empty for plain strings.
    A scheme that an open table does not know is accepted, whatever the value. Raises KeyError for
    a table without code lists or that does not exist.
    """
    lists = _tables()[table]
    found = lists.only or lists.by_scheme.get(scheme)
    if found is not None:
        return found.problem(value)
    return (
        None if lists.refusal is None else f"scheme {scheme!r} is not taken here: {lists.refusal}"
    )


def lists_of(table: str) -> Lists:
    """The code lists of a table. Raises KeyError for one without any or that does not exist."""
    return _tables()[table]


def plain_values(table: str) -> frozenset[str]:
    """Values that a table of plain strings lists, so takes; it may take others. Raises KeyError."""
    only = _tables()[table].only
    return only.values if only else frozenset()


@cache
def _tables() -> Mapping[str, Lists]:
    return read_tables(index(), FOLDER)


def read_tables(found: Index, folder: Path) -> dict[str, Lists]:
    """All tables that have code lists. Raises TableError."""
    return {t.id: _lists(found, t, folder) for t in found.tables.values() if t.lists}


def read_lists(found: Index, table: Table, folder: Path) -> list[Known]:
    """The code lists of a table. Raises TableError."""
    return [_known(found, each, folder) for each in table.lists]


def _lists(found: Index, table: Table, folder: Path) -> Lists:
    known = {each.rule.scheme: each for each in read_lists(found, table, folder)}
    if len(known) != len(table.lists):
        raise TableError(f"index.yaml: table {table.id}: a scheme stands twice; remove one")
    names = " or ".join(repr(scheme) for scheme in known)
    refusal = None if table.open else f"use scheme {names}"
    return Lists(known, next(iter(known.values())) if table.used_in == "string" else None, refusal)


def _known(found: Index, rule: CodeList, folder: Path) -> Known:
    refused: dict[str, str] = {}
    for each in rule.refused:
        refused.update(dict.fromkeys(_refused(found, each, folder), each.text))
    values = {
        _value(row)
        for name in rule.values_from
        for row in rows(found.layout(name), folder)
        if row.cells.get("scheme", rule.scheme) == rule.scheme
    }
    pattern = re.compile(rule.pattern) if rule.pattern else None
    elsewhere = re.compile(rule.elsewhere) if rule.elsewhere else None
    valid = frozenset(_valid(rule, values - refused.keys(), pattern))
    return Known(rule, pattern, elsewhere, valid, refused)


def _valid(rule: CodeList, values: set[str], pattern: re.Pattern[str] | None) -> set[str]:
    """Without the prefixes that a partial list names: they are no values themselves."""
    return {v for v in values if pattern is None or pattern.fullmatch(v)}


def _refused(found: Index, refusal: Refusal, folder: Path) -> list[str]:
    layout = found.layout(refusal.file)
    if refusal.column and refusal.column not in layout.columns:
        raise TableError(
            f"index.yaml: file {layout.name} has no column {refusal.column}; "
            f"use one of {', '.join(layout.columns)}"
        )
    chosen = rows(layout, folder)
    return [_value(r) for r in chosen if not refusal.column or r[refusal.column] == refusal.equals]


def _value(row: Row) -> str:
    """The code of a row: in the column named value, else in its first."""
    return row.cells.get("value") or next(iter(row.cells.values()))
