"""A flipped bit in any column of any table is named by the audit.

What is left out is named here, with the reason why nothing in the store could tell.
"""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from gateway.audit import AuditReport, verify_store
from gateway.audit.tables import TABLES
from gateway.config import GatewayConfig
from integration.objections import raising
from tests.support.bodies import waybill_body
from tests.support.builders import NOW, draft, resource_body
from tests.support.damage import FILE
from tests.support.delta import delta
from tests.support.materials import Materials

US, NEIGHBOUR, FAR = "310000", "320000", "340000"
DEAD = "incident_report.casualties.dead"
NOW_MS = int(NOW.timestamp() * 1000)
SIZE = 260  # more than 256, so that a node of the tree is stored

UNKNOWABLE = {
    ("cursor", "offset"): "a reader's own place; only one beyond the newest entry is impossible",
    ("cursor", "system"): "a reader's own name for itself",
    ("cursor", "name"): "a reader's own name for its place",
    ("evidence", "id"): "numbers of alarms only go up",
    ("evidence", "time"): "only the future is impossible",
    ("evidence", "detail"): "words",
    ("evidence", "data"): "what a peer sent may be anything",
}
"""Columns that are the only place where something stands."""
PEERS_TIME = ("entry", "received")
"""When a peer's entry came is signed by nobody: only time that goes backwards is seen."""


class Cell(NamedTuple):
    table: str
    column: str
    row: int
    mask: int


@pytest.fixture(scope="module")
def stores(
    materials: Materials, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, GatewayConfig]:
    """Stopped gateways: Shanghai's, and Anhui's, from which a waybill and contacts were kept."""
    ours = [draft(entity=f"{US}/{n}") for n in range(SIZE - 3)]
    more = [
        draft(waybill_body(), "waybill", entity=f"{US}/truck"),
        draft(resource_body(), "resourceStatus", entity=f"{US}/pumps"),
        draft(entity=f"{US}/collapse", priority="PRIORITY_LIFE_SAFETY"),
    ]
    theirs = [draft(entity=f"{NEIGHBOUR}/{n}") for n in range(3)]
    folder = tmp_path_factory.mktemp("columns")
    with delta(materials, folder, (US, NEIGHBOUR, FAR)) as made:
        made.client(US).publish([*ours, *more])
        made.client(NEIGHBOUR).publish(theirs)
        made.wait_level(NEIGHBOUR, US, FAR)
        for own in (US, FAR):
            about = made.client(own).get(theirs[0].header.message_id)
            objection = raising(about, own, "incorrect", "应为3人", DEAD, NOW_MS)
            (result,) = made.client(own).publish([objection])
            assert result.HasField("accepted"), result
        made.client(FAR).publish([draft(entity=f"{FAR}/0")])
        made.wait_level(US, NEIGHBOUR, FAR)
        made.wait_level(FAR, US, NEIGHBOUR)
        made.wait_level(NEIGHBOUR, US, FAR)
        for participant in (US, FAR):
            with made.client(participant).subscribe(cursor="desk", until_caught_up=True) as read:
                read.acknowledge(max(batch.offset for batch in read))
        configs = dict(made.configs)
    for participant in (US, FAR):  # an alarm, as gateways keep them
        with (
            closing(sqlite3.connect(configs[participant].data_dir / FILE)) as connection,
            connection,
        ):
            connection.execute(
                "INSERT INTO evidence (log, time, kind, detail, data) VALUES (?, ?, 'fork', 'x', ?)",
                (f"yrd/{NEIGHBOUR}", 1_780_000_000_000_000, b"bytes"),
            )
    return configs


def audited(config: GatewayConfig) -> AuditReport:
    return verify_store(config, lambda *_: None, processes=1)


def tables(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as connection:
        query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        return [row[0] for row in connection.execute(query)]


def columns(database: Path, table: str) -> list[tuple[str, bool]]:
    """Each with whether it is part of the table's key."""
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute(f"PRAGMA table_info({table})")
        return [(row[1], bool(row[5])) for row in rows]


def rows(database: Path, table: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(database)) as connection:
        connection.text_factory = bytes
        return connection.execute(f"SELECT * FROM {table}").fetchall()


def cells(database: Path) -> Iterator[Cell]:
    """The first row of each table, the last, and one between; a low bit and a higher one."""
    for table in tables(database):
        count = len(rows(database, table))
        for row in sorted({0, count // 2, count - 1} if count else ()):
            for column, _ in columns(database, table):
                yield Cell(table, column, row, 0x01)
                yield Cell(table, column, row, 0x08)


def flipped(value: Any, mask: int) -> Any:
    if isinstance(value, int):
        return value ^ mask
    if isinstance(value, bytes) and value:
        middle = len(value) // 2
        return value[:middle] + bytes([value[middle] ^ mask]) + value[middle + 1 :]
    return None


def flip(database: Path, cell: Cell) -> str:
    """Does it; a word if this cell can't be changed like that."""
    found = rows(database, cell.table)[cell.row]
    named = columns(database, cell.table)
    at = [name for name, _ in named].index(cell.column)
    value = flipped(found[at], cell.mask)
    if value is None:
        return "nothing there"
    keys = [(name, found[place]) for place, (name, key) in enumerate(named) if key]
    where = " AND ".join(f"CAST({name} AS BLOB) = CAST(? AS BLOB)" for name, _ in keys)
    with closing(sqlite3.connect(database)) as connection, connection:
        kind = connection.execute(f"SELECT typeof({cell.column}) FROM {cell.table}").fetchone()[0]
        new = "CAST(? AS TEXT)" if kind == "text" else "?"
        query = f"UPDATE {cell.table} SET {cell.column} = {new} WHERE {where}"
        try:
            done = connection.execute(query, (value, *(v for _, v in keys))).rowcount
        except sqlite3.IntegrityError:
            return "another row has that key"
    assert done == 1, (cell, done)
    return ""


def untold(database: Path, cell: Cell, participant: str) -> bool:
    """Whether nothing in the store could tell of this row's cell."""
    if cell[:2] == ("meta", "value"):  # the gateway's own marks of where it was
        return rows(database, "meta")[cell.row][0] not in (b"participant", b"schema")
    return cell[:2] == PEERS_TIME and not own_entry(database, cell.row, participant)


def own_entry(database: Path, row: int, participant: str) -> bool:
    with closing(sqlite3.connect(database)) as connection:
        query = "SELECT id FROM log WHERE origin = ?"
        (number,) = connection.execute(query, (f"yrd/{participant}",)).fetchone() or (-1,)
    return bool(rows(database, "entry")[row][1] == number)


@pytest.mark.parametrize("participant", [US, FAR])
def test_a_whole_store_is_found_good(stores: dict[str, GatewayConfig], participant: str) -> None:
    report = audited(stores[participant])
    assert (report.problems, report.doubts) == ([], [])


@pytest.mark.parametrize("participant", [US, FAR])
def test_a_flipped_bit_in_any_column_is_named(
    stores: dict[str, GatewayConfig], tmp_path: Path, participant: str
) -> None:
    original = stores[participant].data_dir / FILE
    config = stores[participant].model_copy(update={"data_dir": tmp_path})
    unnoticed, tried = [], set()
    for cell in cells(original):
        shutil.copy(original, tmp_path / FILE)
        if flip(tmp_path / FILE, cell):
            continue
        tried.add((cell.table, cell.column))
        report = audited(config)
        if report.problems or report.doubts or cell[:2] in UNKNOWABLE:
            continue
        if not untold(original, cell, participant):
            unnoticed.append(cell)
    assert not unnoticed, "\n".join(map(str, unnoticed))
    missed = {
        (table, column)
        for table in tables(original)
        for column, _ in columns(original, table)
        if rows(original, table)
    } - tried
    assert missed == set()


def test_a_peers_entry_that_came_before_the_one_before_it_is_a_doubt(
    stores: dict[str, GatewayConfig], tmp_path: Path
) -> None:
    """A clock that was set explains it as well as damage: it is named, and the audit holds."""
    shutil.copy(stores[FAR].data_dir / FILE, tmp_path / FILE)
    with closing(sqlite3.connect(tmp_path / FILE)) as connection, connection:
        connection.execute("UPDATE entry SET received = received - 1000000 WHERE idx = 100")
    report = audited(stores[FAR].model_copy(update={"data_dir": tmp_path}))
    assert report.problems == []
    (doubt,) = report.doubts
    assert doubt.startswith(f"yrd/{US}: entry 100: received time lies before")


def test_every_table_has_a_check(stores: dict[str, GatewayConfig]) -> None:
    assert set(tables(stores[US].data_dir / FILE)) == set(TABLES)
