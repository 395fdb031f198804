"""Reading: subscribe from a cursor, get one message, list page by page."""

import asyncio
import base64
import binascii
import logging
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from hashlib import sha256

from gateway.errors import (
    CursorOutOfRange,
    DataLoss,
    GatewayError,
    MalformedRequest,
    MessageNotFound,
    Unavailable,
)
from gateway.exchange.access import Caller
from gateway.exchange.opening import Opener, QuarantineJob
from gateway.exchange.reading import ANSWER_BYTES, READABLE, Wanted, select
from gateway.log.checkpoint import log_origin
from gateway.offload import offload
from gateway.store.port import Entry, FeedReader, ObjectionIndex
from gateway.store.pulse import Pulse
from gateway.store.round import Round
from gateway.store.writer import Writer
from schemas.message_ids import as_bytes
from yrd.exchange.v1.message_pb2 import Message
from yrd.exchange.v1.service_pb2 import Filter, SubscribeOpen, SubscribeResponse

logger = logging.getLogger(__name__)

DEFAULT_BATCH = 500
DEFAULT_PAGE = 100
MAX_PAGE = 1000
MOST_OBJECTIONS = 500
STEP = 500
MOST_OFFSETS = 1 << 63  # as many as the store can number
IDLE_SECONDS = 30.0
MESSAGE_US = 50
"""What it takes to open and check a message before it is first delivered."""


@dataclass(frozen=True, slots=True)
class CursorJob:
    """Moves a named cursor; it never goes back."""

    system: str
    name: str
    offset: int
    lazy: bool
    weight: int = 1

    def stage(self, round_: Round) -> None:
        """Keeps the highest of the round."""
        key = (self.system, self.name)
        round_.change.cursors[key] = max(self.offset, round_.change.cursors.get(key, 0))


class Reader:
    """Reading for the systems of this participant."""

    def __init__(
        self,
        participant: str,
        feed: FeedReader,
        index: ObjectionIndex,
        writer: Writer,
        pulse: Pulse,
    ) -> None:
        self._participant = participant
        self._feed, self._index, self._writer, self._pulse = feed, index, writer, pulse
        self._loop = asyncio.get_running_loop()
        self._opener = Opener(log_origin(participant))
        self._quarantined: set[int] = set()

    def forget(self, offsets: frozenset[int]) -> None:
        """Forgets entries of which something was destroyed."""
        self._opener.forget(offsets)

    async def subscribe(
        self, caller: Caller, opened: SubscribeOpen
    ) -> AsyncIterator[SubscribeResponse]:
        """Batches in the order of receipt, for ever or until caught up. Raises GatewayError."""
        wanted = Wanted(opened.filter)
        limit = opened.max_batch or DEFAULT_BATCH
        end = self._writer.last_offset
        offset = await self._start(caller, opened)
        while not self._writer.stopping:
            due = min(limit, self._writer.last_offset - offset)
            batch = await offload(MESSAGE_US * due, self._batch, wanted, offset, limit)
            moved = batch.offset > offset
            offset = batch.offset
            if batch.messages or moved or batch.caught_up:
                yield batch
            if opened.until_caught_up and offset >= end:
                return
            if batch.caught_up:
                await self._wait_beyond(offset)
        raise Unavailable("the gateway is shutting down; subscribe again soon")

    async def _wait_beyond(self, offset: int) -> None:
        def there_is_more() -> bool:
            return self._writer.last_offset > offset or self._writer.stopping

        while not await self._pulse.until(there_is_more, IDLE_SECONDS):
            pass

    async def _start(self, caller: Caller, opened: SubscribeOpen) -> int:
        if opened.HasField("after_offset"):
            return self._in_range(opened.after_offset)
        if not opened.cursor:
            return 0
        kept = await asyncio.to_thread(self._feed.cursor, caller.system, opened.cursor)
        return self._in_range(kept or 0)

    def _in_range(self, offset: int) -> int:
        last = self._writer.last_offset
        if offset > last:
            raise CursorOutOfRange(
                f"offset {offset} lies beyond the newest, {last}: this gateway's store is not the "
                "one that the reader knew; start anew from 0",
                offset=offset,
                first=0,
                last=last,
            )
        return offset

    def _batch(self, wanted: Wanted, after: int, limit: int) -> SubscribeResponse:
        # not beyond it: what is just being committed could not be acknowledged yet
        last = self._writer.last_offset
        received = self._feed.received(after, min(limit, last - after))
        selected = select(received, wanted, after, limit)
        return SubscribeResponse(
            messages=self._opened(selected.entries),
            offset=selected.offset,
            caught_up=selected.whole and len(received) < limit and selected.offset >= last,
        )

    def _opened(self, entries: Iterable[Entry]) -> list[Message]:
        try:
            delivery = self._opener.open(entries)
        except DataLoss as error:
            self._writer.stop_accepting(error.message)
            raise
        if delivery.broken:
            self._loop.call_soon_threadsafe(self._quarantine, delivery.broken)
        return delivery.messages

    def _quarantine(self, entries: list[Entry]) -> None:
        """Marks them for good, each once; if that fails, the next delivery finds them again."""
        fresh = tuple(e for e in entries if e.offset not in self._quarantined)
        if fresh and not (self._writer.stopping or self._writer.problem):
            self._quarantined.update(e.offset for e in fresh)
            self._writer.leave(QuarantineJob(fresh))
            for entry in fresh:
                logger.error("quarantined", extra={"log": entry.log, "index": entry.sequence})

    async def acknowledge(
        self, caller: Caller, cursor: str, offset: int, *, lazy: bool = False
    ) -> None:
        """Moves the cursor; durable on return. `lazy`: the caller does not wait for it."""
        if not cursor:
            raise MalformedRequest(
                "acknowledge needs a cursor: name one in open.cursor", field="open.cursor"
            )
        await self._writer.submit(CursorJob(caller.system, cursor, self._in_range(offset), lazy))

    async def get(self, caller: Caller, message_id: str, origin: str) -> Message:
        """One message, from one's own log first. Raises MessageNotFound."""
        try:
            key = as_bytes(message_id)
        except ValueError:
            raise self._malformed_id(message_id) from None
        found = await asyncio.to_thread(self._feed.find, key)
        logs = [log_origin(origin)] if origin else []
        readable = [e for e in found if e.disposition in READABLE and (not logs or e.log in logs)]
        own = log_origin(self._participant)
        readable.sort(key=lambda e: (e.log != own, e.offset))
        messages = self._opened(readable)
        if not messages:
            raise MessageNotFound(
                f"no message {message_id} here, or none that this participant may know of: check "
                "the id, and whether an agreement shares it",
                message_id=message_id,
            )
        return messages[0]

    async def objections(self, message_id: str) -> list[Message]:
        """Objections to a message and what became of them, oldest first; at most MOST_OBJECTIONS.

        Each party speaks in its own log: what another log says in its name is left out.
        """
        key = as_bytes(message_id)
        found = await asyncio.to_thread(self._index.about, key, MOST_OBJECTIONS)
        chosen = select(found, Wanted(Filter()), 0, MOST_OBJECTIONS).entries
        return [m for m in self._opened(chosen) if m.objection.author == m.stamp.origin]

    def _malformed_id(self, message_id: str) -> GatewayError:
        return MalformedRequest(
            f"message_id {message_id!r} is not a UUID: send the id as it was published",
            field="message_id",
        )

    async def page(
        self, caller: Caller, filter_: Filter, page_size: int, page_token: str
    ) -> tuple[list[Message], str]:
        """A page of messages and the token of the next, empty on the last (AIP-158)."""
        size = min(page_size or DEFAULT_PAGE, MAX_PAGE)
        after = _offset_of(page_token, filter_)
        return await asyncio.to_thread(self._page, filter_, size, after)

    def _page(self, filter_: Filter, size: int, after: int) -> tuple[list[Message], str]:
        wanted, messages, budget = Wanted(filter_), list[Message](), ANSWER_BYTES
        step = max(size, STEP)  # a filter may leave out most of what is received
        last = self._writer.last_offset
        while after < last:
            received = self._feed.received(after, min(step, last - after))
            selected = select(received, wanted, after, size - len(messages), budget)
            messages += self._opened(selected.entries)
            after, budget = selected.offset, budget - selected.size_bytes
            if not selected.whole or len(messages) == size or budget <= 0:
                break
        return messages, _token(after, filter_) if after < self._writer.last_offset else ""


def _token(offset: int, filter_: Filter) -> str:
    return base64.urlsafe_b64encode(f"{offset}.{_mark(filter_)}".encode()).decode()


def _offset_of(token: str, filter_: Filter) -> int:
    if not token:
        return 0
    try:
        offset, mark = base64.urlsafe_b64decode(token).decode().split(".")
        if mark == _mark(filter_) and 0 <= int(offset) < MOST_OFFSETS:
            return int(offset)
    except (binascii.Error, ValueError):
        pass
    raise MalformedRequest(
        "page_token is not one that this list gave out: start without one, and keep the filter",
        field="page_token",
    )


def _mark(filter_: Filter) -> str:
    return sha256(filter_.SerializeToString(deterministic=True)).hexdigest()[:16]
