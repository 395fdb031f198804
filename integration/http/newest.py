"""The newest revision of each entity of one type, as the map and the calendar show it."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import NamedTuple

from integration.http.reading import SECONDS, Reading, received
from integration.http.upstream import Upstream
from schemas.catalog import body_of
from schemas.disclosure import cut
from yrd.exchange.v1.message_pb2 import Message
from yrd.exchange.v1.service_pb2 import Filter

MOST = 100_000
"""Entities that are kept; of more, those that were told of last."""


class Entity(NamedTuple):
    """What a message tells about. An exercise never speaks of the same thing as what is real."""

    origin: str
    mode: int
    exercise: str
    name: str


class Newest:
    """Kept between requests. With `within`, only what the gateway received so lately.

    Groups of fields that are disclosed by agreement only (personal and so on) are not kept.
    """

    def __init__(
        self,
        type_name: str,
        most: int = MOST,
        within: timedelta | None = None,
        seconds: float = SECONDS,
    ) -> None:
        self._most, self._within = most, within
        self._kept: dict[Entity, Message] = {}
        self._reading = Reading(Filter(types=[type_name]), self._take, self._kept.clear, seconds)

    async def read(self, upstream: Upstream) -> Collection[Message]:
        """Oldest news first. Raises ExchangeError."""
        async with self._reading.lock:
            if self._within is None:
                await self._reading.follow(upstream)
            else:
                since = datetime.now(UTC) - self._within
                await self._reading.follow(upstream, since)
                self._forget_before(since)
            return tuple(self._kept.values())

    def _forget_before(self, since: datetime) -> None:
        """What was told of last stands last, so what is old stands at the beginning."""
        old = takewhile(lambda pair: received(pair[1]) < since, self._kept.items())
        for key, _ in list(old):
            del self._kept[key]

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
