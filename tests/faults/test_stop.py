"""Gateways that are told to stop do so, each by itself, whatever their peers do at that moment."""

import pytest

from integration.stack import Stack
from tests.support.proxy import set_heartbeat
from tests.support.traffic import PROVINCES
from tests.support.waiting import until

EVERYONE = (*PROVINCES, "joint")
ROUNDS = 4


@pytest.mark.parametrize("heartbeat_seconds", [0.25, 60.0], ids=["talking", "silent"])
def test_all_at_once(stack: Stack, heartbeat_seconds: float) -> None:
    """A peer with an empty log says nothing until its first heartbeat."""
    for member in stack.members.values():
        set_heartbeat(member.config, heartbeat_seconds)
    for _ in range(ROUNDS):
        stack.start(EVERYONE)
        processes = dict(stack.processes)
        if heartbeat_seconds < 1:
            until(lambda: _linked(stack), "everyone follows everyone")
        stack.stop()
        assert {n: p.returncode for n, p in processes.items()} == dict.fromkeys(EVERYONE, 0)


def _linked(stack: Stack) -> bool:
    found = [member.client().status() for member in stack.members.values()]
    return all(link.connected for status in found for link in status.links)
