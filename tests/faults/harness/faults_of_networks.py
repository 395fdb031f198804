"""Faults of networks: partitions, silence, connections that break in the middle of a frame."""

import time
from collections.abc import Sequence
from random import Random

from tests.faults.harness.entitlement import PARTICIPANTS
from tests.faults.harness.faults_of_processes import NOTICED_SECONDS
from tests.faults.harness.scene import Scene

FAR_BEHIND = 2500


def partition(scene: Scene, chance: Random, names: Sequence[str]) -> None:
    """All connections of one are reset, and new ones refused."""
    victim = chance.choice(names)
    ways = scene.gateways.ways_of(victim)
    for proxy in ways:
        proxy.refuse()
    time.sleep(chance.uniform(0.1, 0.8))
    scene.wait_batches(1, [victim])
    for proxy in ways:
        proxy.pass_on()


def partition_one_way(scene: Scene, chance: Random, names: Sequence[str]) -> None:
    """One can't be reached by another, which it can reach itself."""
    ways = {way: p for way, p in scene.gateways.proxies.items() if way[1] in names}
    proxy = ways[chance.choice(sorted(ways))]
    proxy.refuse()
    time.sleep(chance.uniform(0.1, 0.8))
    proxy.pass_on()


def stall(scene: Scene, chance: Random, names: Sequence[str]) -> None:
    """The network of one falls silent, both ways, until its peers take it for lost."""
    _stall(scene, chance, chance.choice(names), forth=True, back=True)


def stall_one_way(scene: Scene, chance: Random, names: Sequence[str]) -> None:
    """Bytes pass one way only."""
    forth = chance.random() < 0.5
    _stall(scene, chance, chance.choice(names), forth=forth, back=not forth)


def _stall(scene: Scene, chance: Random, victim: str, *, forth: bool, back: bool) -> None:
    ways = scene.gateways.ways_of(victim)
    for proxy in ways:
        proxy.fall_silent(forth=forth, back=back)
    time.sleep(chance.uniform(*NOTICED_SECONDS))
    scene.wait_batches(1, [victim])
    for proxy in ways:
        proxy.pass_on()


def cut_in_a_frame(scene: Scene, chance: Random, names: Sequence[str]) -> None:
    """Connections are reset after any number of bytes, again and again."""
    victim = chance.choice(names)
    for _ in range(3):
        for proxy in scene.gateways.ways_of(victim):
            proxy.cut_after(chance.randint(0, 8000))
        scene.wait_batches(2, [victim])
    for proxy in scene.gateways.ways_of(victim):
        proxy.cut_after(0)


def far_behind(scene: Scene, chance: Random, names: Sequence[str]) -> None:
    """Cut off for thousands of entries, maybe killed meanwhile, then back."""
    victim = chance.choice(names)
    others = [name for name in PARTICIPANTS if name != victim]
    ways = scene.gateways.ways_of(victim)
    for proxy in ways:
        proxy.refuse()
    sizes = sum(len(scene.record.order.get(name, ())) for name in others)
    for name in others:
        scene.publishers[name].allow(largest_batch=400)
    scene.wait(
        f"{FAR_BEHIND} entries behind",
        lambda: sum(len(scene.record.order.get(n, ())) for n in others) >= sizes + FAR_BEHIND,
    )
    for name in others:
        scene.publishers[name].allow()
    if chance.random() < 0.5:
        scene.gateways.kill(victim)
        scene.gateways.launch(victim)
    for proxy in ways:
        proxy.pass_on()
    scene.gateways.wait_serving(victim)
