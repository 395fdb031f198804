"""A gateway is upgraded without a loss: it takes over the store of an earlier version, and goes on."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from client import describe
from gateway.audit import verify_store
from gateway.config import PARTICIPANTS
from gateway.store.port import StoreError
from gateway.store.sqlite import SqliteStore
from gateway.store.sqlite_open import SCHEMA_VERSION
from integration import certs
from tests.support import old_stores
from tests.support.builders import draft
from tests.support.damage import run_sql
from tests.support.delta import Delta, delta
from tests.support.fixed_keys import fix_signing_keys
from tests.support.materials import Materials
from tests.support.readers import told
from tests.support.waiting import until

US, PEER = "310000", "320000"


@pytest.fixture(scope="module")
def long_ago(tmp_path_factory: pytest.TempPathFactory) -> Materials:
    """Certificates of today, and the signing keys of the stores."""
    folder = tmp_path_factory.mktemp("long-ago")
    certs.make_all(folder)
    for participant in PARTICIPANTS:
        fix_signing_keys(folder, participant)
    return Materials(folder)


@contextmanager
def stopped(materials: Materials, folder: Path, name: str) -> Iterator[Delta]:
    """Two gateways over stores of an earlier version, not started yet."""
    with delta(materials, folder, (US, PEER), start=False) as made:
        for participant in (US, PEER):
            old_stores.unpack(name, participant, made.data(participant) / "gateway.db")
        yield made


def held(data: Path) -> dict[str, list[bytes]]:
    """Logs with the hashes of their entries."""
    query = "SELECT l.origin, e.hash FROM entry e JOIN log l ON l.id = e.log ORDER BY e.log, e.idx"
    found: dict[str, list[bytes]] = {}
    for origin, hash_ in run_sql(data, query):
        found.setdefault(origin, []).append(hash_)
    return found


@pytest.mark.parametrize("name", old_stores.names())
def test_a_store_of_an_earlier_version_goes_on_without_a_loss(
    long_ago: Materials, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr("gateway.replication.continuity.AGAIN_SECONDS", 0.1)
    with stopped(long_ago, tmp_path, name) as made:
        before = {participant: held(made.data(participant)) for participant in (US, PEER)}
        (problem,) = verify_store(made.configs[US], lambda *_: None).problems
        assert "start the gateway once, which brings it up to date" in problem
        for participant in (US, PEER):
            made.start(participant)
        until(lambda: all(made.status(p).accepting for p in (US, PEER)), "both accept", 60)
        size = made.log(US, US).size
        stale, fresh = made.client(US).publish([draft(entity=f"{US}/0"), draft(entity=f"{US}/new")])
        assert describe(stale.error).reason == "REVISION_STALE"
        assert fresh.accepted.sequence == size
        made.wait_level(US, PEER)
        known = {m.header.entity_id for m in told(made.client(PEER)) if m.stamp.origin == US}
        assert known >= {f"{US}/new", f"{US}/truck", *(f"{US}/{n}" for n in range(300))}
        with made.client(PEER).subscribe(cursor="desk", until_caught_up=True) as read:
            news = [m.header.entity_id for batch in read for m in batch.messages]
        told_anew = [entity for entity in news if "/agreement/" not in entity]
        assert told_anew == [f"{US}/new"], "it reads on where it stood"
        for participant in (US, PEER):
            assert not made.status(participant).alarms
            made.stop(participant)
            after = held(made.data(participant))
            for log, hashes in before[participant].items():
                assert after[log][: len(hashes)] == hashes
            assert verify_store(made.configs[participant], lambda *_: None).problems == []


def refusal(path: Path) -> str:
    with pytest.raises(StoreError) as caught:
        SqliteStore(path, US)
    return str(caught.value)


@pytest.mark.parametrize(
    ("version", "words"),
    [
        (str(int(SCHEMA_VERSION) + 1), "install the version that was used last, or a newer one"),
        ("2", "move it aside and run `yrd gateway recover`"),
        ("x", "restore a backup"),
    ],
)
def test_a_store_of_a_version_that_is_not_known_is_refused_and_left_as_it_is(
    tmp_path: Path, version: str, words: str
) -> None:
    path = tmp_path / "gateway.db"
    old_stores.unpack("store-3", US, path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE meta SET value = ? WHERE key = 'schema'", (version,))
        tables = connection.execute("SELECT * FROM sqlite_master").fetchall()
    assert words in refusal(path)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT * FROM sqlite_master").fetchall() == tables
        query = "SELECT value FROM meta WHERE key = 'schema'"
        assert connection.execute(query).fetchall() == [(version,)]


def test_an_upgrade_that_fails_midway_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, broken = tmp_path / "gateway.db", tmp_path / "schema.sql"
    old_stores.unpack("store-3", US, path)
    broken.write_text("CREATE TABLE term_over (offset INTEGER); CREATE TABLE broken (", "utf-8")
    with monkeypatch.context() as patch:
        patch.setattr("gateway.store.sqlite_open.SCHEMA", broken)
        assert refusal(path)
    assert run_sql(tmp_path, "SELECT count(*) FROM sqlite_master WHERE name = 'term_over'") == [
        (0,)
    ]
    SqliteStore(path, US).close()
    assert run_sql(tmp_path, "SELECT value FROM meta WHERE key = 'schema'") == [(SCHEMA_VERSION,)]
