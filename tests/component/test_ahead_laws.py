"""However urgent and ordinary batches come, the store ends up as by ordinary ones alone."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.exchange.opening import QuarantineJob
from gateway.log.checkpoint import Witness, log_origin, witness_name
from gateway.log.keyring import KeyRing
from gateway.log.note import parse_vkey
from gateway.log.suite import DEFAULT
from gateway.replication.ahead import AheadJob, check_ahead
from gateway.replication.mirror import Mirror, MirrorJob
from gateway.store.port import Head
from gateway.store.round import Round
from gateway.store.sqlite import SqliteStore
from tests.support.bodies import waybill_body
from tests.support.builders import draft
from tests.support.handmade import HandmadeLog, hash_of
from tests.support.materials import Materials
from yrd.exchange.v1.message_pb2 import Disposition, SealedEntry

US, PEER, SIZE = "310000", "320000", 12
NOW_US = 1_780_000_000_000_000

Step = tuple[str, Any]
State = tuple[Head, list[Any]]


def log_of(materials: Materials) -> HandmadeLog:
    """Incidents and waybills, one of which is withheld and one redacted."""
    log = HandmadeLog(materials, PEER)
    for n in range(SIZE):
        waybill = n % 3 == 0
        body = (waybill_body(), "waybill") if waybill else (None, "incidentReport")
        log.add(draft(*body, entity=f"{PEER}/{n}"))
    log.entries[3] = SealedEntry(leaf_hash=hash_of(log.entries[3]))
    del log.entries[6].disclosures[:]
    return log


READABLE = [n for n in range(SIZE) if n != 3]
ORDINARY = st.tuples(st.just("ordinary"), st.integers(1, 4))
URGENT = st.tuples(st.just("urgent"), st.lists(st.sampled_from(READABLE), max_size=4))
REOPEN = st.tuples(st.just("reopen"), st.none())


class Follower:
    """A store that is written as the link would."""

    def __init__(self, log: HandmadeLog, folder: Path) -> None:
        self.log, self._path = log, folder / "gateway.db"
        materials = log.materials.folder
        key = DEFAULT.load_private_key((materials / US / "witness.key").read_bytes())
        keys = KeyRing.of(parse_vkey((materials / PEER / "log.vkey").read_text()))
        self._mirror = Mirror(log_origin(PEER), keys, DEFAULT, Witness(witness_name(US), key))
        self.open()

    def open(self) -> None:
        """Opens the store, which need not outlive a power cut here."""
        self.store = SqliteStore(self._path, US)
        self.store._writer.execute("PRAGMA synchronous=OFF")

    def head(self) -> Head:
        return self.store.heads().get(self.log.origin) or Head(self.log.origin)

    def take(self, steps: Sequence[Step]) -> None:
        """Each urgent batch is under the newest checkpoint, as an honest origin's is."""
        for kind, what in steps:
            if kind == "ordinary":
                self._ordinary(min(SIZE, self.head().size + what))
            elif kind == "urgent":
                self.take_ahead(what)
            else:
                self.store.close()
                self.open()
        while self.head().size < SIZE:
            self._ordinary(min(SIZE, self.head().size + 4))

    def take_ahead(self, indices: Sequence[int]) -> None:
        """An urgent batch."""
        sent = self.log.urgent(indices, SIZE)
        self.run(AheadJob(check_ahead(self._mirror, sent, self.head())))

    def _ordinary(self, stop: int) -> None:
        if stop > self.head().size:
            self.run(self.ordinary(stop))

    def ordinary(self, stop: int) -> MirrorJob:
        """The next entries, up to an index."""
        batch = self.log.batch(self.head().size, stop)
        return MirrorJob(self._mirror.check(batch, self.head(), NOW_US))

    def run(self, *jobs: AheadJob | MirrorJob | QuarantineJob) -> None:
        """All of them in one round."""
        round_ = Round(self.store.heads(), self.store.last_offset(), NOW_US, self.store)
        for job in jobs:
            assert job.stage(round_) is None
        if not round_.change.empty():
            self.store.commit(round_.change)
            assert round_.heads() == self.store.heads(), "what is counted is what is stored"

    def state(self) -> State:
        """All but the order of receipt."""
        entries = self.store.entries(self.log.origin, 0, SIZE)
        return self.head(), [entry._replace(offset=0) for entry in entries]


@pytest.fixture(scope="module")
def log(materials: Materials) -> HandmadeLog:
    return log_of(materials)


@pytest.fixture(scope="module")
def ordinary(log: HandmadeLog, tmp_path_factory: pytest.TempPathFactory) -> State:
    """What ordinary batches alone make of the log."""
    follower = Follower(log, tmp_path_factory.mktemp("ordinary"))
    follower.take([])
    state = follower.state()
    follower.store.close()
    return state


@settings(max_examples=40, deadline=None)
@given(st.lists(ORDINARY | URGENT | REOPEN, max_size=10))
def test_any_interleaving_ends_in_the_same_store(
    log: HandmadeLog, ordinary: State, steps: list[Step]
) -> None:
    with TemporaryDirectory() as folder:
        mixed = Follower(log, Path(folder))
        try:
            mixed.take(steps)
            assert mixed.state() == ordinary
            received = mixed.store.received(0, SIZE + 1)
            assert [entry.offset for entry in received] == list(range(1, SIZE + 1))
            assert sorted(entry.sequence for entry in received) == list(range(SIZE))
            assert mixed.store.early(mixed.log.origin, 0, SIZE) == {}
        finally:
            mixed.store.close()


@pytest.mark.parametrize("first", [True, False], ids=["quarantine first", "filling first"])
def test_an_early_entry_may_be_quarantined_in_the_round_that_fills_its_gap(
    log: HandmadeLog, tmp_path: Path, first: bool
) -> None:
    follower = Follower(log, tmp_path)
    follower.take_ahead([5])
    (early,) = follower.store.received(0, 1)
    jobs = [QuarantineJob((early,)), follower.ordinary(SIZE)]
    follower.run(*(jobs if first else reversed(jobs)))
    counted = Counter(e.disposition for e in follower.store.entries(log.origin, 0, SIZE))
    assert follower.head().counts == tuple(counted[n] for n in (1, 2, 3, 4))
    assert counted[Disposition.DISPOSITION_QUARANTINED] == 1
    follower.store.close()
