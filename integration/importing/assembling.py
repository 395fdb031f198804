"""From rows to bodies: one for each key, further rows of a key where they add to a list."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from google.protobuf.json_format import ParseDict, ParseError

from integration.importing.columns import Cells, Column
from integration.importing.faults import Fault
from integration.importing.table import AS_OF, Body, Table
from yrd.exchange.v1.message_pb2 import Draft


@dataclass(frozen=True, slots=True)
class Item:
    """What rows of one key tell: a draft with its body and no header, or faults."""

    key: str
    rows: Sequence[Cells]
    draft: Draft
    faults: Sequence[Fault]
    as_of: str = ""

    @property
    def number(self) -> int:
        """Of its first row."""
        return self.rows[0].row.number


def assembled(table: Table, rows: Sequence[Cells], participant: str) -> list[Item]:
    """The items of a table, in the order of their first rows."""
    groups: dict[str, list[Cells]] = {}
    for cells in rows:
        key = str(cells.values.get(table.key, f"\0{cells.row.number}"))
        groups.setdefault(key, []).append(cells)
    return [_item(table, key, group, participant) for key, group in groups.items()]


def _item(table: Table, key: str, rows: list[Cells], participant: str) -> Item:
    faults = [fault for cells in rows for fault in cells.faults]
    faults += [*_missing(table, rows), *_clashes(table, rows)]
    body = _body(table, rows)
    table.finish(body, participant)
    draft = Draft()
    if not faults:
        try:
            ParseDict(body, getattr(draft, table.field))
        except ParseError as error:
            faults.append(Fault(rows[0].row.number, "", "import.body", str(error)))
    as_of = next((str(c.values[AS_OF]) for c in rows if AS_OF in c.values), "")
    return Item(key, rows, draft, faults, as_of)


def _missing(table: Table, rows: Sequence[Cells]) -> Iterator[Fault]:
    """What must be filled in and is not: of the whole in the first row, of an entry in each."""
    for index, cells in enumerate(rows):
        named = {fault.column for fault in cells.faults}
        for column in table.columns:
            of_entry = table.entries and column.path.startswith(f"{table.entries}[]")
            wanted = column.required and (index == 0 or of_entry)
            if wanted and column.key not in cells.values and column.title not in named:
                remedy = "未填 is empty: 填写 fill it in"
                yield Fault(cells.row.number, column.title, "import.required", remedy)


def _clashes(table: Table, rows: Sequence[Cells]) -> Iterator[Fault]:
    """What further rows of a key must not do: be there at all, or tell another thing of the whole."""
    for cells in rows[1:]:
        for column in table.columns:
            told = cells.values.get(column.key)
            if not table.entries and column.key == table.key:
                remedy = (
                    f"编号{told}与第{rows[0].row.number}行相同 is that of row {rows[0].row.number}, too: "
                    "只留一行 keep one of them"
                )
                yield Fault(cells.row.number, column.title, "import.twice", remedy)
            elif table.entries and not column.path.startswith(f"{table.entries}[]"):
                first = rows[0].values.get(column.key)
                if told is not None and told != first:
                    remedy = (
                        f"与同一运单的第{rows[0].row.number}行不一致 differs from row {rows[0].row.number}: "
                        "改为一致或留空 make them the same, or leave it empty"
                    )
                    yield Fault(cells.row.number, column.title, "import.differs", remedy)


def _body(table: Table, rows: Sequence[Cells]) -> Body:
    body: Body = {}
    for index, cells in enumerate(rows):
        entry: Body = {}
        for column in table.columns:
            if column.key not in cells.values or not column.path:
                continue
            inside = (
                column.path.removeprefix(f"{table.entries}[].") if table.entries else column.path
            )
            if inside != column.path:
                _set(entry, inside, cells.values[column.key])
            elif index == 0:
                _set(body, column.path, cells.values[column.key])
        if entry:
            body.setdefault(table.entries, []).append(entry)
    return body


def _set(body: Body, path: str, value: Any) -> None:
    *above, name = path.split(".")
    for step in above:
        body = body.setdefault(step, {})
    body[name] = value


def fault_at(table: Table, item: Item, field: str, rule: str, remedy: str) -> Fault:
    """A fault of a draft's field, as one of the row and column that fill it."""
    path = field.removeprefix(f"{table.field}.") if field != table.field else ""
    index = 0
    if table.entries and path.startswith(f"{table.entries}["):
        text, _, rest = path.removeprefix(f"{table.entries}[").partition("]")
        index, path = int(text) if text.isdigit() else 0, f"{table.entries}[]{rest}"
    row = item.rows[min(index, len(item.rows) - 1)].row.number
    column = _column(table.columns, path, item.rows[0].values)
    if column is None:
        return Fault(row, field, rule, remedy)
    return Fault(row, column.title, rule, remedy)


def _column(columns: Sequence[Column], path: str, values: Mapping[str, Any]) -> Column | None:
    """That which fills the field, the whole that holds it, or the first that is filled of its parts."""
    bare = path if "[]" in path else path.partition("[")[0]
    for column in columns:
        if column.path and f"{bare}.".startswith(f"{column.path}."):
            return column
    parts = [c for c in columns if bare and c.path.startswith(f"{bare}.")]
    return next((c for c in parts if c.key in values), parts[0] if parts else None)
