"""A backup is made while the gateway works, verified, and put back; the gateway goes on without a fork."""

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.audit import verify_store
from gateway.backup import book, manifest, snapshot
from gateway.backup.making import back_up
from gateway.backup.manifest import BackupError, Manifest
from gateway.backup.restoring import restore
from gateway.backup.verifying import Verified, verify
from gateway.config import GatewayConfig
from gateway.recovery.recover import recover
from gateway.retention.standing import notices
from gateway.store.mark import FILE as MARK
from gateway.store.port import StoreError
from gateway.store.sqlite_open import SCHEMA_VERSION
from integration.retention import standing_lines
from tests.support import old_stores
from tests.support.builders import draft
from tests.support.damage import run_sql
from tests.support.delta import Delta, delta
from tests.support.erasure import REPORTER, final_report, old_incident, on_disk
from tests.support.fixed_keys import fix_signing_keys
from tests.support.materials import AGREED, Materials
from tests.support.waiting import until
from tests.support.worker import Worker

US, PEER = "310000", "320000"
NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


def nothing(*_: object) -> None:
    """Nobody looks at the progress."""


def made_of(
    config: GatewayConfig, out: Path, now: datetime = NOW, *, with_keys: bool = False
) -> Manifest:
    file = config.data_dir.parent / "gateway.yaml"
    file.write_text(f"participant: '{config.participant}'\n", encoding="utf-8")
    return back_up(config, file, out, "nightly", now, nothing, with_keys=with_keys)


def verified(path: Path, config: GatewayConfig) -> Verified:
    return verify(path, config, nothing)


class Load(Worker):
    """Publishes batches until it is told to stop; counts what was acknowledged."""

    def __init__(self, made: Delta) -> None:
        super().__init__("load")
        self._client, self.acknowledged = made.client(US), 0

    def work(self) -> None:
        """Batch after batch."""
        while not self.stopping.is_set():
            names = [f"{US}/load/{self.acknowledged + n}" for n in range(20)]
            results = self._client.publish([draft(entity=name) for name in names])
            assert all(result.HasField("accepted") for result in results)
            self.acknowledged += len(results)

    def wait_more(self, count: int) -> None:
        """Until so many more are acknowledged."""
        due = self.acknowledged + count

        def reached() -> bool:
            self.check()
            return self.acknowledged >= due

        until(reached, f"{count} more", 60)

    def end(self) -> int:
        """How many were acknowledged."""
        self.stopping.set()
        self.join(60)
        self.check()
        return self.acknowledged


def test_a_gateway_under_load_is_backed_up_lost_restored_and_goes_on_without_a_fork(
    materials: Materials, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot, "PAGES", 8)
    monkeypatch.setattr("gateway.replication.continuity.AGAIN_SECONDS", 0.1)
    backup = tmp_path / "backup"
    with delta(materials, tmp_path, (US, PEER)) as made:
        config, load = made.configs[US], Load(made)
        load.start()
        load.wait_more(200)
        at_least = load.acknowledged
        told = made_of(config, backup)
        load.wait_more(100)
        at_most = load.end()
        assert AGREED + at_least <= told.own.size <= AGREED + at_most
        assert verified(backup, config).problems == []
        made.wait_level(US, PEER)
        made.stop(US)
        shutil.rmtree(config.data_dir)
        assert restore(backup, config) == told
        assert run_sql(config.data_dir, "SELECT count(*) FROM entry")[0][0] >= told.own.size
        made.start(US)
        assert "it is an old copy" in made.status(US).problem
        made.stop(US)
        report = recover(config, (), nothing)
        assert (report.before, report.after, report.lost) == (told.own.size, AGREED + at_most, [])
        made.start(US)
        until(lambda: made.status(US).accepting, "it accepts")
        (accepted,) = made.client(US).publish([draft(entity=f"{US}/next")])
        assert accepted.accepted.sequence == AGREED + at_most
        made.wait_level(US, PEER)
        assert made.log(PEER, US).root_hash == made.log(US, US).root_hash
        assert not made.status(PEER).alarms
        for participant in (US, PEER):
            made.stop(participant)
            assert verify_store(made.configs[participant], nothing).problems == []


def test_the_newest_backup_waits_for_all_peers_before_it_accepts(
    materials: Materials, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though the mark of the run it was made in lies beside it, and would fit."""
    monkeypatch.setattr("gateway.replication.continuity.AGAIN_SECONDS", 0.1)
    with delta(materials, tmp_path, (US, PEER)) as made:
        made.client(US).publish([draft()])
        made.wait_level(US, PEER)
        config = made.configs[US]
        made.stop(US)
        made_of(config, tmp_path / "backup.tar")
        made.stop(PEER)
        for path in config.data_dir.glob("gateway.db*"):
            path.unlink()
        assert (config.data_dir / MARK).exists()
        restore(tmp_path / "backup.tar", config)
        made.start(US)
        assert "this store may be an old copy" in made.status(US).problem
        made.start(PEER)
        until(lambda: made.status(US).accepting, "it accepts once all have answered")


def test_what_was_destroyed_since_is_destroyed_again(materials: Materials, tmp_path: Path) -> None:
    """A retention report names the backup that may still hold it; put back, the log's own notice rules."""
    with delta(materials, tmp_path, (US, PEER)) as made:
        config = made.configs[US]
        made.client(US).publish([old_incident(), final_report()])
        told = made_of(config, tmp_path / "backup")
        made.client(US).run_retention(dry_run=False)
        made.wait_level(US, PEER)
        (notice,) = notices(config)
        (named,) = notice.backups
        assert str(tmp_path / "backup") in named
        assert any(named in line for line in standing_lines([notice]))
        made_of(config, tmp_path / "later", datetime.now(UTC))
        assert notices(config)[0].backups == (named,), "what was made since does not have it"
        made.stop(US)
        assert on_disk(config, REPORTER) == []
        shutil.rmtree(config.data_dir)
        assert restore(tmp_path / "backup", config) == told
        assert on_disk(config, REPORTER) == [REPORTER]
        recover(config, (), nothing)
        assert on_disk(config, REPORTER) == []
        (notice,) = notices(config)
        assert len(notice.backups) == 1, "it is known again, though the list was lost with the disk"
        assert verify_store(config, nothing).problems == []


@pytest.fixture(scope="module")
def stopped(materials: Materials, tmp_path_factory: pytest.TempPathFactory) -> GatewayConfig:
    """A gateway with a few entries."""
    folder = tmp_path_factory.mktemp("backed-up")
    with delta(materials, folder, (US,)) as made:
        made.client(US).publish([draft(entity=f"{US}/{n}") for n in range(5)])
        return made.configs[US]


@pytest.mark.parametrize("name", ["backup", "backup.tar"])
def test_it_says_what_is_in_it_and_keys_only_if_asked(
    stopped: GatewayConfig, tmp_path: Path, name: str
) -> None:
    told = made_of(stopped, tmp_path / name)
    assert (told.participant, told.own.size, told.name) == (US, AGREED + 5, "nightly")
    assert told.own.checkpoint.startswith(f"yrd/{US}\n{AGREED + 5}\n")
    assert told.store_version == int(SCHEMA_VERSION)
    assert {"gateway.db", "settings/gateway.yaml", "settings/tls-ca.pem"} <= told.files.keys()
    assert not [file for file in told.files if file.endswith(".key")]
    assert any("private keys" in what for what in told.left_out)
    assert verified(tmp_path / name, stopped).problems == []
    assert (tmp_path / name).stat().st_mode & 0o077 == 0, "nobody else may read it"
    keys = made_of(stopped, tmp_path / f"keys-{name}", with_keys=True)
    assert {"keys/log-1.key", "keys/witness-1.key", "keys/tls.key"} <= keys.files.keys()
    assert not any("private keys" in what for what in keys.left_out)
    assert [line.place for line in book.read(stopped.data_dir)][-2:] == [
        str(tmp_path / name),
        str(tmp_path / f"keys-{name}"),
    ]


def test_nothing_is_ever_overwritten(stopped: GatewayConfig, tmp_path: Path) -> None:
    made_of(stopped, tmp_path / "backup")
    with pytest.raises(BackupError, match="never overwritten"):
        made_of(stopped, tmp_path / "backup")
    with pytest.raises(BackupError, match=r"move gateway\.db, .* aside first"):
        restore(tmp_path / "backup", stopped)
    left = stopped.model_copy(update={"data_dir": tmp_path / "left"})
    left.data_dir.mkdir()
    (left.data_dir / "gateway.db-wal").write_bytes(b"what was not moved yet")
    with pytest.raises(BackupError, match="a store is there"):
        restore(tmp_path / "backup", left)
    assert not (left.data_dir / "gateway.db").exists()


def test_a_running_gateway_is_not_restored_under(materials: Materials, tmp_path: Path) -> None:
    with delta(materials, tmp_path, (US,)) as made:
        made_of(made.configs[US], tmp_path / "backup")
        with pytest.raises(BackupError, match="stop it first"):
            restore(tmp_path / "backup", made.configs[US])


def test_a_damaged_backup_is_named_and_not_put_back(stopped: GatewayConfig, tmp_path: Path) -> None:
    made_of(stopped, tmp_path / "backup")
    path = tmp_path / "backup" / "gateway.db"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert "gateway.db" in verified(tmp_path / "backup", stopped).problems[0]
    elsewhere = stopped.model_copy(update={"data_dir": tmp_path / "data"})
    with pytest.raises(BackupError, match="damaged: use another one"):
        restore(tmp_path / "backup", elsewhere)
    assert not (elsewhere.data_dir / "gateway.db").exists()


def test_what_the_digests_do_not_tell_the_audit_does(
    stopped: GatewayConfig, tmp_path: Path
) -> None:
    """Somebody has changed the store, and the manifest with it."""
    made_of(stopped, tmp_path / "backup")
    store, told = tmp_path / "backup" / "gateway.db", tmp_path / "backup" / manifest.FILE
    run_sql(store.parent, "UPDATE entry SET received = received + 1 WHERE offset = 3")
    run_sql(store.parent, "UPDATE entry SET hash = zeroblob(32) WHERE offset = 3")
    read = manifest.read(store.parent)
    files = read.files | {"gateway.db": manifest.described(store)}
    told.write_text(read.model_copy(update={"files": files}).model_dump_json(), encoding="utf-8")
    assert verified(tmp_path / "backup", stopped).problems


def test_a_backup_of_somebody_else_is_refused(stopped: GatewayConfig, tmp_path: Path) -> None:
    made_of(stopped, tmp_path / "backup")
    other = stopped.model_copy(update={"participant": PEER, "data_dir": tmp_path / "other"})
    for act in (restore, verified):
        with pytest.raises(BackupError, match=f"the backup is of {US}"):
            act(tmp_path / "backup", other)


def test_commits_while_it_copies_do_not_make_it_begin_anew(
    stopped: GatewayConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot, "PAGES", 1)
    done: list[int] = []

    def commit(_: str, copied: int, total: int) -> None:
        done.append(copied)
        assert copied <= total
        run_sql(stopped.data_dir, "INSERT OR REPLACE INTO cursor VALUES ('test', 'n', ?)", copied)

    try:
        snapshot.take("sqlite", stopped.data_dir, tmp_path / "copy.db", commit)
    finally:
        run_sql(stopped.data_dir, "DELETE FROM cursor WHERE system = 'test'")
    assert done == sorted(set(done)), "page after page, once each"
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        assert copy.execute("SELECT count(*) FROM cursor").fetchone() == (0,)


def test_without_room_nothing_is_begun(
    stopped: GatewayConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=1 << 20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(BackupError, match="make room, or choose another place"):
        made_of(stopped, tmp_path / "backup")
    assert list(tmp_path.iterdir()) == [], "nothing is left behind"


@pytest.mark.parametrize("name", old_stores.names())
def test_a_backup_by_an_earlier_version_is_verified_and_put_back(
    materials: Materials, tmp_path: Path, name: str
) -> None:
    shutil.copytree(materials.folder, tmp_path / "certs")
    for participant in (US, PEER):
        fix_signing_keys(tmp_path / "certs", participant)
    old = Materials(tmp_path / "certs")
    config = old.config(US, 1, tmp_path / "old", peers=[old.peer(PEER, "127.0.0.1:1")])
    old_stores.unpack(name, US, config.data_dir / "gateway.db")
    told = made_of(config, tmp_path / "backup")
    assert told.store_version == 3
    assert verified(tmp_path / "backup", config).problems == []
    assert manifest.damage(tmp_path / "backup", told) == [], "the backup itself is left as it is"
    restored = config.model_copy(update={"data_dir": tmp_path / "new"})
    restore(tmp_path / "backup", restored)
    assert recover(restored, (PEER,), nothing).after == told.own.size
    assert verify_store(restored, nothing).problems == []


def test_a_backup_by_a_newer_version_is_refused(stopped: GatewayConfig, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    made_of(stopped, backup)
    told = manifest.read(backup)
    later = told.model_copy(update={"format": manifest.FORMAT + 1})
    (backup / manifest.FILE).write_text(later.model_dump_json(), encoding="utf-8")
    with pytest.raises(BackupError, match="use the version that made it"):
        verified(backup, stopped)
    run_sql(backup, "UPDATE meta SET value = '99' WHERE key = 'schema'")
    files = told.files | {"gateway.db": manifest.described(backup / "gateway.db")}
    later = told.model_copy(update={"files": files, "store_version": 99})
    (backup / manifest.FILE).write_text(later.model_dump_json(), encoding="utf-8")
    with pytest.raises(StoreError, match="install the version that was used last"):
        restore(backup, stopped.model_copy(update={"data_dir": tmp_path / "data"}))
