"""Writes down what a sender does, as it happens."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from integration.kit.client.describing import describe
from integration.kit.client.events import Connection, Denied, Events, Request, Stream
from integration.kit.client.reference.handlers import Call
from integration.kit.client.reference.refusals import Refusal


class Recorder:
    """Safe from any thread. `clock` gives seconds since 1970."""

    def __init__(self, participant: str, clock: Callable[[], float]) -> None:
        self._participant, self._clock = participant, clock
        self._started = clock()
        self._lock = threading.Lock()
        self._requests: list[Request] = []
        self._streams: list[Stream] = []
        self._denied: list[Denied] = []
        self._messages: dict[str, int] = {}
        self._called: set[int] = set()

    def called(self, connection: int) -> None:
        """Some call came on a connection."""
        with self._lock:
            self._called.add(connection)

    def arrived(self, call: Call, connection: int, drafts: Sequence[bytes]) -> Request:
        """A request has come; its drafts are not judged yet."""
        now = self._clock()
        described = tuple(describe(data, datetime.fromtimestamp(now, UTC)) for data in drafts)
        system = f"{call.caller.participant}/{call.caller.system}"
        with self._lock:
            for draft in described:
                self._messages.setdefault(draft.message_id, len(self._messages) + 1)
            number = len(self._requests) + 1
            request = Request(number, now, call.number, call.method, connection, system, described)
            self._requests.append(request)
        return request

    def place_of(self, message_id: str) -> int:
        """Its place in the order in which ids first came, from 1."""
        with self._lock:
            return self._messages[message_id]

    def told(
        self,
        request: Request,
        outcomes: Sequence[str],
        *,
        answered: bool,
        fault: str = "",
        refusal: Refusal | None = None,
    ) -> None:
        """What became of a request: one outcome for each draft, and whether the sender knows."""
        judged = zip(request.drafts, outcomes, strict=True)
        done = replace(
            request,
            drafts=tuple(replace(draft, outcome=outcome) for draft, outcome in judged),
            answered=self._clock() if answered else None,
            fault=fault,
            refusal=refusal.reason if refusal else "",
            retry_seconds=refusal.retry_seconds if refusal else None,
        )
        with self._lock:
            self._requests[request.number - 1] = done

    def ended(self, call: Call, how: str) -> None:
        """A stream is over."""
        with self._lock:
            self._streams.append(Stream(call.number, self._clock(), how))

    def denied(self, connection: int, method: str, refusal: Refusal) -> None:
        """A call was refused for who made it."""
        found = Denied(self._clock(), connection, method, refusal.reason, refusal.message)
        with self._lock:
            self._denied.append(found)

    def events(
        self, connections: tuple[Connection, ...] = (), expected: int | None = None
    ) -> Events:
        """All that came so far."""
        with self._lock:
            return Events(
                self._participant,
                self._started,
                self._clock(),
                tuple(self._requests),
                tuple(self._streams),
                connections,
                tuple(self._denied),
                frozenset(self._called),
                expected,
            )
