"""Peers that break their logs: refused, with the evidence kept, while the other links go on."""

import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from client import ExchangeError, connect
from gateway.errors import LogInconsistent
from tests.support.alarm_proofs import shown_by
from tests.support.builders import draft
from tests.support.delta import Delta, delta
from tests.support.handmade import HandmadeLog
from tests.support.materials import Materials
from tests.support.readers import ids, told
from tests.support.rogue import Refusal, Rogue, Script, StopScript, batch, heartbeat, rogue
from tests.support.scene import health
from tests.support.waiting import until
from yrd.exchange.v1.message_pb2 import SealedEntry
from yrd.exchange.v1.service_pb2 import Alarm, ReplicateOpen, ReplicateResponse

VICTIM, FRIEND, ROGUE = "310000", "330000", "320000"
HELD, ALL = 3, 5


@dataclass(frozen=True)
class Trick:
    """What a rogue sends behind three true entries, how the victim calls it, what its evidence shows."""

    name: str
    send: Callable[[HandmadeLog, HandmadeLog], ReplicateResponse]
    words: str
    kind: str
    shows: str


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


def misplaced(true: HandmadeLog, _: HandmadeLog) -> ReplicateResponse:
    """A batch, all signed, whose last entry is one of the same log that has been sent before."""
    return replayed(true, true.entries[0])


def of_another(true: HandmadeLog, _: HandmadeLog) -> ReplicateResponse:
    """A batch, all signed, whose last entry is from the log of somebody else."""
    other = HandmadeLog(true.materials, FRIEND)
    other.add(*(draft(entity=f"{FRIEND}/{n}") for n in range(ALL)))
    return replayed(true, other.entries[ALL - 1])


def replayed(true: HandmadeLog, entry: SealedEntry) -> ReplicateResponse:
    log = HandmadeLog(true.materials, true.participant)
    log.entries = [*true.entries[: ALL - 1], entry]
    return batch(log.batch(HELD, ALL))


SIGNED, UNSIGNED = "signed more", "not signed"
TRICKS = [
    Trick(
        "fork",
        lambda _, other: batch(other.batch(HELD, ALL)),
        "the log was forked",
        "fork",
        "no extension",
    ),
    Trick("rollback", lambda *_: heartbeat(HELD - 1), "rolled back", "rollback", SIGNED),
    Trick("gap", lambda true, _: batch(true.batch(4, ALL)), "entries from 4", "missing_entry", ""),
    Trick("repeat", lambda true, _: batch(true.batch(0, ALL)), "entries from 0", "replay", ""),
    Trick("another log", true_but(log_origin="yrd/330000"), "'yrd/330000'", "replay", ""),
    Trick(
        "other size",
        true_but(checkpoint=lambda true: true.checkpoint(4)),
        "at 4, not of",
        "replay",
        "a checkpoint of another size",
    ),
    Trick(
        "another's signature",
        true_but(checkpoint=lambda true: true.checkpoint(ALL, signed_by=FRIEND)),
        "no signature by yrd/320000",
        "forged_checkpoint",
        UNSIGNED,
    ),
    Trick(
        "bad signature",
        true_but(checkpoint=resigned),
        "bad signature by yrd/320000",
        "forged_checkpoint",
        UNSIGNED,
    ),
    Trick("no note", true_but(checkpoint="x"), "not a signed note", "forged_checkpoint", UNSIGNED),
    Trick(
        "no base64",
        true_but(checkpoint=lambda true: f"{true.checkpoint(ALL)[:-1]}ä\n"),
        "base64",
        "forged_checkpoint",
        UNSIGNED,
    ),
    Trick("endless size", true_but(checkpoint=endless), "size", "forged_checkpoint", UNSIGNED),
    Trick("changed entry", other_entry(one_byte), "the log was forked", "fork", "no extension"),
    Trick(
        "entry without a hash",
        other_entry(short_hash),
        "entry 4 has neither",
        "missing_entry",
        "",
    ),
]
REPLAYS = [
    Trick(
        "its own, at another place",
        misplaced,
        "entry 4 says",
        "replay",
        "a foreign entry in its tree",
    ),
    Trick("somebody else's", of_another, "entry 4 says", "replay", "a foreign entry in its tree"),
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
    return made.link(VICTIM, ROGUE).problem.startswith("stopped: ")


def alarms(made: Delta) -> list[Alarm]:
    return list(made.client(VICTIM).alarms())


def rest_goes_on(made: Delta) -> None:
    """Publishing, the health, and the links between those who are honest."""
    made.client(FRIEND).publish([draft(entity=f"{FRIEND}/x")])
    made.client(VICTIM).publish([draft(entity=f"{VICTIM}/x")])
    made.wait_level(FRIEND, VICTIM)
    made.wait_level(VICTIM, FRIEND)
    assert made.status(VICTIM).accepting
    channel = connect(made.configs[VICTIM].listen, *made.materials.system(VICTIM))
    assert health(channel) == "SERVING"


@pytest.mark.parametrize("trick", [*TRICKS, *REPLAYS], ids=lambda trick: trick.name)
def test_a_log_that_is_broken_is_not_followed_until_it_is_settled(
    materials: Materials, tmp_path: Path, trick: Trick
) -> None:
    true, other = log_of(materials, "true"), log_of(materials, "other")
    sent, good = trick.send(true, other), 0
    if trick in REPLAYS:
        # it is in the tree for good, and so it is held; what comes behind it is good again
        true.entries[HELD:] = sent.batch.entries
        good = ALL
    true.add(draft(entity=f"{ROGUE}/later"))
    lies = True

    def script(opened: ReplicateOpen) -> Iterator[ReplicateResponse]:
        if opened.size < HELD:
            yield batch(true.batch(opened.size, HELD))
        if lies:
            yield sent
        else:
            yield batch(true.batch(opened.size, ALL + 1))

    with trap(materials, tmp_path, script) as (made, bad):
        until(lambda: made.status(VICTIM).alarms, "the alarm", seconds=10)
        until(lambda: stopped(made), "the link is closed", seconds=10)
        assert not made.link(VICTIM, ROGUE).connected
        held = made.log(VICTIM, ROGUE)
        size = good or HELD
        assert (held.size, held.root_hash) == (size, true.frontier(size).root())
        (alarm,) = alarms(made)
        assert (alarm.log_origin, alarm.kind) == (f"yrd/{ROGUE}", trick.kind)
        assert trick.words in alarm.detail
        assert alarm.detail in made.link(VICTIM, ROGUE).problem
        assert shown_by(materials, alarm) == trick.shows
        (shown,) = made.status(VICTIM).alarms
        assert (shown.number, shown.kind, shown.evidence) == (alarm.number, alarm.kind, b"")
        assert held.counts.quarantined == (1 if trick in REPLAYS else 0)
        assert ids(told(made.client(VICTIM))) == true.ids()[: size - held.counts.quarantined]
        rest_goes_on(made)
        assert len(bad.opened) == 2, "one stream for each follower, never a second one"
        lies = False
        settled = made.client(VICTIM).settle(alarm.number, "电话核实：对方软件有误，已修复")
        assert (settled.settled_by, settled.HasField("settled_time")) == (f"{VICTIM}/console", True)
        until(lambda: made.log(VICTIM, ROGUE).size == ALL + 1, "the true log is followed")
        assert made.log(VICTIM, ROGUE).root_hash == true.frontier(ALL + 1).root()
        assert not made.status(VICTIM).alarms
        (kept,) = alarms(made)
        assert kept.evidence == alarm.evidence
        assert kept.settled_note == "电话核实：对方软件有误，已修复"


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
        assert ids(told(made.client(VICTIM))) == true.ids()[:HELD]


def test_a_restart_settles_nothing_and_a_lie_told_again_is_a_new_alarm(
    materials: Materials, tmp_path: Path
) -> None:
    true, other = log_of(materials, "true"), log_of(materials, "other")

    def script(opened: ReplicateOpen) -> Iterator[ReplicateResponse]:
        if opened.size < HELD:
            yield batch(true.batch(opened.size, HELD))
        yield batch(other.batch(HELD, ALL))

    with trap(materials, tmp_path, script) as (made, bad):
        until(lambda: stopped(made), "the link is closed", seconds=10)
        made.stop(VICTIM)
        streams = len(bad.opened)
        made.start(VICTIM)
        until(lambda: stopped(made), "the link is still closed")
        made.client(FRIEND).publish([draft(entity=f"{FRIEND}/x")])
        made.wait_level(FRIEND, VICTIM)
        assert len(bad.opened) == streams
        (first,) = alarms(made)
        made.client(VICTIM).settle(first.number, "they say that it is mended")
        until(lambda: made.status(VICTIM).alarms, "it lies again")
        assert [(a.kind, bool(a.settled_note)) for a in alarms(made)] == [
            ("fork", True),
            ("fork", False),
        ]


def test_a_clock_that_is_off_is_told_once_and_closes_nothing(
    materials: Materials, tmp_path: Path
) -> None:
    true = log_of(materials, "true")
    sent = threading.Event()

    def script(opened: ReplicateOpen) -> Iterator[ReplicateResponse]:
        yield batch(true.batch(opened.size, HELD))
        yield heartbeat(HELD, time.time() - 3600)
        yield heartbeat(HELD, time.time() - 3500)
        sent.wait(10)
        yield batch(true.batch(HELD, ALL))

    with trap(materials, tmp_path, script) as (made, _):
        until(lambda: made.status(VICTIM).alarms, "the alarm", seconds=10)
        sent.set()
        until(lambda: made.log(VICTIM, ROGUE).size == ALL, "the log is followed")
        (alarm,) = alarms(made)
        assert (alarm.log_origin, alarm.kind) == (f"yrd/{ROGUE}", "time")
        assert " s behind ours" in alarm.detail
        assert made.link(VICTIM, ROGUE).connected


def test_a_peer_that_ends_its_stream_is_not_connected(materials: Materials, tmp_path: Path) -> None:
    true = log_of(materials, "true")
    gone = threading.Event()

    def script(opened: ReplicateOpen) -> Iterator[ReplicateResponse]:
        if opened.size < HELD:
            yield batch(true.batch(opened.size, HELD))
        gone.wait(20)
        raise StopScript

    with trap(materials, tmp_path, script) as (made, _):
        until(lambda: made.log(VICTIM, ROGUE).size == HELD, "the log is followed")
        gone.set()
        until(lambda: "ended the stream" in made.link(VICTIM, ROGUE).problem, "it is told")
        assert not made.link(VICTIM, ROGUE).connected


@pytest.mark.parametrize(
    ("size", "kind"), [(HELD - 1, "rollback"), (HELD, "fork")], ids=["shorter", "another"]
)
def test_an_origin_that_denies_what_it_has_signed(
    materials: Materials, tmp_path: Path, size: int, kind: str
) -> None:
    """Its own checkpoint is the evidence; a restart of the stream would not make it true."""
    true = log_of(materials, "true")
    denial = LogInconsistent("never seen", log=true.origin, index=size)

    def script(opened: ReplicateOpen) -> Iterator[ReplicateResponse]:
        if opened.size == 0:
            yield batch(true.batch(0, HELD))
        raise Refusal(denial)

    with trap(materials, tmp_path, script) as (made, _):
        until(lambda: stopped(made), "the link is closed", seconds=10)
        (alarm,) = alarms(made)
        assert (alarm.log_origin, alarm.kind) == (f"yrd/{ROGUE}", kind)
        assert shown_by(materials, alarm) == SIGNED
        rest_goes_on(made)


def test_an_origin_that_can_not_read_a_receipt_is_no_criminal(
    materials: Materials, tmp_path: Path
) -> None:
    """One of the two has the wrong witness key: to be mended, and then the link goes on by itself."""
    true = log_of(materials, "true")
    denial = LogInconsistent("no signature by yrd/310000/witness", log=true.origin, index="")
    strict = True

    def script(opened: ReplicateOpen) -> Iterator[ReplicateResponse]:
        if opened.size == 0:
            yield batch(true.batch(0, HELD))
        if strict:
            raise Refusal(denial)
        yield batch(true.batch(HELD, ALL))

    with trap(materials, tmp_path, script) as (made, _):
        until(lambda: "no signature" in made.link(VICTIM, ROGUE).problem, "it is told")
        strict = False
        until(lambda: made.log(VICTIM, ROGUE).size == ALL, "the log is followed")
        assert not alarms(made)


def test_there_is_no_settling_what_is_not_there(materials: Materials, tmp_path: Path) -> None:
    with delta(materials, tmp_path, (VICTIM,)) as made:
        with pytest.raises(ExchangeError, match="there is no alarm 7"):
            made.client(VICTIM).settle(7, "x")
        with pytest.raises(ExchangeError, match="note"):
            made.client(VICTIM).settle(7, "")
