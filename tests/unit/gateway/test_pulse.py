"""A beat wakes those whose condition holds, and only those."""

import asyncio

from gateway.store.pulse import Pulse


class Condition:
    """A condition that counts how often it is asked."""

    def __init__(self) -> None:
        self.holds, self.asked = False, 0

    def __call__(self) -> bool:
        self.asked += 1
        return self.holds


async def turns() -> None:
    """Lets everyone run who can."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_beat_wakes_whose_condition_holds() -> None:
    pulse, one, other = Pulse(), Condition(), Condition()
    waiting = [asyncio.create_task(pulse.until(c, None)) for c in (one, other)]
    await turns()
    one.holds = True
    pulse.beat()
    await turns()
    assert [task.done() for task in waiting] == [True, False]
    other.holds = True
    pulse.beat()
    assert await asyncio.gather(*waiting) == [True, True]


async def test_a_condition_that_holds_is_not_waited_for() -> None:
    condition = Condition()
    condition.holds = True
    assert await Pulse().until(condition, None)
    assert condition.asked == 1


async def test_a_condition_that_ceases_to_hold_before_the_task_runs_is_waited_for() -> None:
    pulse, condition = Pulse(), Condition()
    waiting = asyncio.create_task(pulse.until(condition, None))
    await turns()
    condition.holds = True
    pulse.beat()
    condition.holds = False
    await turns()
    assert not waiting.done()
    condition.holds = True
    pulse.beat()
    assert await waiting


async def test_time_that_runs_out_is_told() -> None:
    pulse = Pulse()
    assert not await pulse.until(Condition(), 0.01)
    assert not await pulse.until(Condition(), 0)


async def test_who_is_cancelled_is_forgotten() -> None:
    pulse, condition = Pulse(), Condition()
    waiting = asyncio.create_task(pulse.until(condition, 30))
    await turns()
    waiting.cancel()
    await asyncio.wait([waiting])
    asked = condition.asked
    pulse.beat()
    assert waiting.cancelled()
    assert condition.asked == asked
