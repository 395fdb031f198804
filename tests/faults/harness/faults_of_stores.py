"""Faults of whole stores: a disk that is lost, and an old backup in its place.

The load has rested and everything was proved before a store is lost, so that it is known what had
reached whom; the others publish on while it is gone and rebuilt.
"""

import shutil
import signal
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from random import Random

from client import ExchangeClient
from tests.faults.harness.entitlement import PARTICIPANTS
from tests.faults.harness.faults_of_processes import soon
from tests.faults.harness.load import CURSOR
from tests.faults.harness.scene import Scene, sizes_of
from tests.support.waiting import until
from yrd.exchange.v1.service_pb2 import Alarm

REFUSED = 1
"""Exit status of a gateway that does not start."""
TOO_OLD = "it is an old copy; stop this gateway and run `yrd gateway recover"


def lost_disk(scene: Scene, chance: Random, names: Sequence[str]) -> None:
    """SIGKILL, the data folder is gone, and the log is rebuilt from what the peers hold."""
    victim = chance.choice(names)
    scene.prove()
    size = _dies_while_others_publish(scene, chance, victim)
    shutil.rmtree(scene.gateways.members[victim].data)
    if chance.random() < 0.5:
        scene.gateways.launch(victim)
        status = scene.gateways.wait_ended(victim)
        assert status == REFUSED, f"{victim} began a second log, or ended with {status}"
    soon(chance)
    _rebuild(scene, victim, 0, size)
    # of its own messages it is known that they were not over when it received them
    peers = [name for name in PARTICIPANTS if name != victim]
    scene.checker.are_over(victim, scene.record.over_at(scene.gateways.now(), peers))
    scene.gateways.start(victim)
    scene.begin([victim])


def old_backup(scene: Scene, chance: Random, names: Sequence[str]) -> None:
    """SIGKILL, a copy that was made in the middle of the load takes the store's place, and what its log
    lacks comes from the peers. It may be started before that, and accepts nothing then.
    """
    victim = chance.choice(names)
    data = scene.gateways.members[victim].data
    backup = data.with_name("backup.db")
    _back_up(data / "gateway.db", backup)
    scene.wait_batches(chance.randint(1, 5))
    scene.prove()
    size = _dies_while_others_publish(scene, chance, victim)
    kept = _own_entries(backup, victim)
    assert kept < size, f"nothing was published at {victim} since the copy was made"
    for path in data.glob("gateway.db*"):
        path.unlink()
    backup.rename(data / "gateway.db")
    if chance.random() < 0.5:
        (data / "started").unlink()
    too_early = chance.random() < 0.5
    if too_early:
        _accepts_nothing(scene, victim)
    _rebuild(scene, victim, kept, size)
    scene.gateways.start(victim)
    scene.begin([victim])
    if too_early:
        _settle_alarm(scene, victim)


def _dies_while_others_publish(scene: Scene, chance: Random, victim: str) -> int:
    """Entries of its own log."""
    size = sizes_of(scene.gateways.status(victim))[victim]
    scene.begin([name for name in PARTICIPANTS if name != victim])
    soon(chance)
    scene.gateways.kill(victim)
    return size


def _back_up(store: Path, copy: Path) -> None:
    """As an operator makes one, of a store in use."""
    copy.unlink(missing_ok=True)
    with closing(sqlite3.connect(store)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)


def _own_entries(store: Path, participant: str) -> int:
    count = "SELECT count(*) FROM entry WHERE log = (SELECT id FROM log WHERE origin = ?)"
    with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as copy:
        return int(copy.execute(count, (f"yrd/{participant}",)).fetchone()[0])


def _cursor(store: Path) -> int:
    with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as found:
        row = found.execute("SELECT offset FROM cursor WHERE name = ?", (CURSOR,)).fetchone()
    return int(row[0]) if row else 0


def _accepts_nothing(scene: Scene, victim: str) -> None:
    """An old copy that is simply started finds out that it is one, and says so to its publisher."""
    since = time.monotonic()
    scene.publishers[victim].allow()
    scene.gateways.launch(victim)
    scene.wait(
        f"{victim} knows that it is an old copy",
        lambda: any(TOO_OLD in r.message for r in scene.record.refusals_of(victim, since)),
    )
    scene.rest([victim], give_up=True)
    until(lambda: _own_alarms(scene, victim), "the alarm about it")
    scene.gateways.signal(victim, signal.SIGTERM)
    assert scene.gateways.wait_ended(victim) == 0
    accepted = scene.record.acknowledged_between(victim, since, time.monotonic())
    assert not accepted, f"{victim} accepted {accepted} as an old copy"


def _rebuild(scene: Scene, victim: str, kept: int, size: int) -> None:
    """Recovers the log; what the report says is right to the entry."""
    report = scene.gateways.recover(victim)
    assert (report.before, report.after) == (kept, size)
    due = {name: (size, "good") for name in PARTICIPANTS if name != victim}
    assert report.peers == due
    acknowledged = _cursor(scene.gateways.members[victim].data / "gateway.db")
    scene.checker.rebuilt(victim, kept, acknowledged)
    scene.read_anew(victim, acknowledged)
    problems = [*scene.checker.losses(victim, report.lost, kept)]
    assert not problems, problems
    assert report.whole == size - kept - len(report.lost)
    scene.publishers[victim].forget(scene.checker.lost_of(victim))


def _settle_alarm(scene: Scene, victim: str) -> None:
    """The one about its own log, which it raised when it was started too early."""
    (alarm,) = _own_alarms(scene, victim)
    assert alarm.kind == "rollback"
    ExchangeClient(scene.gateways.channel(victim)).settle(alarm.number, "recovered")


def _own_alarms(scene: Scene, victim: str) -> list[Alarm]:
    status = scene.gateways.status(victim)
    return [alarm for alarm in status.alarms if alarm.log_origin == f"yrd/{victim}"]
