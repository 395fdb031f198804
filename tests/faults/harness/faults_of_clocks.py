"""Faults of clocks: an hour off, and jumping; and a week that goes by without a gateway."""

from collections.abc import Sequence
from random import Random

from tests.faults.harness.entitlement import PARTICIPANTS
from tests.faults.harness.faults_of_processes import soon
from tests.faults.harness.scene import Scene

HOUR = 3600.0
DAY = 24 * HOUR
WEEK_DAYS = 7
LIFETIMES_SECONDS = (0.0, HOUR, 12 * HOUR, 30 * DAY)
"""Of messages of that week: for ever, over on the same day, good for longer than the week."""


def clock_ahead(scene: Scene, chance: Random, names: Sequence[str]) -> None:
    """A clock an hour ahead, then right again."""
    _clock_off(scene, chance.choice(names), HOUR)


def clock_behind(scene: Scene, chance: Random, names: Sequence[str]) -> None:
    """A clock an hour behind, then right again."""
    _clock_off(scene, chance.choice(names), -HOUR)


def _clock_off(scene: Scene, victim: str, seconds: float) -> None:
    control = scene.gateways.members[victim].control
    control.clock_seconds = scene.gateways.ahead_seconds + seconds
    scene.wait_batches(3)
    control.clock_seconds = scene.gateways.ahead_seconds
    scene.wait_batches(2)


def clocks_jump(scene: Scene, chance: Random, names: Sequence[str]) -> None:
    """Clocks jump back and forth within an hour, those of all gateways, each for itself."""
    right = scene.gateways.ahead_seconds
    for _ in range(12):
        for name in names:
            off = chance.uniform(-HOUR, HOUR)
            scene.gateways.members[name].control.clock_seconds = right + off
        soon(chance, 0.1)
    for name in names:
        scene.gateways.members[name].control.clock_seconds = right


def week_behind(scene: Scene, chance: Random, names: Sequence[str]) -> None:
    """One is down for a week, while the others publish and much of that is over soon. When it is back
    it is given everything, what is over marked so, and has nobody to accuse.
    """
    victim = chance.choice(names)
    others = [name for name in PARTICIPANTS if name != victim]
    alarms, known = _alarms(scene, victim), set(scene.record.sent)
    scene.gateways.kill(victim)
    scene.rest([victim], give_up=True)
    for name in others:
        scene.publishers[name].lifetimes_seconds = LIFETIMES_SECONDS
    begin = scene.gateways.ahead_seconds
    for day in sorted(chance.sample(range(WEEK_DAYS), 2)):
        scene.gateways.go_on_to(begin + day * DAY)
        _publish_some(scene, others)
    scene.gateways.go_on_to(begin + WEEK_DAYS * DAY)
    over = scene.record.over_for(victim, scene.gateways.now()) - known
    assert over, "nothing has expired"
    scene.checker.are_over(victim, over)
    scene.begin(others)
    scene.gateways.start(victim)
    scene.begin()
    for name in others:
        scene.publishers[name].lifetimes_seconds = (0.0,)
    scene.prove()
    assert _alarms(scene, victim) <= alarms, scene.gateways.status(victim).alarms
    scene.begin()


def _publish_some(scene: Scene, names: Sequence[str]) -> None:
    """At all of these before another day comes."""
    scene.begin(names)
    scene.wait_batches(2, names)
    scene.rest(names)
    scene.wait_level(names)


def _alarms(scene: Scene, name: str) -> set[int]:
    return {alarm.number for alarm in scene.gateways.status(name).alarms}
