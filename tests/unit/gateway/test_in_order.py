"""Answers keep the order of the requests, whatever takes how long."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from gateway.server.in_order import Budget, in_order


@dataclass
class Request:
    name: int
    size: int = 1

    def ByteSize(self) -> int:  # noqa: N802  # as protobuf names it
        return self.size


@dataclass
class Bench:
    """Notes what happens; a request is prepared when its gate opens."""

    gates: dict[int, asyncio.Event] = field(default_factory=dict)
    preparing: list[int] = field(default_factory=list)
    begun: list[int] = field(default_factory=list)

    async def prepare(self, request: Request) -> int:
        self.preparing.append(request.name)
        await self.gates.setdefault(request.name, asyncio.Event()).wait()
        return request.name

    def begin(self, prepared: int) -> "asyncio.Future[str]":
        self.begun.append(prepared)
        done: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        done.set_result(f"done {prepared}")
        return done

    def open(self, *names: int) -> None:
        for name in names:
            self.gates.setdefault(name, asyncio.Event()).set()


async def stream(requests: Sequence[Any]) -> AsyncIterator[Any]:
    for request in requests:
        yield request


def never() -> "asyncio.Future[Exception]":
    return asyncio.get_running_loop().create_future()


async def turns(count: int = 20) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_begins_and_answers_in_order_though_the_last_is_ready_first() -> None:
    bench = Bench()
    answers = in_order(
        stream([Request(1), Request(2), Request(3)]), bench.prepare, bench.begin, Budget(9), never()
    )
    first = asyncio.ensure_future(anext(answers))
    bench.open(3, 2)
    await turns()
    assert bench.preparing == [1, 2, 3]
    assert bench.begun == []
    bench.open(1)
    assert [await first, *[a async for a in answers]] == ["done 1", "done 2", "done 3"]
    assert bench.begun == [1, 2, 3]


async def test_no_more_is_in_work_than_the_budget_allows_but_always_one() -> None:
    bench = Bench()
    requests = [Request(1, 50), Request(2, 6), Request(3, 4), Request(4, 1)]
    answers = in_order(stream(requests), bench.prepare, bench.begin, Budget(10), never())
    first = asyncio.ensure_future(anext(answers))
    await turns()
    assert bench.preparing == [1]
    bench.open(1)
    assert await first == "done 1"
    second = asyncio.ensure_future(anext(answers))
    await turns()
    assert bench.preparing == [1, 2, 3]
    bench.open(2, 3, 4)
    assert [await second, *[a async for a in answers]] == ["done 2", "done 3", "done 4"]


@pytest.mark.parametrize("where", ["reading", "preparing", "beginning"])
async def test_what_fails_is_raised_behind_the_answers_before_it(where: str) -> None:
    bench = Bench()
    bench.open(1, 2)

    async def requests() -> AsyncIterator[Request]:
        yield Request(1)
        if where == "reading":
            raise LookupError(where)
        yield Request(2)

    async def prepare(request: Request) -> int:
        if where == "preparing" and request.name == 2:
            raise LookupError(where)
        return await bench.prepare(request)

    def begin(prepared: int) -> "asyncio.Future[str]":
        if where == "beginning" and prepared == 2:
            raise LookupError(where)
        return bench.begin(prepared)

    answers = in_order(requests(), prepare, begin, Budget(10), never())
    assert await anext(answers) == "done 1"
    with pytest.raises(LookupError, match=where):
        await anext(answers)


async def test_a_caller_s_streams_share_what_is_in_work() -> None:
    bench, budget = Bench(), Budget(10)
    one = in_order(stream([Request(1, 8)]), bench.prepare, bench.begin, budget, never())
    other = in_order(stream([Request(2, 8)]), bench.prepare, bench.begin, budget, never())
    first, second = asyncio.ensure_future(anext(one)), asyncio.ensure_future(anext(other))
    await turns()
    assert bench.preparing == [1]
    bench.open(1, 2)
    assert await first == "done 1"
    await turns()
    assert bench.preparing == [1]  # its answer has not been taken
    assert [a async for a in one] == []
    assert await second == "done 2"


async def test_a_stream_that_is_given_up_gives_back_what_it_held() -> None:
    bench, budget = Bench(), Budget(10)
    answers = in_order(stream([Request(1, 8)]), bench.prepare, bench.begin, budget, never())
    bench.open(1, 2)
    await anext(answers)
    await answers.aclose()  # type: ignore[attr-defined]  # a generator
    async with asyncio.timeout(5):
        await budget.take(10)


async def test_when_it_is_to_end_what_was_begun_is_answered_first() -> None:
    bench, ending = Bench(), never()

    async def endless() -> AsyncIterator[Request]:
        yield Request(1)
        await asyncio.sleep(3600)

    answers = in_order(endless(), bench.prepare, bench.begin, Budget(10), ending)
    first = asyncio.ensure_future(anext(answers))
    await turns()
    ending.set_result(LookupError("the end"))
    await turns()
    bench.open(1)
    assert await first == "done 1"
    with pytest.raises(LookupError, match="the end"):
        await anext(answers)
