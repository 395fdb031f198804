"""Receipts that a follower sends: only those for our own tree are kept, the others are evidence: against
the follower, or, under our own signature, against ourselves.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from client import ExchangeError
from gateway import errors
from gateway.log.checkpoint import Witness, witness_name
from gateway.log.note import parse
from gateway.log.suite import DEFAULT
from tests.support.builders import draft
from tests.support.calls import claims, receipt, replicate
from tests.support.damage import run_sql
from tests.support.handmade import HandmadeLog, write_store
from tests.support.materials import Materials
from tests.support.promises import require_promised
from tests.support.readers import ids, read
from tests.support.scene import Scene, health, scene
from tests.support.told import refused
from tests.support.waiting import until
from yrd.exchange.v1.service_pb2 import AlarmEvidence, LinkStatus, ReplicateRequest

US, PEER, OTHER = "310000", "320000", "330000"
SIZE = 3


def log_of(materials: Materials, name: str, size: int = SIZE) -> HandmadeLog:
    log = HandmadeLog(materials, US)
    log.add(*(draft(entity=f"{US}/{name}/{n}") for n in range(size)))
    return log


@contextmanager
def serving(log: HandmadeLog, patch: pytest.MonkeyPatch, folder: Path) -> Iterator[Scene]:
    """A gateway that has this log, with a peer that can't be reached itself."""
    write_store(folder / "data", US, log)
    peer = log.materials.peer(PEER, "127.0.0.1:9")
    with scene(log.materials, patch, folder, peers=[peer]) as running:
        yield running


def cosigned(log: HandmadeLog, size: int, by: str = PEER, signed_by: str = US) -> str:
    """A checkpoint in our name with a cosignature in the peer's name."""
    key = (log.materials.folder / by / "witness.key").read_bytes()
    witness = Witness(witness_name(PEER), DEFAULT.load_private_key(key))
    return witness.cosign(parse(log.checkpoint(size, signed_by)), 1_780_000_000).render()


def link(running: Scene) -> LinkStatus:
    return running.client.status().links[0]


def evidence(folder: Path) -> list[tuple[str, str]]:
    rows = run_sql(folder / "data", "SELECT log, kind FROM evidence")
    return [tuple(row) for row in rows]


def test_a_true_receipt_is_kept_over_a_restart(
    materials: Materials, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    log = log_of(materials, "true")
    requests = iter([claims(size=2), receipt(cosigned(log, 2)), receipt(cosigned(log, SIZE))])
    with serving(log, monkeypatch, tmp_path) as running:
        call = running.stubs(PEER, "gateway").replication.Replicate(requests, timeout=20)
        until(lambda: link(running).cosigned_size == SIZE, "the receipt")
        assert f"{witness_name(PEER)} " in running.client.status().logs[0].checkpoint
        call.cancel()
    peer = materials.peer(PEER, "127.0.0.1:9")
    with scene(materials, monkeypatch, tmp_path, peers=[peer]) as again:
        assert link(again).cosigned_size == SIZE
    assert evidence(tmp_path) == []


def test_an_older_receipt_does_not_replace_a_newer_one(
    materials: Materials, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    log = log_of(materials, "true")
    with serving(log, monkeypatch, tmp_path) as running:
        for size in (SIZE, 1):
            opened = claims(size=size, checkpoint=cosigned(log, size))
            call = running.stubs(PEER, "gateway").replication.Replicate(iter([opened]), timeout=20)
            until(lambda: link(running).cosigned_size == SIZE, "the receipt")
            if size < SIZE:
                assert next(call).batch.start == size
            call.cancel()
        assert link(running).cosigned_size == SIZE


Wrong = Callable[[HandmadeLog, HandmadeLog], list[ReplicateRequest]]
FALSE: dict[str, Wrong] = {
    "for a tree that we have not signed": lambda _, other: [
        claims(size=SIZE),
        receipt(cosigned(other, SIZE, signed_by=OTHER)),
    ],
    "for such a tree, at the opening": lambda _, other: [
        claims(size=SIZE, checkpoint=cosigned(other, SIZE, signed_by=OTHER))
    ],
    "for more than there is, in our name": lambda _, other: [
        claims(size=SIZE + 1, checkpoint=cosigned(other, SIZE + 1, signed_by=OTHER))
    ],
    "for nothing, with more entries than there are": lambda *_: [claims(size=SIZE + 1)],
    "for less than is claimed": lambda true, _: [
        claims(size=SIZE + 1, checkpoint=cosigned(true, SIZE))
    ],
    "signed by another": lambda true, _: [
        claims(size=SIZE),
        receipt(cosigned(true, SIZE, by=OTHER)),
    ],
    "with a signature that is no base64": lambda true, _: [
        claims(size=SIZE),
        receipt(f"{cosigned(true, SIZE)[:-1]}ä\n"),
    ],
    "not signed at all": lambda true, _: [claims(size=SIZE), receipt(true.checkpoint(SIZE))],
}


@pytest.mark.parametrize("name", FALSE)
def test_a_false_receipt_ends_the_stream_and_is_kept_as_evidence_only(
    materials: Materials, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    true, other = log_of(materials, "true"), log_of(materials, "other", SIZE + 1)
    with serving(true, monkeypatch, tmp_path) as running:
        requests = FALSE[name](true, other)
        found = refused(lambda: replicate(*requests)(running))
        require_promised(found, errors.LogInconsistent, {"log": f"yrd/{US}"})
        assert link(running).cosigned_size == 0
        assert running.client.publish([draft(entity=f"{US}/after")])[0].HasField("accepted")
        (alarm,) = running.client.status().alarms
        assert (alarm.log_origin, alarm.kind) == (f"yrd/{US}", "forged_checkpoint")
        assert PEER in alarm.detail
    (data,) = (bytes(row[0]) for row in run_sql(tmp_path / "data", "SELECT data FROM evidence"))
    kept = AlarmEvidence.FromString(data)
    assert kept.shown_checkpoint == _shown(requests)
    assert kept.held_checkpoint == true.checkpoint(SIZE)


def _shown(requests: list[ReplicateRequest]) -> str:
    last = requests[-1]
    shown = last.receipt if last.HasField("receipt") else last.open
    return shown.cosigned_checkpoint


OURS: dict[str, tuple[Wrong, str]] = {
    "another tree": (
        lambda _, other: [claims(size=SIZE), receipt(cosigned(other, SIZE))],
        "fork",
    ),
    "another tree, at the opening": (
        lambda _, other: [claims(size=SIZE, checkpoint=cosigned(other, SIZE))],
        "fork",
    ),
    "more than there is": (
        lambda _, other: [claims(size=SIZE + 1, checkpoint=cosigned(other, SIZE + 1))],
        "rollback",
    ),
}


@pytest.mark.parametrize("name", OURS)
def test_what_we_have_signed_and_do_not_have_stops_us_at_once(
    materials: Materials, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    """Our own signature proves that this store is an old copy, or that there were two of us."""
    send, kind = OURS[name]
    true, other = log_of(materials, "true"), log_of(materials, "other", SIZE + 1)
    requests = send(true, other)
    with serving(true, monkeypatch, tmp_path) as running:
        assert running.client.status().accepting
        for _ in range(2):
            found = refused(lambda: replicate(*requests)(running))
            require_promised(found, errors.Unavailable)
            assert "yrd gateway recover" in found.message
        with pytest.raises(ExchangeError, match="yrd gateway recover"):
            running.client.publish([draft(entity=f"{US}/after")])
        status = running.client.status()
        assert (status.accepting, status.logs[0].size) == (False, SIZE)
        assert "yrd gateway recover" in status.problem
        until(lambda: health(running.channel()) == "NOT_SERVING", "health says so")
        (alarm,) = status.alarms
        assert (alarm.log_origin, alarm.kind) == (f"yrd/{US}", kind)
        assert ids(read(running.client)) == true.ids()
    assert not (tmp_path / "data" / "started").exists(), "the next start asks all peers"


@pytest.mark.parametrize(
    ("requests", "field"),
    [
        ([claims(checkpoint="x" * 20_000)], "open.cosigned_checkpoint"),
        ([claims(), receipt("x" * 20_000)], "receipt.cosigned_checkpoint"),
    ],
    ids=["claim", "receipt"],
)
def test_what_is_longer_than_any_checkpoint_is_refused_and_not_kept(
    materials: Materials,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    requests: list[ReplicateRequest],
    field: str,
) -> None:
    with serving(log_of(materials, "true"), monkeypatch, tmp_path) as running:
        status = refused(lambda: replicate(*requests)(running))
        assert (status.code, status.reason) == ("INVALID_ARGUMENT", "MALFORMED_REQUEST")
        assert status.message.startswith(f"{field} has 20000 characters")
        assert running.client.status().alarms == []
