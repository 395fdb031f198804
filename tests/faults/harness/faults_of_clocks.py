"""Faults of clocks: an hour off, and jumping; and a week in which one hears nothing."""

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
    """One is down or cut off for a week, while much of what is published is over on the same day. Then
    everyone is given everything, what is over marked so, and the one has nobody to accuse.
    """
    victim, down = chance.choice(names), chance.random() < 0.5
    others = [name for name in PARTICIPANTS if name != victim]
    scene.rest()
    alarms, known = _alarms(scene, victim), set(scene.record.sent)
    _go_away(scene, victim, down)
    publishing = others if down else PARTICIPANTS
    _live_for(scene, publishing, LIFETIMES_SECONDS)
    begin = scene.gateways.ahead_seconds
    for day in sorted(chance.sample(range(WEEK_DAYS), 2)):
        scene.gateways.go_on_to(begin + day * DAY)
        _publish_some(scene, publishing, others)
    scene.gateways.go_on_to(begin + WEEK_DAYS * DAY)
    for holder in PARTICIPANTS:
        origins = others if holder == victim else [victim]
        over = scene.record.over_at(scene.gateways.now(), origins) - known
        assert over or holder != victim, "nothing is over"
        scene.checker.are_over(holder, over)
    scene.begin(others)
    _come_back(scene, victim, down)
    scene.begin()
    _live_for(scene, publishing, (0.0,))
    scene.prove()
    assert _alarms(scene, victim) <= alarms, scene.gateways.status(victim).alarms
    scene.begin()


def _live_for(scene: Scene, names: Sequence[str], lifetimes_seconds: Sequence[float]) -> None:
    for name in names:
        scene.publishers[name].lifetimes_seconds = lifetimes_seconds


def _publish_some(scene: Scene, publishing: Sequence[str], linked: Sequence[str]) -> None:
    """Everyone who can has it before another day comes."""
    scene.begin(publishing)
    scene.wait_batches(2, publishing)
    scene.rest(publishing)
    scene.wait_level(linked)


def _go_away(scene: Scene, victim: str, down: bool) -> None:
    if down:
        scene.gateways.kill(victim)
    for proxy in () if down else scene.gateways.ways_of(victim):
        proxy.refuse()


def _come_back(scene: Scene, victim: str, down: bool) -> None:
    if down:
        scene.gateways.start(victim)
    for proxy in () if down else scene.gateways.ways_of(victim):
        proxy.pass_on()


def _alarms(scene: Scene, name: str) -> set[int]:
    return {alarm.number for alarm in scene.gateways.status(name).alarms}
