"""Actions that read."""

import queue
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import grpc
from google.protobuf.json_format import ParseDict

from integration.kit.actions.action import Action
from integration.kit.actions.publishing import publish
from integration.kit.bench import World
from integration.kit.model import Unmet
from integration.kit.recipes import value_of
from integration.kit.target import ADMIN, EXCHANGE
from yrd.exchange.v1 import service_pb2 as pb
from yrd.exchange.v1.message_pb2 import Message


@dataclass(frozen=True, slots=True)
class Listed:
    """Pages of a list, and the token behind the last one that was read."""

    pages: list[list[Message]]
    token: str

    @property
    def messages(self) -> list[Message]:
        """All messages of the pages."""
        return [message for page in self.pages for message in page]


@dataclass(slots=True)
class Delivered:
    """What a subscription delivered; `ended`: the gateway ended it, with OK."""

    batches: list[pb.SubscribeResponse] = field(default_factory=list)
    ended: bool = False

    @property
    def messages(self) -> list[Message]:
        """All messages of the batches."""
        return [message for batch in self.batches for message in batch.messages]

    @property
    def offset(self) -> int:
        """Up to where all was delivered or left out."""
        return self.batches[-1].offset if self.batches else 0


def get(world: World, argument: Any, role: str) -> Message:
    """GetMessage. `patience: true` asks again until the message is there."""
    wanted = value_of(dict(argument), world.names)
    patient = wanted.pop("patience", False)
    request = ParseDict(wanted, pb.GetMessageRequest()).SerializeToString()
    deadline = time.monotonic() + world.target.patience_seconds
    while True:
        try:
            method = f"{EXCHANGE}GetMessage"
            found: Message = world.target.unary(
                role, method, request, pb.GetMessageResponse
            ).message
            return found
        except grpc.RpcError as error:
            missing = error.code() is grpc.StatusCode.NOT_FOUND
            if not (patient and missing and time.monotonic() < deadline):
                raise
        time.sleep(0.05)


def objections(world: World, argument: Any, role: str) -> list[Message]:
    """GetMessage: the objections that come with the message."""
    wanted = value_of(dict(argument), world.names)
    request = ParseDict(wanted, pb.GetMessageRequest()).SerializeToString()
    found: pb.GetMessageResponse = world.target.unary(
        role, f"{EXCHANGE}GetMessage", request, pb.GetMessageResponse
    )
    return list(found.objections)


def list_messages(world: World, argument: Any, role: str) -> Listed:
    """ListMessages, following up to `pages` pages (1 unless said, 0: all)."""
    wanted = value_of(dict(argument or {}), world.names)
    limit = wanted.pop("pages", 1)
    request = ParseDict(wanted, pb.ListMessagesRequest())
    pages: list[list[Message]] = []
    while True:
        data = request.SerializeToString()
        method = f"{EXCHANGE}ListMessages"
        answer = world.target.unary(role, method, data, pb.ListMessagesResponse)
        pages.append(list(answer.messages))
        request.page_token = answer.next_page_token
        if not request.page_token or len(pages) == limit:
            return Listed(pages, answer.next_page_token)
        if len(pages) > 1 and pages[-1] and pages[-1] == pages[-2]:
            raise Unmet("each page to go on behind the one before", "the same page twice")


def subscribe(world: World, argument: Any, role: str) -> Delivered:
    """Subscribe. Reads until the gateway ends the stream, or until `count` messages have come, or
    `offset` is reached, then cancels. `publish` are recipes sent once the reader has caught up.
    `acknowledge_each`: each batch is acknowledged on the stream, which stays open until the cursor
    has moved there."""
    wanted = dict(argument or {})
    ours = {k: wanted.pop(k) for k in _OURS & wanted.keys()}
    opened = ParseDict(value_of(wanted, world.names), pb.SubscribeOpen())
    requests = _Requests(opened)
    call = world.target.stream(
        role, f"{EXCHANGE}Subscribe", requests, pb.SubscribeResponse.FromString
    )
    limits = value_of({k: ours[k] for k in ("count", "offset") if k in ours}, world.names)
    try:
        delivered = _read(world, call, requests, ours, limits)
        if ours.get("acknowledge_each"):
            _await_cursor(world, role, opened.cursor, delivered.offset)
        return delivered
    finally:
        call.cancel()
        requests.close()
        if "hook_when_caught_up" in ours:
            world.target.close()


_OURS = frozenset(
    ["count", "offset", "publish", "acknowledge_each", "half_close", "hook_when_caught_up"]
)


class _Requests:
    """Requests of a subscription, open until closed."""

    def __init__(self, opened: pb.SubscribeOpen) -> None:
        self._queue: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._queue.put(pb.SubscribeRequest(open=opened).SerializeToString())

    def acknowledge(self, offset: int) -> None:
        confirmed = pb.SubscribeAcknowledge(offset=offset)
        self._queue.put(pb.SubscribeRequest(acknowledge=confirmed).SerializeToString())

    def close(self) -> None:
        self._queue.put(None)

    def __iter__(self) -> Iterator[bytes]:
        while (data := self._queue.get()) is not None:
            yield data


def _read(
    world: World, call: Any, requests: _Requests, ours: Mapping[str, Any], limits: Mapping[str, int]
) -> Delivered:
    if ours.get("half_close"):
        requests.close()
    delivered, waiting = Delivered(), list(ours.get("publish", []))
    for batch in call:
        delivered.batches.append(batch)
        if ours.get("acknowledge_each"):
            requests.acknowledge(batch.offset)
        if waiting and batch.caught_up:
            world.names["while_open"] = publish(world, waiting, "console")
            waiting.clear()
        if batch.caught_up and "hook_when_caught_up" in ours:
            world.bench.hooks[ours["hook_when_caught_up"]]()
        enough = len(delivered.messages) >= limits.get("count", 1 << 60)
        if enough or batch.offset >= limits.get("offset", 1 << 60):
            return delivered
    delivered.ended = True
    return delivered


def _await_cursor(world: World, role: str, cursor: str, offset: int) -> None:
    """Waits until a reader with that cursor begins behind the offset. Raises Unmet."""
    opened = pb.SubscribeOpen(cursor=cursor, max_batch=1, until_caught_up=True)
    request = pb.SubscribeRequest(open=opened).SerializeToString()
    deadline = time.monotonic() + world.target.patience_seconds
    while True:
        call = world.target.stream(
            role, f"{EXCHANGE}Subscribe", [request], pb.SubscribeResponse.FromString
        )
        first = next(iter(call), None)
        call.cancel()
        if first is None or first.offset > offset or not first.messages:
            return
        if time.monotonic() > deadline:
            raise Unmet(f"cursor {cursor} to move to {offset}", f"it stands at {first.offset - 1}")
        time.sleep(0.03)


def acknowledge(world: World, argument: Any, role: str) -> pb.AcknowledgeResponse:
    """Acknowledge."""
    request = ParseDict(value_of(dict(argument), world.names), pb.AcknowledgeRequest())
    answer: pb.AcknowledgeResponse = world.target.unary(
        role, f"{EXCHANGE}Acknowledge", request.SerializeToString(), pb.AcknowledgeResponse
    )
    return answer


def status(world: World, argument: Any, role: str) -> pb.GetStatusResponse:
    """GetStatus."""
    answer: pb.GetStatusResponse = world.target.unary(
        role, f"{ADMIN}GetStatus", b"", pb.GetStatusResponse
    )
    return answer


def _keys(message: Any, *more: str) -> frozenset[str]:
    return frozenset([*message.DESCRIPTOR.fields_by_name, *more])


ACTIONS = {
    "get": Action(get, _keys(pb.GetMessageRequest, "patience"), "ExchangeService.GetMessage"),
    "objections": Action(objections, _keys(pb.GetMessageRequest), "GetMessageResponse.objections"),
    "list": Action(
        list_messages, _keys(pb.ListMessagesRequest, "pages"), "ExchangeService.ListMessages"
    ),
    "subscribe": Action(subscribe, _keys(pb.SubscribeOpen, *_OURS), "ExchangeService.Subscribe"),
    "acknowledge": Action(acknowledge, _keys(pb.AcknowledgeRequest), "ExchangeService.Acknowledge"),
    "status": Action(status, frozenset(), "AdminService.GetStatus"),
}
