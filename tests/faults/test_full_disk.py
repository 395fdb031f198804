"""A file system that is really full: refused with a time to come again, and accepted when there is room."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from client import ExchangeClient, ExchangeError
from gateway.audit import verify_store
from tests.support.materials import Materials
from tests.support.readers import ids, read
from tests.support.running import client_of, free_port, running
from tests.support.senders import numbered
from tests.support.waiting import until
from yrd.exchange.v1.message_pb2 import Draft

OWN = "310000"
SIZE_MIB, BALLAST_MIB, BATCH = 8, 5, 50
TURNS = 3


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MIB}m", "none", str(folder)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("need the right to mount a tmpfs")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def fill(client: ExchangeClient, drafts: Iterator[Draft]) -> tuple[list[str], ExchangeError]:
    """Publishes until it is refused: what was accepted, and the refusal."""
    accepted: list[str] = []
    while True:
        batch = [next(drafts) for _ in range(BATCH)]
        try:
            results = client.publish(batch)
        except ExchangeError as error:
            return accepted, error
        assert all(result.HasField("accepted") for result in results)
        accepted += ids(batch)


def test_full_and_free_again(materials: Materials, small_disk: Path) -> None:
    drafts = map(numbered, iter(range(1_000_000)))
    config = materials.config(OWN, free_port(), small_disk / "data", check_processes=0)
    ballast = small_disk / "ballast"
    accepted: list[str] = []
    with running(config):
        client = client_of(config, materials)
        for turn in range(TURNS):
            ballast.write_bytes(bytes((BALLAST_MIB - turn) << 20))
            fresh, refusal = fill(client, drafts)
            accepted += fresh
            assert (refusal.code, refusal.reason) == ("UNAVAILABLE", "UNAVAILABLE")
            # the store says so, or the access log, without which no call is answered
            assert "full" in refusal.message or "No space left" in refusal.message
            assert refusal.retry_seconds
            ballast.unlink()
            one = next(drafts)
            until(lambda one=one: is_accepted(client, one), "accepted again")  # type: ignore[misc]
            accepted.append(one.header.message_id)
            assert client.status().accepting
            assert published(client) == accepted
    assert verify_store(config, lambda *_: None).problems == []


def published(client: ExchangeClient) -> list[str]:
    """What a reader gets, without what gateways tell each other."""
    return ids(message for message in read(client) if message.HasField("incident_report"))


def is_accepted(client: ExchangeClient, draft: Draft) -> bool:
    try:
        return client.publish([draft])[0].HasField("accepted")
    except ExchangeError as error:
        assert error.code == "UNAVAILABLE", str(error)
        return False
