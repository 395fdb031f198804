"""What the door answers: each handler reads a request, calls the gateway once, and writes the answer."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from google.protobuf import json_format
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from client import ExchangeError, describe
from gateway.errors import MalformedRequest, to_status
from integration.http import calendar, layers, openapi, queries
from integration.http.answers import as_bytes, as_json, as_problem
from integration.http.bodies import JSON, Drafts, body_of, drafts_in, object_in
from integration.http.callers import Caller
from integration.http.config import Limits
from integration.http.events import EventStream
from integration.http.newest import Newest
from integration.http.problems import Refused, problem
from integration.http.upstream import BATCH, Trace, Upstream, trace_of
from schemas.json_form import to_json
from yrd.exchange.v1.message_pb2 import Message
from yrd.exchange.v1.service_pb2 import (
    ListMessagesRequest,
    ListMessagesResponse,
    PublishResponse,
    PublishResult,
    SubscribeOpen,
    SubscribeResponse,
)

MOST_ON_PAGE = 1000


@dataclass(slots=True)
class Door:
    """What handlers need. `ending` is set when the door closes."""

    limits: Limits
    gateway: Mapping[str, Upstream]
    ending: asyncio.Event
    publishing: dict[str, asyncio.Semaphore] = field(init=False)
    newest: dict[str, Newest] = field(init=False)
    parsing: asyncio.Lock = field(default_factory=asyncio.Lock)
    """One body at a time: two together would be no quicker, and a bad one takes 50 times its size."""

    def __post_init__(self) -> None:
        most = self.limits.publishing
        self.publishing = defaultdict(lambda: asyncio.Semaphore(most))
        self.newest = {
            layer.type: Newest(layer.type, within=layer.within) for layer in layers.LAYERS.values()
        }

    async def publish(self, request: Request, caller: Caller) -> Response:
        """One draft, or many: of many each stands alone."""
        queries.require_known(request.query_params, ())
        caller.require("publisher")
        async with self.publishing[caller.system]:
            body = await body_of(request, self.limits)
            async with self.parsing:
                drafts = await asyncio.to_thread(drafts_in, body)
            del body
            results = await self._published(caller, drafts, trace_of(request.headers))
        if drafts.alone:
            return _alone(results[0])
        status = 207 if any("error" in result for result in results) else 200
        return as_json({"results": results}, status)

    async def _published(
        self, caller: Caller, drafts: Drafts, trace: Trace
    ) -> list[dict[str, Any]]:
        good = [item for item in drafts.items if not isinstance(item, MalformedRequest)]
        gateway = self.gateway[caller.system]
        answer = await gateway.publish(good, trace) if good else PublishResponse()
        told = iter(answer.results)
        return [
            {"error": problem(describe(to_status(item)))}
            if isinstance(item, MalformedRequest)
            else told_of(next(told))
            for item in drafts.items
        ]

    async def page(self, request: Request, caller: Caller) -> Response:
        """A page of messages."""
        caller.require("subscriber")
        query = request.query_params
        queries.require_known(query, (*queries.FILTERS, "pageSize", "pageToken"))
        size = queries.number(query.get("pageSize", "100"), "pageSize", MOST_ON_PAGE)
        asked = ListMessagesRequest(
            page_size=size, page_token=query.get("pageToken", ""), filter=queries.filter_of(query)
        )
        found = await self.gateway[caller.system].page(asked)
        return await asyncio.to_thread(_page, found)

    async def get(self, request: Request, caller: Caller) -> Response:
        """One message, and the objections to it."""
        caller.require("subscriber")
        queries.require_known(request.query_params, ("origin",))
        origin = request.query_params.get("origin", "")
        message_id = request.path_params["message_id"]
        found = await self.gateway[caller.system].get(message_id, origin)
        return as_bytes(to_json(found), JSON)

    async def acknowledge(self, request: Request, caller: Caller) -> Response:
        """Moves a cursor of the calling system."""
        caller.require("subscriber")
        queries.require_known(request.query_params, ())
        told = object_in(await body_of(request, self.limits))
        if set(told) != {"offset"}:
            raise queries.wrong("offset", 'send {"offset": "NUMBER"}, and nothing else')
        offset = queries.number(str(told["offset"]), "offset")
        await self.gateway[caller.system].acknowledge(request.path_params["cursor"], offset)
        return as_json({"offset": str(offset)})

    async def stream(self, request: Request, caller: Caller) -> "Streaming":
        """Messages as they come."""
        caller.require("subscriber")
        query = request.query_params
        queries.require_known(query, (*queries.FILTERS, "after", "cursor"))
        opened = SubscribeOpen(
            cursor=query.get("cursor", ""), filter=queries.filter_of(query), max_batch=BATCH
        )
        last = request.headers.get("last-event-id", "")
        if last:  # a reader that comes back knows better than the address it began with
            opened.after_offset = queries.number(last, "Last-Event-ID")
        elif "after" in query:
            opened.after_offset = queries.number(query["after"], "after")
        async with AsyncExitStack() as opening:
            subscription = self.gateway[caller.system].subscription(opened)
            batches = await opening.enter_async_context(subscription)
            first = await self._first(batches)
            stack = opening.pop_all()  # from here on the answer ends it
        heartbeat = self.limits.heartbeat_seconds
        events = EventStream(first, batches, heartbeat, self.ending, caller.recheck)
        return Streaming(events, stack)

    async def _first(self, batches: AsyncIterator[SubscribeResponse]) -> SubscribeResponse:
        """Comes at once, even where there is nothing to tell. Raises ExchangeError."""
        try:
            async with asyncio.timeout(self.limits.gateway_seconds):
                return await anext(batches)
        except StopAsyncIteration:
            raise ExchangeError("UNAVAILABLE", "the gateway ended the stream") from None
        except TimeoutError:
            raise ExchangeError("DEADLINE_EXCEEDED", "the gateway does not answer") from None

    async def layer(self, request: Request, caller: Caller) -> Response:
        """A layer as GeoJSON."""
        caller.require("subscriber")
        drawn = layers.LAYERS.get(request.path_params["layer"])
        if drawn is None:
            known = ", ".join(layers.LAYERS)
            raise Refused(MalformedRequest(f"no such layer: one of {known}", field="layer"), 404)
        found = await self.shown(drawn.type, request, caller)
        made = await asyncio.to_thread(layers.collection, found, drawn, datetime.now(UTC))
        return as_bytes(made, layers.MEDIA_TYPE)

    async def calendar(self, request: Request, caller: Caller) -> Response:
        """Controls as a calendar."""
        caller.require("subscriber")
        found = await self.shown(calendar.TYPE, request, caller)
        made = await asyncio.to_thread(calendar.calendar, found, datetime.now(UTC))
        return as_bytes(made, calendar.MEDIA_TYPE)

    async def shown(self, type_name: str, request: Request, caller: Caller) -> list[Message]:
        """The newest messages of a type, of the modes that are asked for."""
        queries.require_known(request.query_params, ("mode",))
        modes = queries.modes_of(request.query_params)
        found = await self.newest[type_name].read(self.gateway[caller.system])
        return [message for message in found if message.header.mode in modes]


@dataclass(slots=True)
class Streaming:
    """An answer that goes on, and what ends with it."""

    events: EventStream
    stack: AsyncExitStack

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request."""
        async with self.stack:
            await self.events(scope, receive, send)


async def describe_door(_: Request) -> Response:
    """The OpenAPI document; for anyone, as it tells nothing of anybody."""
    return as_bytes(await asyncio.to_thread(openapi.document), JSON)


def told_of(result: PublishResult) -> dict[str, Any]:
    """What became of a draft: `accepted`, or `error`."""
    if result.HasField("error"):
        return {"error": problem(describe(result.error))}
    told = json_format.MessageToDict(result.accepted, always_print_fields_with_no_presence=True)
    return {"accepted": told}


def _alone(result: dict[str, Any]) -> Response:
    """The answer to one draft, which is its own."""
    if "accepted" in result:
        return as_json(result["accepted"])
    return as_problem(result["error"])


def _page(found: ListMessagesResponse) -> Response:
    told: dict[str, Any] = {"messages": [json_format.MessageToDict(m) for m in found.messages]}
    if found.next_page_token:
        told["nextPageToken"] = found.next_page_token
    return as_json(told)
