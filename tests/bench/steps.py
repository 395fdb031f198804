"""What each step of a message costs: `make bench-steps`, or this module with --help.

One process and one thread do what the publisher's gateway, its checking processes and a peer do to a batch,
one step after the other, without gRPC, event loop and hand-overs between threads; so two versions can be
compared on a machine that has other things to do. Prints microseconds of processor time a message; the best
of some batches counts. With YRD_NATIVE=off all of it is done in Python.
"""

import argparse
import marshal
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway import memory
from gateway.agreements import load_agreements
from gateway.exchange.check_process import pack, unpack
from gateway.exchange.checking import Checked
from gateway.exchange.native_check import native_checker
from gateway.exchange.publish import Outcome, PublishJob
from gateway.exchange.salts import salts
from gateway.log.checkpoint import LogSigner, Witness, log_origin, witness_name
from gateway.log.keyring import KeyRing
from gateway.log.suite import DEFAULT, Ed25519Key
from gateway.replication.framed import Framed, received
from gateway.replication.issued import Issued
from gateway.replication.mirror import Mirror, MirrorJob
from gateway.replication.origin import Origin
from gateway.server.answers import answer
from gateway.sharing.activation import Activation
from gateway.sharing.agreement import Loaded
from gateway.sharing.decide import Sharing, Timeline
from gateway.store.port import Head
from gateway.store.recent import RecentStandings
from gateway.store.round import Round
from gateway.store.sqlite import SqliteStore
from integration.stack import AGREEMENTS
from tests.bench.checking import ACCESS, CALLER, LIMITS, ORIGIN, checker
from tests.bench.exchange import drafts

PEER = "320000"
P = ParamSpec("P")
Result = TypeVar("Result")


@dataclass(slots=True)
class Side:
    """A store and where its logs stand."""

    store: SqliteStore
    heads: dict[str, Head] = field(default_factory=dict)
    last: int = 0
    recent: RecentStandings = field(default_factory=RecentStandings)

    def round(self) -> Round:
        """The next round."""
        now_us = time.time_ns() // 1000
        return Round(self.heads, self.last, now_us, self.store, recent=self.recent)

    def commit(self, round_: Round) -> None:
        """Makes it durable."""
        self.store.commit(round_.change)
        round_.committed()
        self.heads, self.last = round_.heads(), round_.last_offset


@dataclass(slots=True)
class Times:
    """Microseconds a message, step by step."""

    batch: int
    best: dict[str, float] = field(default_factory=dict)

    def of(self, step: str, work: Callable[P, Result], *args: P.args, **more: P.kwargs) -> Result:
        """Does the work and notes its time."""
        begun = time.thread_time_ns()
        result = work(*args, **more)
        spent = (time.thread_time_ns() - begun) / 1000 / self.batch
        self.best[step] = min(spent, self.best.get(step, spent))
        return result


class Way:
    """A message's way from the publisher's gateway into a peer's store."""

    def __init__(self, folder: Path, batch: int) -> None:
        key, witness = (Ed25519Key(Ed25519PrivateKey.generate()) for _ in range(2))
        self.times, self._check, self._salts = Times(batch), checker(), salts()
        self._native = native_checker(ORIGIN, ACCESS, LIMITS)
        self._signer = LogSigner(log_origin(ORIGIN), key)
        self._origin = Side(SqliteStore(folder / "origin.db", ORIGIN))
        self._peer = Side(SqliteStore(folder / "peer.db", PEER))
        keys = KeyRing.of(self._signer.verifier)
        self._mirror = Mirror(
            self._signer.origin, keys, DEFAULT, Witness(witness_name(PEER), witness)
        )
        sharing = Sharing(Timeline(ORIGIN, list(map(_activation, load_agreements(AGREEMENTS)))))
        writer, store, nobody = cast(Any, self), self._origin.store, cast(Any, None)
        issued = Issued(self._signer, store, writer)
        self._serving = Origin(sharing, store, writer, nobody, issued, nobody, time.time, 1.0)

    def go(self, made: Sequence[bytes]) -> None:
        """Takes a batch of serialised drafts along all of it."""
        start = self.head(self._signer.origin).size
        self._publish(self._checked(made))
        stop, build = start + len(made), self._serving._batch
        batch, _ = self.times.of("origin: batch for a peer", build, PEER, start, stop)
        self._receive(batch)
        for side in (self._origin, self._peer):
            side.store.tidy()

    def _checked(self, made: Sequence[bytes]) -> Sequence[Checked]:
        """As a gateway does it: native steps, or processes of its own."""
        now, times, native = datetime.now(UTC), self.times, self._native
        if native is not None:
            sure = times.of("origin: check", native.check_all, CALLER, made, now)
            return [one for one in sure if one is not None]
        found = times.of("checking: check", self._check.check_all, CALLER, made, now, self._salts)
        packed = times.of("checking: pack", lambda: marshal.dumps([pack(one) for one in found]))
        return times.of("origin: unpack", lambda: [unpack(one) for one in marshal.loads(packed)])

    def head(self, log: str) -> Head:
        """Where a log of the origin stands, as its writer says."""
        return self._origin.heads.get(log) or Head(log)

    def _publish(self, checked: Sequence[Checked]) -> None:
        round_ = self._origin.round()
        job = PublishJob(ORIGIN, "bench", checked)
        outcomes: list[Outcome] = self.times.of("origin: seal and stage", job.stage, round_)
        refused = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
        if refused or len(outcomes) < self.times.batch:
            raise SystemExit(f"refused: {refused[0] if refused else 'by the native steps'}")
        round_.sign(self._signer)
        self.times.of("origin: commit", self._origin.commit, round_)
        self.times.of("origin: answer", answer, outcomes)

    def _receive(self, batch: bytes) -> None:
        times, peer = self.times, self._peer
        sent = times.of("peer: parse", received, batch)
        batched = sent if isinstance(sent, Framed) else sent.batch
        head = peer.heads.get(self._signer.origin) or Head(self._signer.origin)
        now_us = time.time_ns() // 1000
        mirrored = times.of("peer: check", self._mirror.check, batched, head, now_us)
        round_ = peer.round()
        times.of("peer: stage", MirrorJob(mirrored).stage, round_)
        times.of("peer: commit", peer.commit, round_)


def _activation(loaded: Loaded) -> Activation:
    """As if it stood in front of everything."""
    agreement = loaded.agreement
    return Activation(-1, "", 0, agreement.id, agreement.between, b"", agreement)


def table(best: dict[str, float]) -> str:
    """The measurements as a table (Markdown)."""
    rows = [f"| {step} | {spent:.1f} |" for step, spent in best.items()]
    return "\n".join(["| step | µs a message |", "|---|---:|", *rows])


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--batch", type=int, default=1000, help="messages in a batch")
    parser.add_argument("--batches", type=int, default=20, help="the best of so many counts")
    parser.add_argument("--size", type=int, default=1024, help="bytes of each message")
    chosen = parser.parse_args()
    made = [
        draft.SerializeToString() for draft in drafts(chosen.batch * chosen.batches, 1, chosen.size)
    ]
    memory.for_batches()
    with tempfile.TemporaryDirectory(prefix="yrd-bench-") as folder:
        way = Way(Path(folder), chosen.batch)
        for start in range(0, len(made), chosen.batch):
            way.go(made[start : start + chosen.batch])
    print(table(way.times.best))


if __name__ == "__main__":
    main()
