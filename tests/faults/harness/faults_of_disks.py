"""Faults of disks: full, failing, slow, and power cuts."""

import signal
import time
from collections.abc import Sequence
from random import Random

from tests.faults.harness.control import Disk, Files
from tests.faults.harness.entitlement import PARTICIPANTS
from tests.faults.harness.faults_of_processes import die_in_commit, soon, start_in_any_order
from tests.faults.harness.record import Refusal
from tests.faults.harness.scene import Scene
from tests.support.scene import health
from tests.support.waiting import until


def disk_full(scene: Scene, chance: Random, names: Sequence[str]) -> None:
    """No room for a while: refused with a time to try again, and accepted again without a restart."""
    victim = chance.choice(names)
    control, since = scene.gateways.members[victim].control, time.monotonic()
    control.set_disk(Disk.FULL)
    refusals = _refused(scene, victim, since)
    status = scene.gateways.status(victim)
    assert status.accepting, f"{victim} stopped accepting: {status.problem}"
    told = [r for r in refusals if r.reason == "UNAVAILABLE"]
    assert told, f"nobody was told why: {refusals}"
    assert all(r.retry_seconds and "full" in r.message for r in told), str(told)
    soon(chance)
    control.set_disk(Disk.WELL)
    scene.wait_batches(2, [victim])


def _refused(scene: Scene, victim: str, since: float, count: int = 2) -> list[Refusal]:
    """Waits for refusals of calls that began after a moment."""
    scene.wait(
        f"{count} refusals of {victim}",
        lambda: len(scene.record.refusals_of(victim, since)) >= count,
    )
    return scene.record.refusals_of(victim, since)


def write_fails(scene: Scene, chance: Random, names: Sequence[str]) -> None:
    """An I/O error on write: it stops accepting, says so, and is restarted."""
    victim = chance.choice(names)
    _breaks(scene, victim, Disk.WRITE_FAILS, Files.ALL)
    _back_after_break(scene, chance, victim)


def sync_fails(scene: Scene, chance: Random, names: Sequence[str]) -> None:
    """A failed fsync of a commit: it stops accepting, says so; then a restart or a power cut."""
    victim = chance.choice(names)
    _breaks(scene, victim, Disk.SYNC_FAILS, Files.WAL)
    _back_after_break(scene, chance, victim)


def checkpoint_sync_fails(scene: Scene, chance: Random, names: Sequence[str]) -> None:
    """A failed fsync of the database itself, behind the commit: the same."""
    victim = chance.choice(names)
    scene.publishers[victim].allow(largest_batch=100)
    _breaks(scene, victim, Disk.SYNC_FAILS, Files.DATABASE)
    scene.publishers[victim].allow()
    _back_after_break(scene, chance, victim)


def _breaks(scene: Scene, victim: str, disk: Disk, files: Files) -> None:
    """The disk fails, and heals at once; the gateway must not trust it any more."""
    gateways = scene.gateways
    control = gateways.members[victim].control
    control.set_disk(disk, files)
    until(lambda: control.struck > 0, f"the disk of {victim} to fail")
    until(lambda: not gateways.status(victim).accepting, f"{victim} to stop accepting")
    control.set_disk(Disk.WELL)
    since = time.monotonic()
    assert "restart" in gateways.status(victim).problem
    until(lambda: health(gateways.channel(victim)) == "NOT_SERVING", f"health of {victim}")
    refusals = _refused(scene, victim, since)
    assert all("restart" in r.message for r in refusals if r.reason), str(refusals)
    _nothing_acknowledged(scene, victim, since)


def _nothing_acknowledged(scene: Scene, victim: str, since: float) -> None:
    wrong = scene.record.acknowledged_between(victim, since, time.monotonic())
    assert not wrong, f"{victim} acknowledged without its disk: {wrong}"


def _back_after_break(scene: Scene, chance: Random, victim: str) -> None:
    gateways = scene.gateways
    way = chance.choice(("killed", "stopped", "without power"))
    if way == "stopped":
        gateways.signal(victim, signal.SIGTERM)
        gateways.wait_ended(victim)
    elif way == "killed":
        gateways.kill(victim)
    else:
        gateways.cut_power(victim, chance)
    gateways.members[victim].control.reset()
    gateways.start(victim)


def sync_hangs(scene: Scene, chance: Random, names: Sequence[str]) -> None:
    """A sync that takes long: nothing is acknowledged meanwhile; then it ends, or power is cut."""
    victim = chance.choice(names)
    control = scene.gateways.members[victim].control
    control.set_disk(Disk.SYNC_HANGS, Files.WAL)
    until(lambda: control.struck > 0, f"a sync of {victim} to hang")
    since, batches = time.monotonic(), scene.record.batches(victim)
    time.sleep(chance.uniform(0.2, 0.6))
    _nothing_acknowledged(scene, victim, since)
    # one answer may have been on its way when the sync began
    assert scene.record.batches(victim) <= batches + 1, f"{victim} answered without syncing"
    if chance.random() < 0.5:
        control.set_disk(Disk.WELL)
        return
    scene.gateways.cut_power(victim, chance.choice((None, chance)))
    control.reset()
    scene.gateways.start(victim)


def power_cut(scene: Scene, chance: Random, names: Sequence[str]) -> None:
    """Power is cut in the middle of a commit: what was not synced is lost, whole or sector by sector."""
    victim = chance.choice(names)
    die_in_commit(scene, chance, victim)
    scene.gateways.cut_power(victim, chance.choice((None, chance)))
    scene.gateways.start(victim)


def power_cut_everywhere(scene: Scene, chance: Random, names: Sequence[str]) -> None:
    """Power is cut at all of them at once."""
    first, *others = chance.sample(PARTICIPANTS, len(PARTICIPANTS))
    die_in_commit(scene, chance, first)
    scene.gateways.kill(*others)
    for name in PARTICIPANTS:
        scene.gateways.cut_power(name, chance.choice((None, chance)))
    start_in_any_order(scene, chance, PARTICIPANTS)


def kill_then_power_cut(scene: Scene, chance: Random, names: Sequence[str]) -> None:
    """SIGKILL before a sync; it comes back, its peers follow it; then power is cut.

    What it found unsynced in its own store and gave to its peers must not be lost then.
    """
    victim = chance.choice(names)
    die_in_commit(scene, chance, victim)
    for publisher in scene.publishers.values():
        publisher.pause(give_up=True)
    scene.gateways.start(victim)
    soon(chance, 0.3)
    scene.gateways.members[victim].control.die_in(1)
    scene.publishers[victim].allow()
    scene.gateways.wait_ended(victim)
    scene.gateways.cut_power(victim, chance.choice((None, chance)))
    scene.gateways.start(victim)
    for publisher in scene.publishers.values():
        publisher.allow()
