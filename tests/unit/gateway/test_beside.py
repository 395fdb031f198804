"""A stream of answers ends when the work beside it fails, and not when that ends by itself."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from gateway.server.beside import beside


async def numbers(count: int, more: asyncio.Event) -> AsyncIterator[int]:
    for number in range(count):
        yield number
    await more.wait()


async def nothing() -> None:
    return


async def failing(when: asyncio.Event) -> None:
    await when.wait()
    raise LookupError("the work failed")


async def test_work_that_ends_by_itself_ends_nothing() -> None:
    more = asyncio.Event()
    more.set()
    assert [n async for n in beside(numbers(3, more), nothing())] == [0, 1, 2]


async def test_failed_work_ends_answers_that_are_waited_for() -> None:
    when, got = asyncio.Event(), list[int]()
    with pytest.raises(LookupError):
        async for number in beside(numbers(1, asyncio.Event()), failing(when)):
            got.append(number)
            asyncio.get_running_loop().call_soon(when.set)
    assert got == [0]


async def test_work_that_fails_while_an_answer_is_taken_ends_the_next() -> None:
    when, got = asyncio.Event(), list[int]()
    with pytest.raises(LookupError):
        async for number in beside(numbers(9, asyncio.Event()), failing(when)):
            got.append(number)
            when.set()
            await asyncio.sleep(0.01)
    assert got == [0]


async def test_answers_that_fail_are_told_and_the_work_is_cancelled() -> None:
    async def broken() -> AsyncIterator[int]:
        yield 1
        await asyncio.sleep(0)
        raise KeyError("the answers failed")

    cancelled = asyncio.Event()

    async def for_ever() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    with pytest.raises(KeyError):
        async for _ in beside(broken(), for_ever()):
            pass
    async with asyncio.timeout(1):
        await cancelled.wait()


async def test_a_cancelled_reader_cancels_both() -> None:
    ended = list[str]()

    async def answers() -> AsyncIterator[int]:
        try:
            yield 1
            await asyncio.Event().wait()
        finally:
            ended.append("answers")

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("work")

    async def read() -> None:
        async for _ in beside(answers(), work()):
            pass

    reading = asyncio.create_task(read())
    await asyncio.sleep(0.01)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    await asyncio.sleep(0.01)
    assert sorted(ended) == ["answers", "work"]


async def test_an_interrupted_reader_can_go_on_waiting() -> None:
    when = asyncio.Event()
    when.set()
    with pytest.raises(LookupError):
        async for _ in beside(numbers(0, asyncio.Event()), failing(when)):
            pass
    async with asyncio.timeout(1):
        await asyncio.sleep(0.01)
    current = asyncio.current_task()
    assert current is not None
    assert not current.cancelling()
