"""`yrd audit verify`: a whole store is good; a byte that changed is found and its entry named."""

import random
import shutil
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from integration.drill.load import generate
from integration.stack import prepare
from tests.support.commands import Ran, yrd
from tests.support.materials import AGREED
from tests.support.waiting import until
from yrd.exchange.v1.service_pb2 import LinkStatus

SEED, MESSAGES = 20201231, 300  # more than a tile of the tree
ENTRIES = AGREED + MESSAGES


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stack that has stopped: Shanghai published, Jiangsu has it all, and Shanghai what Jiangsu said."""
    stack = prepare(tmp_path_factory.mktemp("audit") / "stack")
    start = datetime.now(UTC) - timedelta(days=1)
    try:
        stack.start(["310000", "320000"])
        drafts = list(generate("310000", MESSAGES, SEED, start))
        stack.members["310000"].client().publish(drafts)
        origin = stack.members["310000"].client()

        def link() -> LinkStatus:
            return {k.participant: k for k in origin.status().links}["320000"]

        until(lambda: link().cosigned_size == ENTRIES, "Jiangsu's receipt")
        until(lambda: link().held_size == AGREED, "Jiangsu's agreements")
    finally:
        stack.stop()
    return stack.folder


@pytest.fixture
def folder(good: Path, tmp_path: Path) -> Path:
    """A copy to be damaged."""
    return shutil.copytree(good, tmp_path / "stack")


def _database(folder: Path, participant: str) -> Path:
    return folder / participant / "data" / "gateway.db"


def _audit(folder: Path, participant: str = "310000", *options: str) -> Ran:
    return yrd("audit", "verify", "--config", folder / participant / "config.yaml", *options)


@pytest.mark.parametrize("participant", ["310000", "320000"])
def test_a_good_store(good: Path, participant: str) -> None:
    ran = _audit(good, participant)
    assert ran.status == 0
    assert f"yrd/310000: {ENTRIES} entries, root " in ran.out
    assert "audit: everything holds" in ran.out


def test_both_ends_find_the_same_root(good: Path) -> None:
    found = [_audit(good, name, "--json").json() for name in ("310000", "320000")]
    assert [report["problems"] for report in found] == [[], []]
    roots = [
        {log["log"]: (log["entries"], log["root"]) for log in report["logs"]} for report in found
    ]
    assert roots[0]["yrd/310000"] == roots[1]["yrd/310000"]
    assert roots[0]["yrd/310000"][0] == ENTRIES


def _flip(database: Path, query: str, share: float = 0.5) -> None:
    """Changes one bit of the value that the query finds, at that share of it, where it lies."""
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("VACUUM")  # what was deleted is no longer there to be found
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (value,) = connection.execute(query).fetchone()
    connection.close()
    damaged = bytearray(value)
    damaged[int(len(value) * share)] ^= 1
    data = database.read_bytes()
    assert value in data
    database.write_bytes(data.replace(value, damaged))


DAMAGE = [
    ("SELECT leaf FROM entry WHERE idx = 17", 0.5, "yrd/310000: entry 17: "),
    ("SELECT hash FROM entry WHERE idx = 17", 0.5, "yrd/310000: entry 17: "),
    (
        "SELECT leaf FROM entry JOIN log ON log = log.id WHERE idx = 0 AND origin = 'yrd/310000'",
        0.9,
        "yrd/310000: entry 0: ",
    ),
    (
        "SELECT data FROM disclosure JOIN entry USING (offset) ORDER BY offset DESC",
        0.5,
        "yrd/310000: entry ",
    ),
    ("SELECT hash FROM node", 0.5, "yrd/310000: node 0 of level 8 "),
    (
        "SELECT CAST(checkpoint AS BLOB) FROM log WHERE origin = 'yrd/310000'",
        0.9,
        "yrd/310000: checkpoint: ",
    ),
    ("SELECT CAST(note AS BLOB) FROM cosigned", 0.95, "receipt of yrd/320000/witness"),
]


@pytest.mark.parametrize(("query", "share", "words"), DAMAGE)
def test_a_flipped_bit_is_found_and_named(
    folder: Path, query: str, share: float, words: str
) -> None:
    _flip(_database(folder, "310000"), query, share)
    ran = _audit(folder)
    assert ran.status == 1
    (line,) = [line for line in ran.out.splitlines() if line.startswith("  WRONG")][:1]
    assert words in line
    report = _audit(folder, "310000", "--json")
    assert report.status == 1
    assert words in report.json()["problems"][0]
    if "receipt" not in words:
        verdicts = {log["log"]: log["verdict"] for log in report.json()["logs"]}
        assert verdicts == {"yrd/310000": "DAMAGED", "yrd/320000": "good"}


def test_a_peer_finds_damage_in_its_copy(folder: Path) -> None:
    _flip(_database(folder, "320000"), "SELECT leaf FROM entry WHERE idx = 5")
    assert "yrd/310000: entry 5: " in _audit(folder, "320000").out
    assert _audit(folder, "310000").status == 0


CHANGES = [
    "DELETE FROM entry WHERE idx = 20",
    "UPDATE entry SET leaf = NULL WHERE idx = 20",
    "UPDATE entry SET disposition = 3 WHERE idx = 20",
    "DELETE FROM disclosure WHERE offset = (SELECT min(offset) FROM disclosure)",
    "DELETE FROM node",
    "UPDATE log SET checkpoint = ''",
    "UPDATE log SET whole = whole + 1",
    "UPDATE entry SET type = 99 WHERE idx = 20",
    "UPDATE entry SET log = 99 WHERE idx = 20",
    "UPDATE entry SET disposition = 9 WHERE idx = 20",
    "UPDATE entry SET disposition = 'x' WHERE idx = 20",
    f"DELETE FROM entry WHERE idx = {ENTRIES - 1}",
]


@pytest.mark.parametrize("statement", CHANGES)
def test_what_was_done_with_a_database_tool_is_found(folder: Path, statement: str) -> None:
    connection = sqlite3.connect(_database(folder, "310000"), isolation_level=None)
    assert connection.execute(statement).rowcount >= 1
    connection.close()
    ran = _audit(folder)
    assert ran.status == 1
    assert "yrd/310000" in ran.out


DESTROYED: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("first page", lambda data: b"\0" * 4096 + data[4096:]),
    ("not a database", lambda data: b"something else " * 1000),
    ("cut in half", lambda data: data[: len(data) // 2]),
    ("schema", lambda data: data.replace(b"CREATE TABLE log", b"CREATE T\xa9BLE log")),
    ("name of a column", lambda data: data.replace(b"checkpoint TEXT", b"checkp\xa9int TEXT")),
]


@pytest.mark.parametrize(
    "destroy", [row[1] for row in DESTROYED], ids=[row[0] for row in DESTROYED]
)
def test_a_destroyed_file_is_an_answer_not_a_traceback(
    folder: Path, destroy: Callable[[bytes], bytes]
) -> None:
    database = _database(folder, "310000")
    sqlite3.connect(database).execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.write_bytes(destroy(database.read_bytes()))
    ran = _audit(folder)
    assert ran.status == 1
    assert "WRONG" in ran.out


def test_any_flipped_byte_is_an_answer_not_a_traceback(folder: Path) -> None:
    database = _database(folder, "310000")
    sqlite3.connect(database).execute("PRAGMA wal_checkpoint(TRUNCATE)")
    good = database.read_bytes()
    choose = random.Random(SEED)
    print(f"seed {SEED}")
    found = 0
    for _ in range(150):
        place = choose.randrange(len(good))
        damaged = bytearray(good)
        damaged[place] ^= 1 << choose.randrange(8)
        database.write_bytes(damaged)
        ran = _audit(folder)
        assert ran.status in (0, 1), f"byte {place}: {ran}"
        assert (ran.status == 1) == ("WRONG" in ran.out)
        found += ran.status
    assert found > 20


def test_a_store_of_someone_else_is_named(folder: Path) -> None:
    shutil.copy(_database(folder, "320000"), _database(folder, "310000"))
    ran = _audit(folder)
    assert ran.status == 1
    assert "participant is '320000'" in ran.out


def test_a_missing_configuration_is_named(tmp_path: Path) -> None:
    ran = _audit(tmp_path)
    assert ran.status == 2
    assert "config.yaml" in ran.err


def test_a_gateway_that_never_ran_has_nothing_to_audit(folder: Path) -> None:
    """An empty store that the audit itself has made is no reason to say that everything holds."""
    ran = _audit(folder, "330000")
    assert ran.status != 0
    assert not _database(folder, "330000").exists()


def test_the_access_log_holds_until_a_line_is_changed(folder: Path) -> None:
    config = folder / "310000" / "config.yaml"
    ran = yrd("audit", "access", "--config", config)
    assert (ran.status, ran.err) == (0, "")
    assert "访问日志完整" in ran.out and "the chain holds" in ran.out
    (path,) = (folder / "310000" / "data" / "access").iterdir()
    path.write_text(path.read_text().replace('"Publish"', '"Publisk"', 1))
    ran = yrd("audit", "access", "--config", config)
    assert ran.status == 1
    assert f"WRONG: {path.name} line" in ran.out
    (folder / "310000" / "data" / "access" / path.name).unlink()
    ran = yrd("audit", "access", "--config", config, "--json")
    assert ran.status == 1 and "no lines" in ran.out
