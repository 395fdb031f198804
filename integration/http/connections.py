"""One connection of uvicorn's HTTP, with what uvicorn leaves open.

The client's certificate goes with each request; a head that comes too slowly, and a reader that takes
nothing, are cut off.
"""

import asyncio
import logging
from typing import Any

import h11
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from client import describe
from gateway.errors import MalformedRequest, Unavailable, to_status
from integration.client_certificate import Certified
from integration.http.answers import as_problem
from integration.http.config import Limits
from integration.http.problems import MEDIA_TYPE, problem, written

LINGER_SECONDS = 1.0

logger = logging.getLogger(__name__)


def protocol(limits: Limits) -> type[asyncio.Protocol]:
    """The class of a door's connections."""

    class Bounded(Connection):
        bounds = limits

    return Bounded


class Connection(Certified):
    """A connection within bounds."""

    bounds: Limits
    _head: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """The handshake is done, if there is one."""
        super().connection_made(transport)
        self._lost = asyncio.Event()
        self.app = self._within_bounds(self.app)
        self._await_head()

    def data_received(self, data: bytes) -> None:
        """Bytes of a head or of a body."""
        if self._head is None and (self.cycle is None or self.cycle.response_complete):
            self._await_head()
        super().data_received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """The end."""
        self._head_is_there()
        super().connection_lost(exc)
        self._lost.set()

    def on_response_complete(self) -> None:
        """The answer is out. What is left of a body is not read; the reader gets a moment for the answer,
        since a connection that is closed on unread bytes may take the answer with it.
        """
        super().on_response_complete()
        if self.conn.their_state is h11.SEND_BODY and not self.transport.is_closing():
            self.flow.pause_reading()
            self.loop.call_later(LINGER_SECONDS, self.transport.abort)

    def send_400_response(self, msg: str) -> None:
        """Bytes that are no HTTP, or too large a head: told as every refusal."""
        error = describe(to_status(MalformedRequest(f"{msg} Mend the client.", field="head")))
        body = written(problem(error))
        headers = [
            ("content-type", MEDIA_TYPE),
            ("content-length", str(len(body))),
            ("connection", "close"),
        ]
        for event in (
            h11.Response(status_code=400, headers=headers, reason=b"Bad Request"),
            h11.Data(data=body),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _await_head(self) -> None:
        self._head = self.loop.call_later(self.bounds.head_seconds, self.transport.abort)

    def _head_is_there(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None

    def _within_bounds(self, app: ASGIApp) -> ASGIApp:
        async def bounded(scope: Scope, receive: Receive, send: Send) -> None:
            self._head_is_there()
            if len(self.connections) > self.bounds.connections:
                full = Unavailable("the door has as many connections as it takes: try again soon")
                await as_problem(problem(describe(to_status(full))))(scope, receive, send)
                return
            try:
                await app(scope, receive, self._timed(send))
            except _Slow:
                logger.warning("slow_reader_cut_off", extra={"path": scope["path"]})
                self.transport.abort()
                await self._lost.wait()  # uvicorn, too, has been told then

        return bounded

    def _timed(self, send: Send) -> Send:
        async def timed(message: Message) -> None:
            try:
                async with asyncio.timeout(self.bounds.slow_reader_seconds):
                    await send(message)
            except TimeoutError:
                raise _Slow from None

        return timed


class _Slow(Exception):
    """A reader that takes nothing."""
