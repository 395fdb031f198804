"""What failed calls leave behind is collected soon, and what lies free is given back."""

import asyncio
import weakref
from pathlib import Path

from gateway.memory import Sweeper, give_back


class Kept:
    """Something that refers to itself, as a failed call does."""

    def __init__(self) -> None:
        self.me = self


async def test_what_lives_while_a_call_fails_is_collected_when_it_is_gone() -> None:
    sweeper = Sweeper(0.01)
    kept, gone = Kept(), asyncio.Event()
    weakref.finalize(kept, gone.set)
    for _ in range(100):
        sweeper.failed()
    del kept
    assert not gone.is_set()
    async with asyncio.timeout(10):
        await gone.wait()


def resident_kb() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1])


def test_holes_are_given_back() -> None:
    blocks = [bytearray(50_000) for _ in range(2_000)]
    held = blocks[::100]
    del blocks
    full = resident_kb()
    give_back()
    assert full - resident_kb() > 50_000
    assert all(len(block) == 50_000 for block in held)
