"""Faults of clocks: an hour off, and jumping."""

from collections.abc import Sequence
from random import Random

from tests.faults.harness.faults_of_processes import soon
from tests.faults.harness.scene import Scene

HOUR = 3600.0


def clock_ahead(scene: Scene, chance: Random, names: Sequence[str]) -> None:
    """A clock an hour ahead, then right again."""
    _clock_off(scene, chance.choice(names), HOUR)


def clock_behind(scene: Scene, chance: Random, names: Sequence[str]) -> None:
    """A clock an hour behind, then right again."""
    _clock_off(scene, chance.choice(names), -HOUR)


def _clock_off(scene: Scene, victim: str, seconds: float) -> None:
    control = scene.gateways.members[victim].control
    control.clock_seconds = seconds
    scene.wait_batches(3)
    control.clock_seconds = 0.0
    scene.wait_batches(2)


def clocks_jump(scene: Scene, chance: Random, names: Sequence[str]) -> None:
    """Clocks jump back and forth within an hour, those of all gateways, each for itself."""
    for _ in range(12):
        for name in names:
            scene.gateways.members[name].control.clock_seconds = chance.uniform(-HOUR, HOUR)
        soon(chance, 0.1)
    for name in names:
        scene.gateways.members[name].control.clock_seconds = 0.0
