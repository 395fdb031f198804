"""All faults. Each is a function: it strikes somebody in the middle of the load and ends with all well.

What it expects of the gateways meanwhile, beyond what the checker proves of each run, it asserts.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from tests.faults.harness import faults_of_clocks as clocks
from tests.faults.harness import faults_of_disks as disks
from tests.faults.harness import faults_of_networks as networks
from tests.faults.harness import faults_of_processes as processes
from tests.faults.harness import faults_of_stores as stores
from tests.faults.harness.scene import Scene

Strike = Callable[[Scene, Random, Sequence[str]], None]
"""Strikes one of the gateways named, or any if it is a fault that is not to be combined."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A kind of fault. `alone`: it is not to be combined with another."""

    name: str
    strike: Strike
    alone: bool = False


def two_at_once(scene: Scene, chance: Random, names: Sequence[str]) -> None:
    """Two faults of other kinds at two gateways at the same time."""
    faults = chance.sample([fault for fault in FAULTS if not fault.alone], 2)
    victims = chance.sample(names, 2)
    errors: list[BaseException] = []

    def strike(fault: Fault, victim: str, seed: float) -> None:
        try:
            fault.strike(scene, Random(seed), [victim])
        except BaseException as error:  # noqa: BLE001  # raised again below
            errors.append(error)

    threads = [
        threading.Thread(target=strike, args=(fault, victim, chance.random()))
        for fault, victim in zip(faults, victims, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        told = ", ".join(f"{f.name} at {v}" for f, v in zip(faults, victims, strict=True))
        raise AssertionError(f"{told}: {errors[0]}") from errors[0]


FAULTS: tuple[Fault, ...] = (
    Fault("SIGKILL", processes.kill),
    Fault("SIGKILL, cold start", processes.kill_and_start_cold),
    Fault("SIGKILL within a commit", processes.kill_in_commit),
    Fault("SIGKILL of several", processes.kill_several, alone=True),
    Fault("SIGKILL while starting", processes.kill_again),
    Fault("SIGKILL of a checking process", processes.kill_checking_process, alone=True),
    Fault("SIGSTOP, short", processes.pause),
    Fault("SIGSTOP until noticed", processes.pause_long),
    Fault("orderly restarts in any order", processes.restart, alone=True),
    Fault("disk full", disks.disk_full),
    Fault("I/O error on write", disks.write_fails),
    Fault("failed fsync of a commit", disks.sync_fails),
    Fault("failed fsync behind a commit", disks.checkpoint_sync_fails),
    Fault("fsync that hangs", disks.sync_hangs),
    Fault("power cut within a commit", disks.power_cut),
    Fault("power cut everywhere", disks.power_cut_everywhere, alone=True),
    Fault("SIGKILL, then power cut", disks.kill_then_power_cut, alone=True),
    Fault("lost disk", stores.lost_disk, alone=True),
    Fault("old backup", stores.old_backup, alone=True),
    Fault("partition", networks.partition),
    Fault("partition one way", networks.partition_one_way),
    Fault("network silent", networks.stall),
    Fault("network silent one way", networks.stall_one_way),
    Fault("connections cut in a frame", networks.cut_in_a_frame),
    Fault("partition, thousands of entries", networks.far_behind, alone=True),
    Fault("clock an hour ahead", clocks.clock_ahead),
    Fault("clock an hour behind", clocks.clock_behind),
    Fault("clocks jumping", clocks.clocks_jump),
    Fault("a peer a week behind", clocks.week_behind, alone=True),
    Fault("two of these at once", two_at_once, alone=True),
)
