"""Signing keys and certificates change under load, at real gateways that never stop."""

import signal
import ssl
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography import x509

from client import ExchangeClient, ExchangeError, connect
from gateway.log.note import VerifierKey, parse_vkey
from integration import certs
from integration.evidence import folder as evidence
from integration.evidence.verify import verify
from tests.faults.harness.entitlement import INCIDENT, PARTICIPANTS
from tests.faults.harness.scene import Scene, scene
from tests.support.waiting import until

US, PEER, THIRD = PARTICIPANTS
KINDS = ("log", "witness")
Config = dict[str, Any]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Three gateways under load, which go on from test to test."""
    with scene(tmp_path_factory.mktemp("rotation")) as made:
        yield made


def configure(made: Scene, name: str, change: Callable[[Config], None]) -> list[str]:
    """Changes a configuration as its operator does, reloads it, and waits for some load after it."""
    path = made.gateways.members[name].config
    content = yaml.safe_load(path.read_text())
    change(content)
    path.write_text(yaml.safe_dump(content))
    changed = list(ExchangeClient(made.gateways.channel(name)).reload().changed)
    made.wait_batches(3)
    return changed


def key_of(made: Scene, kind: str, mark: str = "") -> str:
    return (made.gateways.materials.folder / US / f"{kind}{mark}.vkey").read_text().strip()


def listed_by(made: Scene, peer: str, *keys: Callable[[str], object]) -> list[str]:
    """A peer lists other keys of ours."""

    def change(content: Config) -> None:
        (entry,) = [one for one in content["peers"] if one["participant"] == US]
        for kind in KINDS:
            entry[f"{kind}_key"] = [key(kind) for key in keys]

    return configure(made, peer, change)


def exported(made: Scene, origin: str, out: Path, since: float = 0.0) -> evidence.Folder:
    """Evidence of the first incident of an origin since a moment, once both others have receipted it."""
    sent = [
        one
        for one in made.record.order[origin]
        if one.kind.body == INCIDENT and one.sent_at > since
    ]
    client = ExchangeClient(made.gateways.channel(origin))

    def received() -> bool:
        status = client.status()
        return all(link.cosigned_size > sent[0].answer.sequence for link in status.links)  # type: ignore[union-attr]

    until(received, f"receipts for {sent[0].message_id}")
    evidence.write(client.evidence(sent[0].message_id), out)
    return evidence.read(out)


def trusted(made: Scene, *marks: str) -> list[VerifierKey]:
    """All keys of all participants, but of ours only those with these marks."""
    others = [p for p in PARTICIPANTS if p != US]
    folder = made.gateways.materials.folder
    texts = [(folder / p / f"{kind}.vkey").read_text().strip() for p in others for kind in KINDS]
    texts += [key_of(made, kind, mark) for kind in KINDS for mark in marks]
    return [parse_vkey(text) for text in texts]


def serial_of(path: Path) -> int:
    return x509.load_pem_x509_certificate(path.read_bytes()).serial_number


def presented(made: Scene, name: str) -> int:
    """Serial number of the certificate with which a gateway answers a new connection."""
    host, _, port = made.gateways.members[name].address.rpartition(":")
    pem = ssl.get_server_certificate((host, int(port)), timeout=5)
    return x509.load_pem_x509_certificate(pem.encode()).serial_number


def all_is_well(made: Scene) -> None:
    """Nothing lost, doubled or misplaced; stores and links are whole, and nobody was alarmed."""
    made.rest()
    made.wait_level()
    assert made.problems() == []
    for name in PARTICIPANTS:
        status = made.gateways.status(name)
        assert not status.alarms
        assert all(link.connected for link in status.links)
        assert made.gateways.ended(name) is None, "it never stopped"


def test_signing_keys_are_rotated_while_everyone_publishes(running: Scene, tmp_path: Path) -> None:
    made = running
    made.begin()
    made.wait_batches(3)
    all_is_well(made)
    before = exported(made, US, tmp_path / "before")
    of_peer = exported(made, PEER, tmp_path / "of-peer")
    made.begin()
    certs.make_signing_keys(made.gateways.materials.folder / US, US, "new")

    def old(kind: str) -> str:
        return key_of(made, kind)

    def new(kind: str) -> str:
        return key_of(made, kind, "-new")

    own = made.gateways.materials.folder / US
    for peer in (PEER, THIRD):
        known = [f"log keys of {US}", f"witness keys of {US}"]
        assert listed_by(made, peer, old, new) == known

    def both(content: Config) -> None:
        content["keys"] = {k: [f"{own}/{k}-new.key", f"{own}/{k}.key"] for k in KINDS}

    def new_alone(content: Config) -> None:
        content["keys"] = {kind: f"{own}/{kind}-new.key" for kind in KINDS}
        content["keys"]["retired"] = [old(kind) for kind in KINDS]

    assert "log key" in configure(made, US, both)
    both_since = time.monotonic()
    made.wait_batches(2)
    between = exported(made, US, tmp_path / "between", both_since)
    assert "witness key" in configure(made, US, new_alone)
    for peer in (PEER, THIRD):
        listed_by(made, peer, new, lambda kind: {"key": old(kind), "retired": True})
    for kind in KINDS:
        (own / f"{kind}.key").unlink()
    since = time.monotonic()
    made.wait_batches(3)
    all_is_well(made)
    assert made.audit() == []

    after = exported(made, US, tmp_path / "after", since)
    newly = exported(made, PEER, tmp_path / "newly", since)
    for found, mark in ((before, ""), (of_peer, ""), (after, "-new"), (newly, "-new")):
        assert verify(found, trusted(made, mark), 2).problems == []
    assert verify(between, trusted(made, "", "-new"), 1).problems == []
    early = exported(made, US, tmp_path / "early")
    assert verify(early, trusted(made, "-new"), 2).problems == [], "proved anew with the new keys"
    for found in (after, newly):
        assert verify(found, trusted(made, ""), 2).problems, "the old keys show nothing new"


def test_certificates_are_renewed_and_revoked_while_everyone_publishes(running: Scene) -> None:
    made, folder = running, running.gateways.materials.folder
    made.begin()
    desk = made.gateways.materials.system(US, "desk")
    certs.issue(certs.load_authority(folder), folder / US, US, "lost")
    certs.revoke(folder, US, "lost")

    def with_list(content: Config) -> None:
        content["tls"]["crl"] = str(folder / "crl.pem")

    for name in PARTICIPANTS:
        assert configure(made, name, with_list) == ["revocations"]
    channel = connect(made.gateways.members[US].address, *desk)
    reader = ExchangeClient(channel)
    with reader.subscribe(cursor="desk") as batches:
        assert next(iter(batches)).messages
        certs.renew(folder, US, "gateway")
        certs.revoke(folder, US, "desk")
        made.gateways.signal(US, signal.SIGHUP)
        with pytest.raises(ExchangeError, match="was revoked on") as told:
            for _ in batches:
                pass
    assert told.value.code == "UNAUTHENTICATED"
    with pytest.raises(ExchangeError, match="was revoked on"):
        reader.status()
    channel.close()
    assert presented(made, US) == serial_of(folder / US / "gateway.pem")

    serial = certs.revoke(folder, PEER, "gateway")
    made.gateways.signal(US, signal.SIGHUP)

    def refused() -> bool:
        (link,) = [x for x in made.gateways.status(PEER).links if x.participant == US]
        return "UNAUTHENTICATED" in link.problem and f"{serial:x}" in link.problem

    until(refused, "the peer is told why it may not follow any more")
    made.wait_batches(2)
    certs.renew(folder, PEER, "gateway")
    made.gateways.signal(PEER, signal.SIGHUP)
    made.wait_batches(2)
    all_is_well(made)
