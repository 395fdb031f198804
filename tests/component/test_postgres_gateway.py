"""A gateway whose store is in PostgreSQL."""

import sys
from pathlib import Path

import pytest

from gateway.audit.verify import verify_store
from gateway.starting import StartError
from gateway.store.opening import NO_DRIVER
from tests.support.builders import draft
from tests.support.engines.postgres import Server
from tests.support.materials import UNCONCERNED, Materials
from tests.support.running import client_of, free_port, running


def quiet(log: str, done: int, size: int) -> None:
    """Tells nobody how far it is."""


def test_what_was_published_is_there_after_a_restart(
    materials: Materials, database: str, postgres_server: Server, tmp_path: Path
) -> None:
    schema = database.rpartition("=")[2]
    config = materials.config(
        "310000",
        free_port(),
        tmp_path / "data",
        store=database,
        agreements_dir=UNCONCERNED,
        check_processes=0,
    )
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
