"""One run: a load, a fault in the middle of it, and the proof that nothing came of it."""

import faulthandler
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from tests.faults.harness.entitlement import PARTICIPANTS
from tests.faults.harness.faults import FAULTS, Fault
from tests.faults.harness.gateways import Recovery
from tests.faults.harness.scene import Scene

AUDIT = "audit of all stores afterwards"
LONGEST_BEFORE_SECONDS = 0.15


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a run. `recoveries`: of the gateways that were started in it."""

    seed: int
    fault: str
    problems: Sequence[str]
    seconds: float
    messages: int
    recoveries: Sequence[Recovery]


def fault_of(seed: int) -> Fault:
    """Seeds go through all faults in turn; everything else about a run is drawn from the seed."""
    return FAULTS[seed % len(FAULTS)]


def run(scene: Scene, seed: int) -> Outcome:
    """Never raises what a gateway did wrong: that is in `problems`."""
    begun, before = time.monotonic(), _messages(scene)
    fault = fault_of(seed)
    try:
        problems = _run(scene, fault, Random(seed))
    except Exception:  # noqa: BLE001  # whatever it is, it belongs to this seed
        problems = [traceback.format_exc()]
        with (scene.gateways.folder / "threads.txt").open("w") as file:
            faulthandler.dump_traceback(file)
    recoveries, scene.gateways.recoveries = scene.gateways.recoveries, []
    seconds = time.monotonic() - begun
    return Outcome(seed, fault.name, problems, seconds, _messages(scene) - before, recoveries)


def audit(scene: Scene, seed: int) -> Outcome:
    """Rechecks what all runs of a scene have left, the last of which had that seed."""
    begun = time.monotonic()
    try:
        problems = scene.audit()
    except Exception:  # noqa: BLE001  # it belongs to this scene
        problems = [traceback.format_exc()]
    return Outcome(seed, AUDIT, problems, time.monotonic() - begun, 0, ())


def _run(scene: Scene, fault: Fault, chance: Random) -> list[str]:
    scene.begin()
    time.sleep(chance.random() * LONGEST_BEFORE_SECONDS)
    fault.strike(scene, chance, PARTICIPANTS)
    scene.gateways.heal()
    scene.wait_batches(2)
    scene.rest()
    scene.wait_level()
    return scene.problems()


def _messages(scene: Scene) -> int:
    return sum(len(order) for order in scene.record.order.values())
