"""Faults of processes: killed, paused, stopped in order."""

import os
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from random import Random

from tests.faults.harness.entitlement import PARTICIPANTS
from tests.faults.harness.processes import ALL_IN_PYTHON
from tests.faults.harness.scene import Scene
from tests.support.waiting import until

COMMIT_STEPS = 60
"""About as many writes and syncs as a few commits take."""
NOTICED_SECONDS = (1.0, 1.8)
"""Longer than the four heartbeats after which a silent peer is taken for lost."""


def soon(chance: Random, longest: float = 0.2) -> None:
    """Waits for a moment of the seed's choice."""
    time.sleep(chance.random() * longest)


def kill(scene: Scene, chance: Random, names: Sequence[str]) -> None:
    """SIGKILL at any moment."""
    victim = chance.choice(names)
    scene.gateways.kill(victim)
    soon(chance)
    scene.gateways.start(victim)


def kill_and_start_cold(scene: Scene, chance: Random, names: Sequence[str]) -> None:
    """SIGKILL, and a start as an operator's: a fresh interpreter that has to import everything."""
    victim = chance.choice(names)
    scene.gateways.kill(victim)
    scene.gateways.start(victim, cold=True)


def kill_in_commit(scene: Scene, chance: Random, names: Sequence[str]) -> None:
    """SIGKILL just before some write or sync of a commit or a checkpoint."""
    victim = chance.choice(names)
    die_in_commit(scene, chance, victim)
    scene.gateways.start(victim)


def die_in_commit(scene: Scene, chance: Random, victim: str) -> None:
    """SIGKILL just before some write or sync; the gateway stays dead."""
    scene.gateways.members[victim].control.die_in(chance.randint(1, COMMIT_STEPS))
    status = scene.gateways.wait_ended(victim)
    assert status == -signal.SIGKILL, f"{victim} ended with {status}"


def kill_several(scene: Scene, chance: Random, names: Sequence[str]) -> None:
    """SIGKILL of two or all at once; they come back in any order."""
    victims = chance.sample(PARTICIPANTS, chance.randint(2, len(PARTICIPANTS)))
    scene.gateways.kill(*victims)
    start_in_any_order(scene, chance, victims)


def start_in_any_order(scene: Scene, chance: Random, names: Sequence[str]) -> None:
    """Starts them one after the other, and waits until all serve."""
    order = chance.sample(names, len(names))
    for name in order:
        scene.gateways.launch(name)
        soon(chance)
    for name in order:
        scene.gateways.wait_serving(name)


def kill_again(scene: Scene, chance: Random, names: Sequence[str]) -> None:
    """SIGKILL again and again, while it starts and while it catches up."""
    victim = chance.choice(names)
    for _ in range(chance.randint(2, 4)):
        scene.gateways.kill(victim)
        scene.gateways.launch(victim)
        soon(chance, 0.4)
    scene.gateways.kill(victim)
    scene.gateways.start(victim)


def kill_checking_process(scene: Scene, chance: Random, _: Sequence[str]) -> None:
    """SIGKILL of the process that checks large batches, at the gateway that has one."""
    victim = ALL_IN_PYTHON
    scene.publishers[victim].allow(largest_batch=40)
    for _time in range(2):
        found = until(
            lambda: scene.gateways.children(victim), f"a checking process of {victim}", 30
        )
        soon(chance)
        for pid in found:
            with suppress(ProcessLookupError):  # it may have been replaced meanwhile
                os.kill(pid, signal.SIGKILL)
        scene.wait_batches(2, [victim])
    scene.publishers[victim].allow()


def pause(scene: Scene, chance: Random, names: Sequence[str]) -> None:
    """SIGSTOP, and SIGCONT before anyone takes it for lost."""
    _pause(scene, chance.choice(names), chance.uniform(0.05, 0.4))


def pause_long(scene: Scene, chance: Random, names: Sequence[str]) -> None:
    """SIGSTOP until its peers take it for lost, then SIGCONT."""
    _pause(scene, chance.choice(names), chance.uniform(*NOTICED_SECONDS))


def _pause(scene: Scene, victim: str, seconds: float) -> None:
    scene.gateways.signal(victim, signal.SIGSTOP)
    time.sleep(seconds)
    scene.gateways.signal(victim, signal.SIGCONT)


def restart(scene: Scene, chance: Random, names: Sequence[str]) -> None:
    """Orderly stops of one to all, and starts in another order."""
    victims = chance.sample(PARTICIPANTS, chance.randint(1, len(PARTICIPANTS)))
    for victim in victims:
        scene.gateways.signal(victim, signal.SIGTERM)
        soon(chance, 0.1)
    for victim in victims:
        status = scene.gateways.wait_ended(victim)
        assert status == 0, f"{victim} ended with {status}; {scene.gateways.tail(victim)}"
    start_in_any_order(scene, chance, victims)
