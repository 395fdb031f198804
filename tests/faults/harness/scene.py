"""A scene: gateways, a load on each, readers, the record and the checker. Runs follow one another in it."""

import re
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from unittest.mock import patch

from client import ExchangeClient, ExchangeError
from gateway.audit import verify_store
from gateway.audit.report import AuditReport
from gateway.config import load as load_config
from tests.faults.harness.checker import Checker, Row, leaked, roots_differ
from tests.faults.harness.entitlement import CORE, PARTICIPANTS, PARTS, Kind
from tests.faults.harness.gateways import Gateways, Recovery, make
from tests.faults.harness.load import Publishing, Reading, delivered
from tests.faults.harness.processes import Nursery
from tests.faults.harness.record import Delivered, Record
from tests.support.waiting import until
from yrd.exchange.v1.service_pb2 import GetStatusResponse

FLOW_SECONDS, LEVEL_SECONDS = 30.0, 40.0
_SECRET = re.compile(rb"secret-([a-z.]+)-(\d{6})-([a-z_]+)-end")


@dataclass(slots=True)
class Scene:
    """Everything of one folder."""

    gateways: Gateways
    record: Record
    checker: Checker
    publishers: dict[str, Publishing]
    readers: dict[str, Reading]
    _checked: dict[str, int] = field(default_factory=dict)
    """Offset up to which each gateway's order of receipt was looked at."""

    # the load

    def begin(self, names: Sequence[str] = PARTICIPANTS) -> None:
        """Lets publishers publish, and waits until all of them do."""
        for name in names:
            self.publishers[name].allow()
        self.wait_batches(1, names)

    def wait_batches(self, count: int, names: Sequence[str] = PARTICIPANTS) -> None:
        """Until each of these publishers has done so many more batches."""
        wanted = {name: self.record.batches(name) + count for name in names}
        self.wait(
            f"{count} batches of each of {', '.join(names)}",
            lambda: all(self.record.batches(n) >= w for n, w in wanted.items()),
        )

    def wait(self, what: str, condition: object, seconds: float = FLOW_SECONDS) -> None:
        """Waits for something that the record tells; a worker that failed ends it."""
        assert callable(condition)
        deadline = time.monotonic() + seconds
        while True:
            with self.record.changed:
                if self.record.changed.wait_for(condition, 0.05):
                    return
            self.check_workers()
            assert time.monotonic() < deadline, f"waited {seconds:g} s in vain: {what}"

    def check_workers(self) -> None:
        """Raises what a publisher or a reader failed with."""
        for worker in (*self.publishers.values(), *self.readers.values()):
            worker.check()

    def rest(self, names: Sequence[str] = PARTICIPANTS, *, give_up: bool = False) -> None:
        """Lets publishers finish what they have begun, or give it up."""
        publishers = [self.publishers[name] for name in names]
        for publisher in publishers:
            publisher.pause(give_up=give_up)
        self.wait("publishers at rest", lambda: all(p.idle for p in publishers))

    def read_anew(self, name: str, acknowledged: int) -> None:
        """A reader whose cursor stands there takes the place of one at a gateway that is not running."""
        self.readers[name].stop()
        self.readers[name] = Reading(self.gateways, name, acknowledged)
        self._checked.pop(name, None)
        self.readers[name].start()

    # afterwards

    def wait_level(self, names: Sequence[str] = PARTICIPANTS) -> None:
        """Until each of these holds all their logs whole, and each has the others' receipts."""
        until(partial(self._level, names), "everyone is level", LEVEL_SECONDS)

    def _level(self, names: Sequence[str]) -> bool:
        self.check_workers()
        try:
            found = {name: self.gateways.status(name) for name in names}
        except ExchangeError:
            return False
        sizes = {name: sizes_of(status)[name] for name, status in found.items()}
        if len(names) == len(PARTICIPANTS):
            self._note_level(found)
        return all(
            link.connected
            and link.held_size == sizes[link.participant]
            and link.cosigned_size == sizes[name]
            for name, status in found.items()
            for link in status.links
            if link.participant in found
        )

    def _note_level(self, found: dict[str, GetStatusResponse]) -> None:
        for recovery in self._unlevel():
            status = found[recovery.name]
            own = sizes_of(status)[recovery.name]
            if all(
                link.held_size == sizes_of(found[link.participant])[link.participant]
                and link.cosigned_size == own
                for link in status.links
            ):
                recovery.level_seconds = time.monotonic() - recovery.started

    def _unlevel(self) -> list[Recovery]:
        return [r for r in self.gateways.recoveries if r.level_seconds is None]

    def prove(self) -> None:
        """Lets the load rest; all that there is must be everywhere where it is to be, and nothing else."""
        self.rest()
        self.wait_level()
        problems = self.problems()
        assert not problems, problems

    def problems(self) -> list[str]:
        """Everything that is wrong with what has come since the last time. All is at rest."""
        self.check_workers()
        checker = self.checker
        found = [*checker.acknowledgements()]
        statuses = {name: self.gateways.status(name) for name in PARTICIPANTS}
        for name, status in statuses.items():
            reader, last = self.readers[name], status.last_offset
            until(partial(self._has_read, reader, last), f"{reader.name} at {last}")
            found += checker.listing(name, self._listed(name))
            for connection in reader.take():
                found += checker.reader(name, connection)
            for origin, rows in self._rows(name).items():
                found += checker.log(name, origin, rows)
            found += _quarantined(name, status)
            found += _alarmed(name, status)
        found += checker.readers_done()
        found += checker.level()
        found += roots_differ({name: roots_of(status) for name, status in statuses.items()})
        return found

    def _has_read(self, reader: Reading, offset: int) -> bool:
        self.check_workers()
        return reader.acknowledged >= offset

    def _listed(self, name: str) -> list[Delivered]:
        client = ExchangeClient(self.gateways.channel(name))
        listed: list[Delivered] = []
        after = self._checked.get(name, 0)
        with client.subscribe(after_offset=after, until_caught_up=True) as batches:
            for batch in batches:
                listed += map(delivered, batch.messages)
                after = max(after, batch.offset)
        self._checked[name] = after
        return listed

    def _rows(self, name: str) -> dict[str, list[Row]]:
        """What lies in a store, read without the gateway's code."""
        path = self.gateways.members[name].data / "gateway.db"
        found: dict[str, list[Row]] = {}
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as store:
            for origin, size in self.checker.sizes_are(name).items():
                rows = store.execute(
                    "SELECT idx, hash, leaf IS NULL FROM entry WHERE idx >= ? AND log = "
                    "(SELECT id FROM log WHERE origin = ?) ORDER BY idx",
                    (size, f"yrd/{origin}"),
                )
                found[origin] = [Row(index, digest, bool(none)) for index, digest, none in rows]
        return found

    def audit(self) -> list[str]:
        """Rechecks every store whole, and looks for secrets on every disk."""
        found: list[str] = []
        for name, member in self.gateways.members.items():
            with patch.object(time, "time_ns", lambda: int(self.gateways.now() * 1e9)):
                report = verify_store(load_config(member.config), lambda what, done, total: None)
            found += [f"audit of {name}: {problem}" for problem in report.problems]
            found += self.checker.losses(name, _told_lost(report))
            found += leaked(name, secrets_on(member.data))
        return found

    def close(self) -> None:
        """Ends all threads and processes."""
        for publisher in self.publishers.values():
            publisher.stopping.set()
        with self.record.changed:
            self.record.changed.notify_all()
        for reader in self.readers.values():
            reader.stop()
        for publisher in self.publishers.values():
            publisher.join(10)
        self.gateways.close()


def sizes_of(status: GetStatusResponse) -> dict[str, int]:
    """Size of each log by its origin."""
    sizes = dict.fromkeys(PARTICIPANTS, 0)
    return sizes | {log.log_origin.removeprefix("yrd/"): log.size for log in status.logs}


def roots_of(status: GetStatusResponse) -> dict[str, bytes]:
    """Root hash of each log by its origin."""
    return {log.log_origin.removeprefix("yrd/"): log.root_hash for log in status.logs}


def secrets_on(data: Path) -> set[tuple[str, Kind]]:
    """Parts of kinds of messages whose text lies in a data folder's files."""
    found: set[tuple[str, Kind]] = set()
    for path in filter(Path.is_file, data.rglob("*")):
        for part, origin, body in set(_SECRET.findall(path.read_bytes())):
            if part.decode() in PARTS:
                found.add((part.decode(), Kind(origin.decode(), body.decode())))
    return found


def _quarantined(name: str, status: GetStatusResponse) -> Iterator[str]:
    for log in status.logs:
        if log.counts.quarantined:
            yield f"{name}: {log.counts.quarantined} entries of {log.log_origin} are quarantined"


def _alarmed(name: str, status: GetStatusResponse) -> Iterator[str]:
    """Clocks that are off or jump may be told; nothing else that a peer could have done wrong."""
    for alarm in status.alarms:
        if alarm.kind != "time":
            yield f"{name} raised an alarm about {alarm.log_origin}: {alarm.kind}, {alarm.detail}"


def _told_lost(report: AuditReport) -> dict[int, frozenset[str]]:
    return {
        sequence: frozenset(lost.groups or (CORE,))
        for lost in report.lost
        for sequence in range(lost.start, lost.stop)
    }


@contextmanager
def scene(folder: Path, *, cold: bool = False) -> Iterator[Scene]:
    """A scene with everything running and nothing sent yet."""
    gateways = make(folder, Nursery(), cold=cold)
    record = Record()
    made = Scene(
        gateways,
        record,
        Checker(record),
        {n: Publishing(gateways, n, record, Random(n)) for n in PARTICIPANTS},
        {n: Reading(gateways, n) for n in PARTICIPANTS},
    )
    try:
        gateways.start(*PARTICIPANTS)
        for worker in (*made.publishers.values(), *made.readers.values()):
            worker.start()
        made.wait_level()
        gateways.recoveries.clear()
        yield made
    finally:
        made.close()
