"""The index of all code tables, index.yaml: what there is, from where, and what a value may be."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import yaml

from schemas.codes.reading import FOLDER, Layout, TableError

NAME = "index.yaml"
CERTAINTIES = ("verified", "computed", "unverified", "unsure")
_LINE = "__line__"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class TableFile:
    """A file of a table: its layout, where it is from, and how sure it is.

    `date` is a day on which it was retrieved or written (ISO); `certainty` is one of CERTAINTIES.
    """

    layout: Layout
    source: str
    edition: str
    licence: str
    date: str
    certainty: str

    @property
    def name(self) -> str:
        """File name in schemas/codes."""
        return self.layout.name


@dataclass(frozen=True, slots=True)
class Refusal:
    """Values that are known and refused: all of `file`, or its rows in which a column says so."""

    file: str
    column: str
    equals: str
    text: str


@dataclass(frozen=True, slots=True)
class CodeList:
    """A code list (scheme) that a table knows.

    `complete`: a value that is not in `values_from` is refused. `pattern`, if there is one, is what
    every value must look like. `digits` above 0: a longer value is known by its first characters.
    `elsewhere` is a pattern of values that the list is not about: they are taken as they are.
    """

    scheme: str
    noun: str
    remedy: str
    complete: bool
    within: str
    pattern: str
    digits: int
    elsewhere: str
    values_from: tuple[str, ...]
    refused: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the contract's option `code_table`, or one for reference (`used_in`).

    `open`: a scheme that is not in `lists` is accepted.
    """

    id: str
    title_zh: str
    title_en: str
    used_in: str
    open: bool
    lists: tuple[CodeList, ...]
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Index:
    """All tables and all files, by id and by name."""

    tables: Mapping[str, Table]
    files: Mapping[str, TableFile]

    def layout(self, file: str) -> Layout:
        """Layout of a file. Raises TableError if the index does not name it."""
        found = self.files.get(file)
        if found is None:
            raise TableError(f"{NAME}: file {file} is not named under files; add it")
        return found.layout


class _Entry:
    """A mapping of the YAML file, whose keys are taken one by one; what is left is a fault."""

    def __init__(self, raw: Any, what: str) -> None:
        if not isinstance(raw, dict):
            raise TableError(f"{NAME}: {what} is no mapping; write it as key: value")
        self._raw = dict(raw)
        self._line = self._raw.pop(_LINE)
        self._what = what

    def fault(self, key: str, what: str) -> TableError:
        return TableError(f"{NAME}: line {self._line}, {self._what}, key {key}: {what}")

    def text(self, key: str, default: str | None = None) -> str:
        value = self._raw.pop(key, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise self.fault(key, "missing or no text; give it a text, in quotes if need be")
        return value

    def word(self, key: str, *allowed: str) -> str:
        value = self.text(key)
        if value not in allowed:
            raise self.fault(key, f"{value!r} is not known; use {' or '.join(allowed)}")
        return value

    def number(self, key: str) -> int:
        value = self._raw.pop(key, 0)
        if not isinstance(value, int):
            raise self.fault(key, f"{value!r} is no number; write digits")
        return value

    def words(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        value = self._raw.pop(key, default)
        if not isinstance(value, list | tuple) or not all(isinstance(v, str) for v in value):
            raise self.fault(key, "missing or no list of names; write it as [a, b]")
        return tuple(value)

    def each(self, key: str) -> list[Any]:
        value = self._raw.pop(key, [])
        if not isinstance(value, list):
            raise self.fault(key, "no list; begin each entry with a dash")
        return value

    def done(self) -> None:
        if self._raw:
            raise self.fault(next(iter(self._raw)), "not expected; remove it")


class _Loader(yaml.SafeLoader):
    """Keeps the line on which each mapping begins."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    found = loader.construct_mapping(node, deep=True)
    if len(found) != len(node.value):
        raise TableError(
            f"{NAME}: line {node.start_mark.line + 1}: a key stands twice; remove one of the two"
        )
    return {**found, _LINE: node.start_mark.line + 1}


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def load(folder: Path = FOLDER) -> Index:
    """Reads index.yaml of a folder. Raises TableError."""
    try:
        raw = yaml.load((folder / NAME).read_text(encoding="utf-8"), Loader=_Loader)
    except (OSError, UnicodeDecodeError) as error:
        raise TableError(f"{NAME}: can't be read ({error}); restore it, as UTF-8") from None
    except yaml.YAMLError as error:
        text = " ".join(str(error).split())
        raise TableError(f"{NAME}: is no YAML ({text}); correct it there") from None
    top = _Entry(raw, "top")
    files = _by_name("file", [_file(f) for f in top.each("files")], lambda f: f.name)
    tables = _by_name("table", [_table(t) for t in top.each("tables")], lambda t: t.id)
    top.done()
    _check_files(tables, files)
    return Index(tables, files)


@cache
def index() -> Index:
    """The index of this package."""
    return load()


def _by_name(kind: str, found: list[T], name: Callable[[T], str]) -> dict[str, T]:
    named: dict[str, T] = {}
    for each in found:
        if name(each) in named:
            raise TableError(f"{NAME}: {kind} {name(each)} stands twice; remove one of the two")
        named[name(each)] = each
    return named


def _file(raw: Any) -> TableFile:
    entry = _Entry(raw, f"file {raw.get('name') if isinstance(raw, dict) else raw}")
    columns, key = entry.words("columns"), entry.words("key")
    layout = Layout(entry.text("name"), columns, key, entry.words("filled", key))
    unknown = [c for c in (*key, *layout.filled) if c not in columns]
    if unknown:
        raise entry.fault("key", f"{unknown[0]} is no column of the file; use {', '.join(columns)}")
    made = TableFile(
        layout,
        entry.text("source"),
        entry.text("edition"),
        entry.text("licence"),
        entry.text("date"),
        entry.word("certainty", *CERTAINTIES),
    )
    entry.done()
    return made


def _table(raw: Any) -> Table:
    entry = _Entry(raw, f"table {raw.get('id') if isinstance(raw, dict) else raw}")
    made = Table(
        entry.text("id"),
        entry.text("title_zh"),
        entry.text("title_en"),
        entry.word("used_in", "Code", "string", "reference"),
        entry.word("schemes", "open", "closed") == "open",
        tuple(_list(each) for each in entry.each("lists")),
        entry.words("files"),
    )
    if made.used_in == "string" and len(made.lists) != 1:
        raise entry.fault("lists", "a table of plain strings has exactly one list; give one")
    entry.done()
    return made


def _list(raw: Any) -> CodeList:
    entry = _Entry(raw, f"list {raw.get('scheme') if isinstance(raw, dict) else raw}")
    scheme = entry.text("scheme")
    made = CodeList(
        scheme,
        entry.text("noun"),
        entry.text("remedy"),
        entry.word("values", "complete", "partial") == "complete",
        entry.text("within", scheme),
        entry.text("pattern", ""),
        entry.number("digits"),
        entry.text("elsewhere", ""),
        entry.words("values_from", ()),
        tuple(_refusal(each) for each in entry.each("refused")),
    )
    for key, expression in (("pattern", made.pattern), ("elsewhere", made.elsewhere)):
        try:
            re.compile(expression)
        except re.error as error:
            raise entry.fault(key, f"{error}; correct the expression") from None
    if made.complete and not made.values_from:
        raise entry.fault("values_from", "a complete list needs the files of its values; name them")
    entry.done()
    return made


def _refusal(raw: Any) -> Refusal:
    entry = _Entry(raw, "refused")
    made = Refusal(
        entry.text("file"), entry.text("column", ""), entry.text("equals", ""), entry.text("text")
    )
    entry.done()
    return made


def _check_files(tables: Mapping[str, Table], files: Mapping[str, TableFile]) -> None:
    used: set[str] = set()
    for table in tables.values():
        inside = [f for each in table.lists for f in (*each.values_from, *_refusing(each))]
        for name in (*table.files, *inside):
            if name not in files:
                raise TableError(
                    f"{NAME}: table {table.id}: file {name} is not under files; add it there"
                )
        used.update(table.files)
    for name in sorted(set(files) - used):
        raise TableError(f"{NAME}: file {name} belongs to no table; name it in one, or remove it")


def _refusing(found: CodeList) -> list[str]:
    return [refusal.file for refusal in found.refused]
