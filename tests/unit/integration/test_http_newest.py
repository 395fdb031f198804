"""What the map and the calendar remember between requests."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from client import ExchangeError
from integration.http.newest import Newest
from tests.support.builders import draft, message
from yrd.exchange.v1.message_pb2 import Message
from yrd.exchange.v1.service_pb2 import SubscribeOpen, SubscribeResponse

TYPE = "yrd.incident.v1.IncidentReport"


class Store:
    """Stands for a gateway: a list of messages, by their place in it."""

    def __init__(self, *messages: Message) -> None:
        self.messages, self.asked = list(messages), list[int]()

    @asynccontextmanager
    async def subscription(
        self, opened: SubscribeOpen
    ) -> AsyncIterator[AsyncIterator[SubscribeResponse]]:
        yield self._batches(opened)

    async def _batches(self, opened: SubscribeOpen) -> AsyncIterator[SubscribeResponse]:
        after, end = opened.after_offset, len(self.messages)
        self.asked.append(after)
        if after > end:
            last = {"last": str(end)}
            raise ExchangeError("OUT_OF_RANGE", "another store", "CURSOR_OUT_OF_RANGE", last)
        if opened.max_batch == 1:
            end = min(end, after + 1)
        yield SubscribeResponse(messages=self.messages[after:end], offset=end, caught_up=True)


def told(entity: str, revision: int = 1, origin: str = "310000", **changes: Any) -> Message:
    return message(origin, 0, draft(entity=f"310000/{entity}", revision=revision, **changes))


async def read(newest: Newest, store: Any) -> Sequence[tuple[str, int]]:
    found = await newest.read(store)
    return [(m.header.entity_id.removeprefix("310000/"), m.header.revision) for m in found]


async def test_only_what_is_new_is_read() -> None:
    newest, store = Newest(TYPE), Store(told("a"), told("b"))
    assert await read(newest, store) == [("a", 1), ("b", 1)]
    store.messages.append(told("a", 2))
    assert await read(newest, store) == [("b", 1), ("a", 2)]
    assert store.asked == [0, 2]


@pytest.mark.parametrize("order", [[1, 2, 3], [3, 1, 2], [2, 3, 1, 3]])
async def test_the_newest_revision_wins_in_any_order(order: list[int]) -> None:
    assert await read(Newest(TYPE), Store(*(told("a", n) for n in order))) == [("a", 3)]


async def test_an_exercise_and_another_origin_speak_of_other_things() -> None:
    drill = told("a", 5, mode="MODE_EXERCISE", exerciseId="autumn")
    store = Store(told("a", 1), drill, told("a", 7, "320000"))
    assert sorted(await read(Newest(TYPE), store)) == [("a", 1), ("a", 5), ("a", 7)]


async def test_of_too_many_those_told_of_last_are_kept() -> None:
    store = Store(told("a"), told("b"), told("a", 2), told("c"))
    assert await read(Newest(TYPE, most=2), store) == [("a", 2), ("c", 1)]


async def test_another_store_is_read_from_its_beginning() -> None:
    newest = Newest(TYPE)
    await read(newest, Store(told("a"), told("b")))
    assert await read(newest, Store(told("c"))) == [("c", 1)]


async def test_what_is_disclosed_by_agreement_only_is_not_kept() -> None:
    (kept,) = await Newest(TYPE).read(Store(told("a")))  # type: ignore[arg-type]
    assert kept.incident_report.reporter.organization
    assert not kept.incident_report.reporter.person_name


def received(number: int, entity: str, hours_ago: float) -> Message:
    """The message at a place in the store."""
    made = told(entity)
    made.receipt.offset = number
    made.receipt.received_time.FromDatetime(datetime.now(UTC) - timedelta(hours=hours_ago))
    return made


async def test_what_comes_again_and_again_is_read_from_lately_only() -> None:
    store = Store(*(received(n, f"e{n}", 40 - n) for n in range(1, 40)))
    newest = Newest(TYPE, within=timedelta(hours=2.5))
    assert await read(newest, store) == [("e38", 1), ("e39", 1)]
    assert len(store.asked) < 12, "by halving"
    store.messages.append(received(40, "new", 0))
    newest._within = timedelta(hours=1.5)  # as an hour later
    assert await read(newest, store) == [("e39", 1), ("new", 1)]
    assert await read(newest, Store(received(1, "other", 3), received(2, "b", 1))) == [("b", 1)]


async def test_a_gateway_that_stands_still_holds_nobody_up() -> None:
    class Still(Store):
        async def _batches(self, opened: SubscribeOpen) -> AsyncIterator[SubscribeResponse]:
            await asyncio.Event().wait()
            yield SubscribeResponse()

    newest = Newest(TYPE, seconds=0.01)
    with pytest.raises(ExchangeError, match="stands still"):
        await read(newest, Still())
    assert await read(newest, Store(told("a"))) == [("a", 1)]
