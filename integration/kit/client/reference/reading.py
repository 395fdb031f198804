"""Reading from the exchange: subscriptions, one message, pages."""

from collections.abc import Iterator
from hashlib import sha256

from integration.kit.client.reference.exchange import Exchange
from integration.kit.client.reference.identity import Caller
from integration.kit.client.reference.refusals import Refusal, malformed
from schemas.catalog import type_name
from schemas.message_ids import as_bytes
from yrd.exchange.v1.message_pb2 import Message
from yrd.exchange.v1.service_pb2 import (
    Filter,
    GetMessageRequest,
    ListMessagesRequest,
    ListMessagesResponse,
    SubscribeOpen,
    SubscribeResponse,
)

LOOK_AGAIN_SECONDS = 0.2


def wanted(filter_: Filter, message: Message) -> bool:
    """Whether a message passes the filter: an empty list means all."""
    header = message.header
    incidents = {header.entity_id, *header.incident_ids}
    return (
        (not filter_.types or type_name(message) in filter_.types)
        and (not filter_.origins or message.stamp.origin in filter_.origins)
        and (not filter_.modes or header.mode in filter_.modes)
        and (not filter_.incident_ids or not incidents.isdisjoint(filter_.incident_ids))
    )


class Subscription:
    """Batches for one reader. `problem` is what another thread found wrong with the stream."""

    def __init__(self, exchange: Exchange, caller: Caller, opened: SubscribeOpen) -> None:
        exchange.settings.require(caller, "subscriber")
        self._exchange, self._opened = exchange, opened
        self._end = len(exchange.messages)
        start = opened.after_offset
        if not opened.HasField("after_offset"):
            start = exchange.cursor(caller, opened.cursor)
        self._offset = exchange.require_offset(start)
        self.problem: Refusal | None = None
        self.over = False

    def batches(self) -> Iterator[SubscribeResponse]:
        """Until caught up, if that was asked for, or until it is over. Raises a Refusal."""
        moved = True
        while True:
            batch = self._next()
            if moved or batch.offset > self._offset:
                yield batch
            self._offset, moved = batch.offset, not batch.caught_up
            if self._opened.until_caught_up and self._offset >= self._end:
                return
            if batch.caught_up and not self._wait():
                return

    def _next(self) -> SubscribeResponse:
        limit = self._opened.max_batch or 500
        found = self._exchange.messages[self._offset : self._offset + limit]
        return SubscribeResponse(
            messages=[m for m in found if wanted(self._opened.filter, m)],
            offset=self._offset + len(found),
            caught_up=len(found) < limit,
        )

    def _wait(self) -> bool:
        """Until there is more; False if the reader is gone. Raises a Refusal."""
        exchange = self._exchange
        with exchange.grown:
            while len(exchange.messages) == self._offset:
                if self.problem:
                    raise self.problem
                if exchange.closing:
                    raise Refusal(
                        "UNAVAILABLE",
                        "the gateway is shutting down: subscribe again soon",
                        retry_seconds=2,
                    )
                if self.over:
                    return False
                exchange.grown.wait(LOOK_AGAIN_SECONDS)
        return True


def get(exchange: Exchange, caller: Caller, request: GetMessageRequest) -> Message:
    """One message. Raises a Refusal."""
    exchange.settings.require(caller, "subscriber")
    message_id = request.message_id
    try:
        as_bytes(message_id)
    except ValueError:
        raise malformed(
            "message_id", f"{message_id!r} is not a UUID: send it as published"
        ) from None
    here = request.origin in ("", exchange.settings.participant)
    for message in exchange.messages if here else ():
        if message.header.message_id == message_id:
            return message
    raise Refusal(
        "MESSAGE_NOT_FOUND",
        f"no message {message_id} here that you may know of: check the id and the agreements",
        message_id=message_id,
    )


def objections(exchange: Exchange, message_id: str) -> list[Message]:
    """Objections to a message and answers to them, oldest first."""
    return [m for m in exchange.messages if m.objection.message_id == message_id]


def page(exchange: Exchange, caller: Caller, request: ListMessagesRequest) -> ListMessagesResponse:
    """A page; its token is the last offset and a mark of the filter. Raises a Refusal."""
    exchange.settings.require(caller, "subscriber")
    mark = sha256(request.filter.SerializeToString(deterministic=True)).hexdigest()[:12]
    after = _after(request.page_token, mark)
    size = request.page_size or 100
    found = [m for m in exchange.messages[after:] if wanted(request.filter, m)]
    token = f"{found[size - 1].receipt.offset}:{mark}" if len(found) > size else ""
    return ListMessagesResponse(messages=found[:size], next_page_token=token)


def _after(token: str, mark: str) -> int:
    offset, _, of = token.partition(":")
    if not token:
        return 0
    if of == mark and offset.isascii() and offset.isdigit():
        return int(offset)
    raise malformed(
        "page_token",
        "not a page_token of this list: start without one, and keep the filter the same",
    )
