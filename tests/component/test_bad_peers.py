"""Peers that break their logs: refused, with the evidence kept, while the other links go on."""

from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.builders import draft
from tests.support.damage import run_sql
from tests.support.delta import Delta, delta
from tests.support.handmade import HandmadeLog
from tests.support.materials import Materials
from tests.support.readers import ids, read
from tests.support.rogue import Rogue, Script, batch, heartbeat, rogue
from tests.support.waiting import until
from yrd.exchange.v1.message_pb2 import SealedEntry
from yrd.exchange.v1.service_pb2 import ReplicateOpen, ReplicateResponse

VICTIM, FRIEND, ROGUE = "310000", "330000", "320000"
HELD, ALL = 3, 5


@dataclass(frozen=True)
class Trick:
    """What a rogue sends behind three true entries, and how the victim calls it."""

    name: str
    send: Callable[[HandmadeLog, HandmadeLog], ReplicateResponse]
    words: str
    kind: str = "fork"


def true_but(**changes: Any) -> Callable[[HandmadeLog, HandmadeLog], ReplicateResponse]:
    """The true batch but for some fields; a function is called with the true log."""

    def send(true: HandmadeLog, _: HandmadeLog) -> ReplicateResponse:
        made = batch(true.batch(HELD, ALL))
        for name, value in changes.items():
            setattr(made.batch, name, value(true) if callable(value) else value)
        return made

    return send


def other_entry(change: Callable[[SealedEntry], None]) -> Any:
    def send(true: HandmadeLog, _: HandmadeLog) -> ReplicateResponse:
        made = batch(true.batch(HELD, ALL))
        change(made.batch.entries[1])
        return made

    return send


def one_byte(entry: SealedEntry) -> None:
    entry.leaf = bytes([*entry.leaf[:-1], entry.leaf[-1] ^ 1])


def short_hash(entry: SealedEntry) -> None:
    entry.CopyFrom(SealedEntry(leaf_hash=b"h" * 31))


def resigned(true: HandmadeLog) -> str:
    """The checkpoint of one size with the signature of another."""
    return true.checkpoint(ALL).split("\n\n")[0] + "\n\n" + true.checkpoint(4).split("\n\n")[1]


def endless(true: HandmadeLog) -> str:
    """A size with more digits than Python turns into a number."""
    return true.signed(f"{true.origin}\n{'9' * 5000}\n{b64encode(b'r' * 32).decode()}\n")


TRICKS = [
    Trick("fork", lambda _, other: batch(other.batch(HELD, ALL)), "the log was forked"),
    Trick("rollback", lambda *_: heartbeat(HELD - 1), "rolled back", "rollback"),
    Trick("gap", lambda true, _: batch(true.batch(4, ALL)), "entries from 4"),
    Trick("repeat", lambda true, _: batch(true.batch(0, ALL)), "entries from 0"),
    Trick("another log", true_but(log_origin="yrd/330000"), "'yrd/330000'"),
    Trick("other size", true_but(checkpoint=lambda true: true.checkpoint(4)), "at 4, not of"),
    Trick(
        "another's signature",
        true_but(checkpoint=lambda true: true.checkpoint(ALL, signed_by=FRIEND)),
        "no signature by yrd/320000",
    ),
    Trick("bad signature", true_but(checkpoint=resigned), "bad signature by yrd/320000"),
    Trick("no note", true_but(checkpoint="x"), "not a signed note"),
    Trick(
        "no base64", true_but(checkpoint=lambda true: f"{true.checkpoint(ALL)[:-1]}ä\n"), "base64"
    ),
    Trick("endless size", true_but(checkpoint=endless), "size"),
    Trick("changed entry", other_entry(one_byte), "the log was forked"),
    Trick("entry without a hash", other_entry(short_hash), "entry 4 has neither"),
]


def log_of(materials: Materials, name: str) -> HandmadeLog:
    log = HandmadeLog(materials, ROGUE)
    log.add(*(draft(entity=f"{ROGUE}/{name}/{n}") for n in range(ALL)))
    return log


@contextmanager
def trap(materials: Materials, folder: Path, script: Script) -> Iterator[tuple[Delta, Rogue]]:
    """Two honest gateways that both follow a rogue."""
    with (
        rogue(materials, ROGUE, script) as bad,
        delta(materials, folder, (VICTIM, FRIEND), addresses={ROGUE: bad.address}) as made,
    ):
        yield made, bad


def stopped(made: Delta) -> bool:
    return made.link(VICTIM, ROGUE).problem.startswith("stopped for good")


def evidence(made: Delta) -> list[tuple[str, str, bytes]]:
    rows = run_sql(made.data(VICTIM), "SELECT log, kind, data FROM evidence ORDER BY id")
    return [tuple(row) for row in rows]


@pytest.mark.parametrize("trick", TRICKS, ids=lambda trick: trick.name)
def test_a_log_that_is_broken_is_not_followed(
    materials: Materials, tmp_path: Path, trick: Trick
) -> None:
    true, other = log_of(materials, "true"), log_of(materials, "other")
    sent = trick.send(true, other)

    def script(opened: ReplicateOpen) -> Iterator[ReplicateResponse]:
        yield batch(true.batch(opened.size, HELD))
        yield sent

    with trap(materials, tmp_path, script) as (made, bad):
        until(lambda: stopped(made), "the link is closed", seconds=10)
        link = made.link(VICTIM, ROGUE)
        assert trick.words in link.problem
        assert not link.connected
        held = made.log(VICTIM, ROGUE)
        assert (held.size, held.root_hash) == (HELD, true.frontier(HELD).root())
        made.client(FRIEND).publish([draft(entity=f"{FRIEND}/x")])
        made.client(VICTIM).publish([draft(entity=f"{VICTIM}/x")])
        made.wait_level(FRIEND, VICTIM)
        made.wait_level(VICTIM, FRIEND)
        assert len(bad.opened) == 2, "one stream for each follower, never a second one"
        made.stop(VICTIM)
    proof = sent.batch if sent.HasField("batch") else sent.heartbeat
    assert evidence(made) == [(f"yrd/{ROGUE}", trick.kind, proof.SerializeToString())]


def test_true_entries_got_their_receipt_and_false_ones_none(
    materials: Materials, tmp_path: Path
) -> None:
    true, other = log_of(materials, "true"), log_of(materials, "other")

    def script(_: ReplicateOpen) -> Iterator[ReplicateResponse]:
        yield batch(true.batch(0, HELD))
        yield batch(other.batch(HELD, ALL))

    with trap(materials, tmp_path, script) as (made, bad):
        until(lambda: stopped(made), "the link is closed", seconds=10)
        until(lambda: len(bad.receipts) == 2, "a receipt from each follower")
        assert all(note.startswith(f"yrd/{ROGUE}\n{HELD}\n") for note in bad.receipts)
        assert ids(read(made.client(VICTIM))) == true.ids()[:HELD]


def test_after_an_operators_restart_the_link_is_tried_again(
    materials: Materials, tmp_path: Path
) -> None:
    true, other = log_of(materials, "true"), log_of(materials, "other")
    lies = True

    def script(opened: ReplicateOpen) -> Iterator[ReplicateResponse]:
        log = other if lies and opened.size else true
        yield batch(log.batch(opened.size, HELD if opened.size < HELD else ALL))
        if not opened.size:
            yield batch(other.batch(HELD, ALL))

    with trap(materials, tmp_path, script) as (made, _):
        until(lambda: stopped(made), "the link is closed", seconds=10)
        made.stop(VICTIM)
        made.start(VICTIM)
        until(lambda: stopped(made), "the link is closed again")
        lies = False
        made.stop(VICTIM)
        made.start(VICTIM)
        until(lambda: made.log(VICTIM, ROGUE).size == ALL, "the true log is followed")
        assert made.log(VICTIM, ROGUE).root_hash == true.frontier(ALL).root()
        made.stop(VICTIM)
    assert [kind for _, kind, _ in evidence(made)] == ["fork"]


def broken_promise(made: Delta) -> str:
    problem = made.link(VICTIM, ROGUE).problem
    return problem if "FAILED_PRECONDITION" in problem else ""


@pytest.mark.parametrize("after", [0, HELD + 2], ids=["shorter", "longer"])
def test_an_origin_whose_store_was_put_back_is_not_believed(
    materials: Materials, tmp_path: Path, after: int
) -> None:
    """A real gateway, whose operator has restored an old copy and gone on."""
    with delta(materials, tmp_path, (VICTIM, ROGUE, FRIEND)) as made:
        made.client(ROGUE).publish([draft(entity=f"{ROGUE}/{n}") for n in range(HELD)])
        made.wait_level(ROGUE, VICTIM)
        before = made.log(VICTIM, ROGUE)
        made.stop(ROGUE)
        for path in made.data(ROGUE).iterdir():
            path.unlink()
        made.start(ROGUE)
        if after:
            made.client(ROGUE).publish([draft(entity=f"{ROGUE}/{n}") for n in range(after)])
        until(lambda: broken_promise(made), "the break is told")
        assert made.log(VICTIM, ROGUE) == before
        made.client(FRIEND).publish([draft(entity=f"{FRIEND}/x")])
        made.wait_level(FRIEND, VICTIM)
        made.stop(ROGUE)
        kinds = {kind for (kind,) in run_sql(made.data(ROGUE), "SELECT kind FROM evidence")}
    assert kinds <= {"rollback", "fork"}
    assert kinds
