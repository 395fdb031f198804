"""The doctor names what is wrong with a gateway and with the ways to its peers; it changes nothing."""

import shutil
import socket
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.backup.making import back_up
from gateway.config import GatewayConfig, Peer
from integration import certs
from integration.doctor import handshake, kafka
from integration.doctor.asked import Asked
from integration.doctor.finding import Finding, Level
from integration.doctor.handshake import Files, Kind, shake
from integration.doctor.run import examine
from integration.kafka.config import BridgeConfig
from integration.kafka.errors import Away
from integration.kafka.topics import Fault
from pipelines.running.store import LiveStore
from tests.support.builders import draft
from tests.support.damage import run_sql
from tests.support.delta import Delta, delta
from tests.support.materials import Materials
from tests.support.running import free_port
from tests.support.tls_server import context, serving

US, PEER = "310000", "320000"
DAYS = timedelta(days=1)


def examined(config: GatewayConfig, **changes: object) -> list[Finding]:
    asked = Asked(config, lambda: datetime.now(UTC))
    return list(examine(replace(asked, **changes)))  # type: ignore[arg-type]  # its own fields


def of(found: list[Finding], check: str) -> list[Finding]:
    return [one for one in found if one.check == check]


def bad(found: list[Finding], check: str) -> str:
    """What is said of the only thing that is wrong there."""
    (one,) = [f for f in of(found, check) if f.level in (Level.ATTENTION, Level.TROUBLE)]
    assert one.why.zh, "it says why it matters"
    assert one.why.en
    assert one.next.zh, "and what to do"
    assert one.next.en
    return one.what.en


def files_in(folder: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in folder.rglob("*")}


@pytest.fixture(scope="module")
def two(materials: Materials, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Delta]:
    with delta(materials, tmp_path_factory.mktemp("doctor"), (US, PEER)) as made:
        made.client(US).publish([draft()])
        made.wait_level(US, PEER)
        yield made


@pytest.fixture
def own(materials: Materials, tmp_path: Path) -> Materials:
    """Certificates to be spoilt."""
    shutil.copytree(materials.folder, tmp_path / "certs")
    return Materials(tmp_path / "certs")


def test_a_good_gateway_is_found_good(two: Delta) -> None:
    config = two.configs[US]
    file = two.folder / "gateway.yaml"
    file.write_text("as it is", encoding="utf-8")
    back_up(config, file, two.folder / "backup", "nightly", datetime.now(UTC), lambda *_: None)
    found = examined(config)
    (link,) = of(found, "links")
    assert f"{PEER}: reached; it holds" in link.what.en
    for check in ("gateway", "store", "certificates", "links", "clock", "versions"):
        assert of(found, check)
        assert all(one.level is Level.GOOD for one in of(found, check)), check
    assert "does not name it" in bad(found, "backups"), "the shipped policy names no backup"
    assert not [one for one in found if "could not be made" in one.what.en]


def test_it_works_while_the_gateway_is_down_and_changes_nothing(
    materials: Materials, tmp_path: Path
) -> None:
    with delta(materials, tmp_path, (US,)) as made:
        made.stop(US)
        config = made.configs[US]
        before = files_in(config.data_dir)
        found = examined(config)
        assert "the gateway does not answer (UNAVAILABLE)" in bad(found, "gateway")
        assert of(found, "store")[0].level is Level.GOOD
        assert files_in(config.data_dir) == before
        assert not [one for one in found if "could not be made" in one.what.en]


def test_a_folder_that_is_not_there_is_named_and_not_made(own: Materials, tmp_path: Path) -> None:
    found = examined(own.config(US, free_port(), tmp_path / "none"))
    assert "there is no such folder" in bad(found, "disk")
    assert "there is no store" in bad(found, "store")
    assert "never been run" in bad(found, "backups")
    assert not (tmp_path / "none").exists()


def test_a_store_that_can_not_be_used_is_named(own: Materials, tmp_path: Path, two: Delta) -> None:
    data = tmp_path / "data"
    data.mkdir()
    config = own.config(US, free_port(), data)
    with (
        closing(sqlite3.connect(two.data(US) / "gateway.db")) as source,
        closing(sqlite3.connect(data / "gateway.db")) as copy,
    ):
        source.backup(copy)
    run_sql(
        data, "INSERT INTO evidence (log, time, kind, detail, data) VALUES ('x',1,'fork','','')"
    )
    assert "1 alarms are not settled" in bad(examined(config, network=False), "store")
    run_sql(data, "UPDATE meta SET value = '99' WHERE key = 'schema'")
    assert "this program knows versions up to" in bad(examined(config, network=False), "store")
    run_sql(data, "UPDATE meta SET value = '4' WHERE key = 'schema'")
    other = config.model_copy(update={"participant": PEER})
    assert f"the store is of {US}" in bad(examined(other, network=False), "store")
    (data / "gateway.db").write_bytes(b"no database" * 1000)
    assert "can't be read" in bad(examined(config, network=False), "store")


def test_peers_that_can_not_be_reached_are_named_one_by_one(two: Delta, own: Materials) -> None:
    config = two.configs[US]
    gone = own.peer("330000", f"127.0.0.1:{free_port()}")
    nowhere = own.peer("340000", "gateway.nowhere.invalid:7310")
    peers = (*config.peers, *map(Peer.model_validate, (gone, nowhere)))
    found = of(examined(config.model_copy(update={"peers": peers})), "links")
    told = {one.what.en.split()[0].strip(":"): one for one in found}
    assert told[PEER].level is Level.GOOD
    assert "the connection was refused" in told["330000"].what.en
    assert "its name can't be resolved" in told["340000"].what.en


def test_a_peer_that_does_not_know_us_refuses_the_call(two: Delta, materials: Materials) -> None:
    stranger = materials.config(
        "340000",
        free_port(),
        two.folder / "340000",
        peers=[materials.peer(US, two.configs[US].listen)],
    )
    assert "the call was refused: PERMISSION_DENIED" in bad(examined(stranger), "links")


def cut(materials: Materials, valid: timedelta, patch: pytest.MonkeyPatch) -> None:
    """A gateway's certificate that ends so far from now."""
    patch.setattr(certs, "VALID", valid)
    certs.issue(certs.load_authority(materials.folder), materials.folder / US, US, "gateway")


@pytest.mark.parametrize(
    ("valid", "words", "level"),
    [
        (timedelta(minutes=-1), "expired on", Level.TROUBLE),
        (3 * DAYS, "in 2 days", Level.TROUBLE),
        (20 * DAYS, "in 19 days", Level.ATTENTION),
    ],
)
def test_a_certificate_that_ends_is_named(
    own: Materials,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    valid: timedelta,
    words: str,
    level: Level,
) -> None:
    cut(own, valid, monkeypatch)
    found = examined(own.config(US, free_port(), tmp_path), network=False)
    assert words in bad(found, "certificates")
    assert level in {one.level for one in of(found, "certificates")}


def test_certificates_that_do_not_fit_are_named(own: Materials, tmp_path: Path) -> None:
    config = own.config(US, free_port(), tmp_path)
    tls, folder = config.tls, own.folder / US

    def told(**changes: Path) -> str:
        changed = config.model_copy(update={"tls": tls.model_copy(update=changes)})
        return bad(examined(changed, network=False), "certificates")

    certs.make_all(tmp_path / "others")
    assert "is not in" in told(ca=tmp_path / "others" / "ca.pem")
    assert "it speaks for 310000/console" in told(
        certificate=folder / "console.pem", key=folder / "console.key"
    )
    assert "is not the key of" in told(key=folder / "console.key")
    assert "No such file" in told(key=folder / "none.key")
    (folder / "gateway.key").chmod(0o644)
    assert "others may read the key" in told()


def test_all_that_is_wrong_with_a_configuration_is_named(own: Materials, tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text("rules: 7\n", encoding="utf-8")
    (own.folder / US / "log.key").write_text("no key", encoding="utf-8")
    config = own.config(US, free_port(), tmp_path, retention=tmp_path / "policy.yaml")
    found = of(examined(config, network=False, bridge=tmp_path / "none.yaml"), "configuration")
    told = "\n".join(one.what.en for one in found)
    for words in ("log.key", "retention: ", "none.yaml: can't be read", "clients: not set"):
        assert words in told


def test_the_pipelines_store_is_looked_at(own: Materials, tmp_path: Path) -> None:
    config, folder = own.config(US, free_port(), tmp_path), tmp_path / "pipeline"
    folder.mkdir()
    assert "there is no pipeline's store" in bad(
        examined(config, network=False, pipeline=folder), "pipeline"
    )
    LiveStore(folder / "states.db").close()
    (fine,) = of(examined(config, network=False, pipeline=folder), "pipeline")
    assert fine.level is Level.GOOD
    file = tmp_path / "pipeline.yaml"
    ca, certificate, key = own.system("joint")
    gate = f"{{address: 'x:1', ca: {ca}, certificate: {certificate}, key: {key}}}"
    file.write_text(f"gateway: {gate}\nstates: pipeline/states.db\narchive: a\n", encoding="utf-8")
    by_file = examined(config, network=False, pipeline=file)
    assert of(by_file, "pipeline") == [fine]
    assert any("pipeline gateway: valid until" in one.what.en for one in by_file)
    with closing(sqlite3.connect(folder / "states.db")) as db, db:
        db.execute("INSERT INTO rejected (data, reason) VALUES (x'00', 'odd')")
    assert "1 messages or results were rejected" in bad(
        examined(config, network=False, pipeline=folder), "pipeline"
    )
    with closing(sqlite3.connect(folder / "states.db")) as db:
        db.execute("PRAGMA user_version = 1")
    assert "version 1, this program's is" in bad(
        examined(config, network=False, pipeline=folder), "pipeline"
    )


BRIDGE = """
id: "310000"
brokers: 127.0.0.1:9
gateway: {address: "127.0.0.1:9", ca: ca.pem, certificate: c.pem, key: k.pem}
"""


def test_topics_are_looked_at_where_a_bridge_is_configured(
    own: Materials, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bridge = tmp_path / "bridge.yaml"
    bridge.write_text(BRIDGE, encoding="utf-8")
    asked = Asked(own.config(US, free_port(), tmp_path), lambda: datetime.now(UTC), bridge)

    def away(_: BridgeConfig) -> list[Fault]:
        raise Away("127.0.0.1:9: no broker answers")

    answers: dict[str, Callable[[BridgeConfig], list[Fault]]] = {
        "all topics are there": lambda _: [],
        "topic yrd.outbox is missing": lambda _: [Fault("yrd.outbox", "is missing", "make it")],
        "no broker answers": away,
    }
    for words, look in answers.items():
        monkeypatch.setattr("integration.kafka.setting_up.look", look)
        (found,) = kafka.check(asked)
        assert words in found.what.en
    assert not list(kafka.check(replace(asked, bridge=None)))


def test_a_check_that_fails_does_not_stop_the_others(
    own: Materials, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> list[Finding]:
        raise RuntimeError("odd")

    monkeypatch.setattr("integration.doctor.store.check", fail)
    found = examined(own.config(US, free_port(), tmp_path), network=False)
    assert "the check could not be made: RuntimeError: odd" in bad(found, "store")
    assert of(found, "backups")


Case = tuple[str, str, Kind | None]


def met(own: Materials, address: str, name: str = "127.0.0.1") -> Kind | None:
    ca, certificate, key = own.system(US, "gateway")
    failure = shake(address, name, Files(ca, certificate, key))
    return failure.kind if failure else None


def server(own: Materials, clients: Path | None = None) -> tuple[Path, Path, Path]:
    ca, certificate, key = own.system(PEER, "gateway")
    return certificate, key, clients or ca


def test_a_handshake_that_fails_is_told_by_its_name(
    own: Materials, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certs.make_all(tmp_path / "others")
    strangers = Materials(tmp_path / "others")
    with serving(context(*server(own))) as address:
        assert met(own, address) is None
        assert met(own, address, "gateway.example") is Kind.WRONG_NAME
        assert met(strangers, address) is Kind.UNKNOWN_CA
    with serving(context(*server(own, strangers.folder / "ca.pem"))) as address:
        assert met(own, address) is Kind.OURS_REFUSED
    with serving(None) as address:
        assert met(own, address) is Kind.NO_TLS
    assert met(own, f"127.0.0.1:{free_port()}") is Kind.REFUSED
    assert met(own, "gateway.nowhere.invalid:7310") is Kind.DNS
    with monkeypatch.context() as patch:
        patch.setattr(certs, "VALID", timedelta(minutes=-1))
        certs.renew(own.folder, PEER, "gateway")
    with serving(context(*server(own))) as address:
        assert met(own, address) is Kind.EXPIRED
    monkeypatch.setattr(handshake, "SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        assert met(own, f"127.0.0.1:{mute.getsockname()[1]}") is Kind.SILENT
