"""The calls that are open: how many each caller has, who is slow, and how one is ended from outside."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from google.rpc import code_pb2

from gateway.access_log import AccessLog
from gateway.config import Limits
from gateway.errors import GatewayError, QuotaExceeded, Unavailable
from gateway.exchange.access import Caller
from gateway.exchange.quota import CALLS, Allowance, Quota
from gateway.server.identity import Certificate
from gateway.server.measuring import MEASURES
from gateway.server.tally import Tally
from gateway.server.telling import abort
from yrd.exchange.v1.errors_pb2 import ErrorReason

logger = logging.getLogger(__name__)

REPORT_SECONDS = 60.0
FLUSH_SECONDS = 1.0
HOLD_SECONDS = 0.03  # longer than it takes a caller to come again at once
GOING_AWAY_SECONDS = 0.01
LOOKS = 0.1  # of the shortest limit
LONGEST_PAUSE_SECONDS = 1.0
STREAMS = "streams"
OURS = "/yrd."


def _future() -> asyncio.Future[Exception]:
    return asyncio.get_running_loop().create_future()


@dataclass(slots=True, eq=False)
class Call:
    """One open call. Times are monotonic seconds."""

    caller: Caller
    method: str
    certificate: Certificate
    context: Any
    streams: bool
    opened: float = 0.0
    task: asyncio.Task[Any] | None = None
    received: int = 0
    """Requests read; one, if the call is no stream."""
    sent: int = 0
    waiting_since: float | None = None
    """Since when an answer waits to be taken."""
    cut_off: GatewayError | None = None
    left: bool = False
    messages: int = 0
    """Messages delivered, or results of drafts."""
    first_offset: int = 0
    last_offset: int = 0
    reported: float = 0.0

    @property
    def name(self) -> str:
        """The method without its service."""
        return self.method.rpartition("/")[2]

    def delivered(self, response: Any) -> None:
        """Counts an answer."""
        self.sent += 1
        measure = MEASURES.get(type(response))
        if measure is not None:
            count, first, last = measure(response)
            self.messages += count
            if last:
                self.first_offset = self.first_offset or first
                self.last_offset = last


@dataclass(slots=True)
class OpenCalls:
    """Admits calls as far as the limits allow, and ends those that do harm. One event loop."""

    limits: Limits
    allowance: Allowance
    quota: Quota
    monotonic: Callable[[], float]
    refusal: Callable[[Certificate], GatewayError | None]
    """Why a caller's certificate is no longer good."""
    log: AccessLog
    tally: Tally = field(default_factory=Tally)
    ending: asyncio.Future[Exception] = field(default_factory=_future)
    """Gives what further calls are told, once the gateway is shutting down."""
    cut_off: int = 0
    """Calls that were ended from outside since the start."""
    _open: set[Call] = field(default_factory=set)
    _streams: Counter[Caller] = field(default_factory=Counter)
    _ending: set[asyncio.Task[None]] = field(default_factory=set)
    _holding: bool = False
    _released: asyncio.Event = field(default_factory=asyncio.Event)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def __len__(self) -> int:
        return len(self._open)

    def __iter__(self) -> Iterator[Call]:
        return iter(tuple(self._open))

    async def require_open(self, method: str) -> None:
        """Raises what `ending` gives, once the gateway is shutting down; health can still be asked.

        Raises Unavailable while the access log can't be written; the state can still be asked.
        """
        if self.log.problem and method.startswith(OURS) and not method.endswith("/GetStatus"):
            raise Unavailable(self.log.problem)
        if self.ending.done() and method.startswith(OURS):
            if self._holding:
                await self._released.wait()
            raise self.ending.result()

    def require_good(self, call: Call) -> None:
        """Raises IdentityUnknown if the caller's certificate is no longer good."""
        refusal = self.refusal(call.certificate)
        if refusal is not None:
            raise refusal

    def enter(self, call: Call) -> None:
        """Admits a call. Raises QuotaExceeded."""
        self.quota.take(call.caller, CALLS, 1)
        self._require_room(call.caller, call.streams)
        call.opened, call.task = self.monotonic(), asyncio.current_task()
        call.received = int(not call.streams)
        call.reported = call.opened
        self._open.add(call)
        if call.streams:
            self._note(call, "open")
        self._streams[call.caller] += call.streams

    def _require_room(self, caller: Caller, streams: bool) -> None:
        in_all = self._streams.total()
        if not streams:
            if len(self._open) - in_all >= self.limits.unary_calls:
                raise _too_many("unary_calls", self.limits.unary_calls, "calls at a time in all")
            return
        most = int(self.allowance.of(caller, STREAMS))
        if self._streams[caller] >= most:
            raise _too_many(STREAMS, most, "streams of one caller at a time")
        if in_all >= self.limits.streams_in_all:
            raise _too_many("streams_in_all", self.limits.streams_in_all, "streams in all")

    def leave(self, call: Call | None, method: str, outcome: GatewayError | str) -> None:
        """The handler has ended so. One that was cut off leaves when its caller has been told.

        A call that was not admitted is noted as well; without a call, nobody knows whose it was.
        """
        name = method.rpartition("/")[2]
        if call is None:
            told = _told(outcome)
            self.tally.called(name, told["code"], None)
            self.log.note({"event": "call", "call": name, "from": ""} | told)
            return
        told = _told(call.cut_off or outcome)
        timed = call.opened and not call.streams
        self.tally.called(name, told["code"], self.monotonic() - call.opened if timed else None)
        self._note(call, "close" if call.streams and call.opened else "call", told)
        if call.cut_off is None:
            self._forget(call)

    def _note(self, call: Call, event: str, more: Mapping[str, Any] = MappingProxyType({})) -> None:
        fields: dict[str, Any] = {
            "event": event,
            "call": call.name,
            "from": f"{call.caller.participant}/{call.caller.system}",
            "certificate": f"{call.certificate.serial:x}",
            **more,
        }
        if call.opened and event != "open":
            fields["seconds"] = round(self.monotonic() - call.opened, 3)
            fields |= {"received": call.received, "sent": call.sent, "messages": call.messages}
        if call.last_offset:
            fields["offsets"] = [call.first_offset, call.last_offset]
        self.log.note(fields)

    def _forget(self, call: Call) -> None:
        if call.left:
            return
        call.left = True
        self._open.discard(call)
        self._streams[call.caller] -= call.streams
        if not self._streams[call.caller]:
            del self._streams[call.caller]
        self._changed.set()

    def cut(self, call: Call, error: GatewayError) -> None:
        """Ends a call from outside its handler, which is cancelled.

        The status goes behind what the caller has not taken yet. A caller that takes nothing, not
        even that, is dropped when it has been given as long once more; until then its stream counts.
        """
        if call.cut_off is not None or call.left:
            return
        call.cut_off = error
        self.cut_off += 1
        task = asyncio.create_task(self._cut(call, error))
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _cut(self, call: Call, error: GatewayError) -> None:
        who = {"participant": call.caller.participant, "system": call.caller.system}
        logger.warning("cut_off", extra={**who, "call": call.name, "detail": error.message})
        telling = asyncio.create_task(abort(call.context, error))
        try:
            await asyncio.sleep(0)  # the status is on its way before the handler ends
            if call.task is not None:
                call.task.cancel()
            await asyncio.wait({telling}, timeout=self.limits.slow_reader_seconds)
        finally:
            telling.cancel()
            telling.add_done_callback(lambda done: done.cancelled() or done.exception())
            self._forget(call)

    async def watch(self) -> None:
        """Ends what look() ends, for ever; looks at least each second."""
        limits = self.limits
        seconds = min(limits.slow_reader_seconds, limits.idle_stream_seconds) * LOOKS
        while True:
            self.look()
            await asyncio.sleep(min(seconds, LONGEST_PAUSE_SECONDS))

    def look(self) -> None:
        """Ends calls of slow readers, unused streams, and those whose certificate is no longer good."""
        now = self.monotonic()
        slow, idle = self.limits.slow_reader_seconds, self.limits.idle_stream_seconds
        for call in self:
            if call.streams and now - call.reported >= REPORT_SECONDS:
                call.reported = now
                self._note(call, "during")
            refusal = self.refusal(call.certificate)
            if refusal is not None:
                self.cut(call, refusal)
            elif call.waiting_since is not None and now - call.waiting_since > slow:
                what = (
                    f"no answer was taken for {slow:g} s: read faster, and come back with a cursor"
                )
                self.cut(call, QuotaExceeded(what, quota="slow_reader"))
            elif not call.received and now - call.opened > idle:
                what = (
                    f"no request came in {idle:g} s: open a stream when there is something to send"
                )
                self.cut(call, QuotaExceeded(what, quota="idle_stream"))

    def begin_end(self, error: GatewayError) -> None:
        """Takes no more calls of our services, and ends those that would not end by themselves."""
        if not self.ending.done():
            self.ending.set_result(error)
        for call in self:
            if not call.method.startswith(OURS) or not call.received:
                self.cut(call, error)

    async def end(self, seconds: float) -> None:
        """Waits until all calls have ended; tells those that have not by then that they do."""
        try:
            async with asyncio.timeout(seconds):
                while self._open:
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            await self._end_all(self.ending.result())

    async def close(self, stopping: Coroutine[Any, Any, None]) -> None:
        """Lets the server stop, when nobody is there any more but callers who were not admitted.

        gRPC ends with CANCELLED what reaches a server that has just stopped. So the last callers are
        kept waiting, the server says on each connection that it goes away, and only then they are told:
        their next call does not come to this server.
        """
        self._holding = True
        await asyncio.sleep(HOLD_SECONDS)
        stopped = asyncio.create_task(stopping)
        await asyncio.sleep(GOING_AWAY_SECONDS)
        self._released.set()
        await stopped

    async def _end_all(self, error: Exception) -> None:
        assert isinstance(error, GatewayError)
        for call in self:
            self.cut(call, error)
        if self._ending:
            await asyncio.wait(self._ending, timeout=FLUSH_SECONDS)
        for task in tuple(self._ending):
            task.cancel()


def _told(outcome: GatewayError | str) -> dict[str, str]:
    if isinstance(outcome, str):
        return {"code": outcome}
    reason = ErrorReason.Name(outcome.reason).removeprefix("ERROR_REASON_")
    return {"code": code_pb2.Code.Name(outcome.code), "reason": reason}


def _too_many(quota: str, most: int, what: str) -> QuotaExceeded:
    return QuotaExceeded(f"more than {most} {what}: end one first, or come again", quota=quota)
