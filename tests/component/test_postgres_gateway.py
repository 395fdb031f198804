"""A gateway whose store is in PostgreSQL."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.audit.verify import verify_store
from gateway.backup.making import back_up
from gateway.backup.restoring import restore
from gateway.backup.verifying import verify
from gateway.config import GatewayConfig
from gateway.recovery.recover import recover
from gateway.starting import StartError
from gateway.store.moving import move
from gateway.store.opening import FILE, NO_DRIVER
from gateway.store.port import StoreError
from integration.doctor import postgres as looking
from integration.doctor.asked import Asked
from integration.doctor.finding import Level
from integration.engines.postgres import Server
from tests.support.builders import draft
from tests.support.delta import delta
from tests.support.materials import AGREED, UNCONCERNED, Materials
from tests.support.running import client_of, free_port, running


def quiet(log: str, done: int, size: int) -> None:
    """Tells nobody how far it is."""


def shanghai(materials: Materials, folder: Path, store: str) -> GatewayConfig:
    settings = {"agreements_dir": UNCONCERNED, "check_processes": 0}
    return materials.config("310000", free_port(), folder / "data", store=store, **settings)


def test_what_was_published_is_there_after_a_restart(
    materials: Materials, database: str, postgres_server: Server, tmp_path: Path
) -> None:
    schema = database.rpartition("=")[2]
    config = shanghai(materials, tmp_path, database)
    drafts = [draft(entity=f"310000/{number}") for number in range(3)]
    with running(config):
        client = client_of(config, materials)
        first = client.publish(drafts)
        assert [result.accepted.sequence for result in first] == [0, 1, 2]
    with running(config, new=False):
        client = client_of(config, materials)
        assert client.publish(drafts) == first
        found = client.get(drafts[1].header.message_id)
        assert found.header == drafts[1].header
        report = verify_store(config, quiet)  # while it runs
        assert (report.problems, [log.entries for log in report.logs]) == ([], [3])
        postgres_server.run(f"UPDATE {schema}.entry SET received = received + 1")
        assert not verify_store(config, quiet).ok
    assert not (tmp_path / "data" / "gateway.db").exists()
    with (
        pytest.raises(StartError, match="'310000', this gateway is '320000'"),
        running(materials.config("320000", free_port(), tmp_path / "other", store=database)),
    ):
        pass


def test_a_database_is_backed_up_while_its_gateway_works_and_put_back_into_an_empty_one(
    materials: Materials, database: str, postgres_server: Server, tmp_path: Path
) -> None:
    schema, backup, file = database.rpartition("=")[2], tmp_path / "backup", tmp_path / "g.yaml"
    file.write_text("participant: '310000'", encoding="utf-8")
    config = shanghai(materials, tmp_path, database)
    drafts = [draft(entity=f"310000/{number}") for number in range(3)]
    with running(config):
        first = client_of(config, materials).publish(drafts)
        made = back_up(config, file, backup, "nightly", datetime.now(UTC), quiet)
    assert (made.store, made.own.size) == ("postgresql", 3)
    assert verify(backup, config, quiet).problems == []
    looked = list(looking.check(Asked(config, lambda: datetime.now(UTC))))
    assert [finding.level for finding in looked] == [Level.GOOD]
    with pytest.raises(StoreError, match="there is a store in the database already"):
        restore(backup, config)
    postgres_server.run(f"DROP SCHEMA {schema} CASCADE; CREATE SCHEMA {schema}")
    restore(backup, config)
    with running(config, new=False):
        client = client_of(config, materials)
        assert client.publish(drafts) == first
        (fresh,) = client.publish([draft(entity="310000/new")])
        assert fresh.accepted.sequence == 3


def test_a_missing_driver_is_named(
    materials: Materials, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    config = materials.config(
        "310000", free_port(), tmp_path / "data", store="postgresql://127.0.0.1:1/none"
    )
    with pytest.raises(StartError) as refused, running(config):
        pass
    assert NO_DRIVER in str(refused.value)


def test_a_store_moves_from_its_file_into_the_database(
    materials: Materials, database: str, tmp_path: Path
) -> None:
    before = shanghai(materials, tmp_path, "sqlite")
    drafts = [draft(entity=f"310000/{number}") for number in range(3)]
    with running(before):
        first = client_of(before, materials).publish(drafts)
    after = shanghai(materials, tmp_path, database)
    kept = move(after.data_dir, "310000", database)
    assert verify_store(after, quiet).problems == []
    with running(after, new=False):
        client = client_of(after, materials)
        assert client.publish(drafts) == first
        (more,) = client.publish([draft(entity="310000/more")])
        assert more.accepted.sequence == 3
    assert verify_store(after, quiet).problems == []
    with pytest.raises(StartError, match="there is none"), running(before, new=False):
        pass
    kept.rename(after.data_dir / FILE)
    with pytest.raises(StoreError, match="a store in the database already"):
        move(after.data_dir, "310000", database)
    assert (after.data_dir / FILE).exists()


@pytest.mark.parametrize("store", ["sqlite", "postgresql://127.0.0.1:1/none"])
def test_a_move_that_can_not_be_is_refused(tmp_path: Path, store: str) -> None:
    with pytest.raises(StoreError, match=r"set it to postgresql|nothing to move"):
        move(tmp_path, "310000", store)


def test_a_database_that_was_lost_comes_back_from_the_peers(
    materials: Materials, database: str, postgres_server: Server, tmp_path: Path
) -> None:
    us, peer = "310000", "320000"
    with delta(materials, tmp_path, (us, peer)) as made:
        made.stop(us)
        made.configs[us] = made.configs[us].model_copy(
            update={"store": database, "data_dir": tmp_path / "database"}
        )
        recover(made.configs[us], (), quiet)
        made.start(us)
        published = made.client(us).publish([draft(entity=f"{us}/flood")])
        made.wait_level(us, peer)
        made.stop(us)
        fresh = postgres_server.create(f"{database.rpartition('=')[2]}_anew")
        made.configs[us] = made.configs[us].model_copy(update={"store": fresh})
        report = recover(made.configs[us], (), quiet)
        assert (report.before, report.after) == (0, AGREED + 1)
        made.start(us)
        sequence = published[0].accepted.sequence
        assert [m.stamp.sequence for m in made.client(us).messages()][sequence] == sequence
        assert verify_store(made.configs[us], quiet).problems == []
