"""Gateways that die in the middle of a load: nothing acknowledged is lost, doubled or misplaced."""

import pytest

from integration.stack import Stack
from tests.support.accounting import assert_accounted_for
from tests.support.traffic import PROVINCES, traffic

MESSAGES, SEED, ROUNDS = 300, 20210725, 3
EVERYONE = (*PROVINCES, "joint")


@pytest.mark.parametrize(
    "victims",
    [("310000",), ("joint",), ("310000", "320000"), EVERYONE],
    ids=["origin", "peer", "two at once", "all at once"],
)
def test_killed_again_and_again(stack: Stack, victims: tuple[str, ...]) -> None:
    stack.start(EVERYONE)
    dying = [name for name in victims if name in PROVINCES] or list(PROVINCES)
    living = [name for name in PROVINCES if name not in victims]
    with traffic(stack, MESSAGES, SEED) as load:
        load.allow(0.1)
        for number in range(ROUNDS):
            load.wait_for_readers()
            load.allow((number + 1) / ROUNDS)
            load.wait_for_first((number + 0.3) / ROUNDS, dying)
            for name in victims:
                stack.kill(name)
            load.wait_for((number + 1) / ROUNDS, living)
            stack.start(victims)
        load.finish(undisturbed=[name for name in load.readers if name not in victims])
    assert_accounted_for(stack, load.account)
