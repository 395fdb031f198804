"""Messages as server-sent events: each one's id is its offset, so that a reader goes on exactly behind it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from starlette.types import Message as Event
from starlette.types import Receive, Scope, Send

from client import ExchangeError
from integration.http.answers import PLAIN
from integration.http.problems import Refused, problem, written
from schemas.json_form import to_json
from yrd.exchange.v1.service_pb2 import SubscribeResponse

HEARTBEAT = b": heartbeat\n\n"
RENEWED = "CANCELLED"
"""What a stream is told that goes by a certificate which was renewed twice: it ends, and is opened anew."""
RETRY = b"retry: 2000\n\n"
_HEAD: Event = {
    "type": "http.response.start",
    "status": 200,
    "headers": [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        *((name.encode(), value.encode()) for name, value in PLAIN.items()),
        (b"x-accel-buffering", b"no"),  # or a proxy would hold events back
    ],
}
_END: Event = {"type": "http.response.body", "body": b"", "more_body": False}


def event(kind: str, data: str, offset: int | None = None) -> bytes:
    """One event. The data is one line: JSON has no line end of its own."""
    place = "" if offset is None else f"id: {offset}\n"
    return f"{place}event: {kind}\ndata: {data}\n\n".encode()


def events_of(batch: SubscribeResponse) -> Iterator[bytes]:
    """`message` for each message; then `progress`, if there is more to tell: where one has come to, and
    whether that is all there was.
    """
    reached = 0
    for message in batch.messages:
        reached = message.receipt.offset
        yield event("message", to_json(message), reached)
    if batch.caught_up or batch.offset > reached:
        told = f'{{"offset": "{batch.offset}", "caughtUp": {str(batch.caught_up).lower()}}}'
        yield event("progress", told, batch.offset)


@dataclass(slots=True)
class EventStream:
    """An answer that goes on until one side ends it. A batch is read once the one before was taken.

    `first` has been read already, so that what is refused at once was told as a problem. `recheck`
    raises Refused once the reader may read no more; asked before each batch and at each heartbeat.
    """

    first: SubscribeResponse
    batches: AsyncIterator[SubscribeResponse]
    heartbeat_seconds: float
    ending: asyncio.Event
    recheck: Callable[[], None]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request."""
        await send(_HEAD)
        await send(_part(RETRY))
        stop: list[asyncio.Task[Any]] = [
            asyncio.create_task(_gone(receive)),
            asyncio.create_task(self.ending.wait()),
        ]
        try:
            await self._told(self.first, send)
            await self._follow(send, stop)
        except (ExchangeError, Refused) as error:
            told = error.error if isinstance(error, Refused) else error
            if told.code != RENEWED:
                await send(_part(event("error", written(problem(told)).decode())))
        finally:
            for task in stop:
                task.cancel()
        await send(_END)

    async def _follow(self, send: Send, stop: "list[asyncio.Task[Any]]") -> None:
        while not any(task.done() for task in stop):
            reading = asyncio.ensure_future(anext(self.batches, None))
            try:
                while not reading.done():
                    await asyncio.wait(
                        [reading, *stop],
                        timeout=self.heartbeat_seconds,
                        return_when=asyncio.FIRST_COMPLETED,
                    )
                    if any(task.done() for task in stop):
                        return
                    self.recheck()
                    if not reading.done():
                        await send(_part(HEARTBEAT))
                batch = reading.result()
            finally:
                reading.cancel()
                with suppress(asyncio.CancelledError, ExchangeError):
                    await reading
            if batch is None:
                return
            await self._told(batch, send)

    async def _told(self, batch: SubscribeResponse, send: Send) -> None:
        for part in events_of(batch):
            await send(_part(part))


def _part(body: bytes) -> Event:
    return {"type": "http.response.body", "body": body, "more_body": True}


async def _gone(receive: Receive) -> None:
    """Returns when the reader is no longer there."""
    while (await receive())["type"] != "http.disconnect":
        pass
