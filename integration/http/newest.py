"""The newest revision of each entity of one type, as the map and the calendar show it."""

import asyncio
from collections.abc import Collection
from typing import NamedTuple

from client import ExchangeError
from integration.http.upstream import BATCH, Upstream
from schemas.catalog import body_of
from schemas.disclosure import cut
from yrd.exchange.v1.message_pb2 import Message
from yrd.exchange.v1.service_pb2 import Filter, SubscribeOpen

MOST = 100_000
"""Entities that are kept; of more, those that were told of last."""
_ANEW = "CURSOR_OUT_OF_RANGE"


class Entity(NamedTuple):
    """What a message tells about. An exercise never speaks of the same thing as what is real."""

    origin: str
    mode: int
    exercise: str
    name: str


class Newest:
    """Kept between requests: each reads only what came since the one before.

    Every request asks the gateway anew, as its own system, so that nobody sees what he may not read.
    Groups of fields that are disclosed by agreement only (personal and so on) are not kept.
    """

    def __init__(self, type_name: str, most: int = MOST) -> None:
        self._type, self._most = type_name, most
        self._kept: dict[Entity, Message] = {}
        self._offset = 0
        self._lock = asyncio.Lock()

    async def read(self, upstream: Upstream) -> Collection[Message]:
        """Oldest news first. Raises ExchangeError."""
        async with self._lock:
            try:
                await self._follow(upstream)
            except ExchangeError as error:
                if error.reason != _ANEW or not self._offset:
                    raise
                self._kept, self._offset = {}, 0  # another store: what is known is of the old one
                await self._follow(upstream)
            return tuple(self._kept.values())

    async def _follow(self, upstream: Upstream) -> None:
        opened = SubscribeOpen(
            after_offset=self._offset,
            filter=Filter(types=[self._type]),
            max_batch=BATCH,
            until_caught_up=True,
        )
        async with upstream.subscription(opened) as batches:
            async for batch in batches:
                for message in batch.messages:
                    self._take(message)
                self._offset = batch.offset

    def _take(self, message: Message) -> None:
        head, body = message.header, body_of(message)
        key = Entity(message.stamp.origin, head.mode, head.exercise_id, head.entity_id)
        held = self._kept.get(key)
        if body is None or (held and held.header.revision >= head.revision):
            return
        cut(body)
        self._kept.pop(key, None)  # so that what was told of last stands last
        self._kept[key] = message
        if len(self._kept) > self._most:
            del self._kept[next(iter(self._kept))]
