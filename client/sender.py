"""Sends drafts one by one without paying for each alone.

While a batch is on its way, further drafts gather for the next one: a draft that comes alone leaves at
once, and the more there are, the larger the batches grow by themselves.
"""

import threading
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from types import TracebackType
from typing import NamedTuple, Self

import grpc

from client.errors import ExchangeError, from_call
from yrd.exchange.v1 import service_pb2 as pb
from yrd.exchange.v1 import service_pb2_grpc as rpc
from yrd.exchange.v1.message_pb2 import Draft

MOST_DRAFTS = 500
MOST_BYTES = 4 << 20
WINDOW = 2
"""Batches on their way at once: one that the gateway checks while the one before is written."""
GATHER_SECONDS, GATHERED = 0.007, 100
"""From one batch to the next, unless so many drafts wait: each costs both ends, and every follower."""
FEW = 3
"""A batch of so few drafts is no stream of them: behind it the next leaves as soon as it is answered."""
PAUSE_SECONDS = 0.2
RETRIED = frozenset({"UNAVAILABLE", "CANCELLED", "RESOURCE_EXHAUSTED"})


class _Waiting(NamedTuple):
    draft: Draft
    size: int
    done: "Future[pb.PublishResult]"


class Sender:
    """Publishes drafts in the order in which they are given, over one stream; a context manager.

    A stream that breaks is opened again for as long as `retry_seconds` allow, and what was not answered is
    sent again: a gateway knows a message by its message_id, so nothing is there twice. Safe from any
    thread. At most `capacity` drafts wait; `send` blocks while there are so many.
    """

    def __init__(
        self, stub: rpc.ExchangeServiceStub, retry_seconds: float, capacity: int = 10_000
    ) -> None:
        self._stub = stub
        self._retry_seconds = retry_seconds
        self._room = threading.Semaphore(capacity)
        self._changed = threading.Condition()
        self._waiting: deque[_Waiting] = deque()
        self._sent: deque[list[_Waiting]] = deque()
        self._left, self._size = 0.0, 0  # when the last batch left, and how many drafts it had
        self._closing = False
        # the requests of a stream that broke end once there is a newer one
        self._stream = self._written = self._answered = 0
        self._thread = threading.Thread(target=self._run, name="sender", daemon=True)
        self._thread.start()

    def send(self, draft: Draft) -> "Future[pb.PublishResult]":
        """The result, once the draft is durable or refused. Its exception is an ExchangeError."""
        done: Future[pb.PublishResult] = Future()
        self._room.acquire()
        with self._changed:
            if self._closing:
                self._room.release()
                raise ValueError("the sender is closed: make a new one")
            self._waiting.append(_Waiting(draft, draft.ByteSize(), done))
            if len(self._waiting) == 1 or self._may_go():  # else a time or an answer is waited for
                self._changed.notify_all()
        return done

    def close(self) -> None:
        """Waits until everything that was given is answered."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _run(self) -> None:
        with self._changed:  # there is nothing to be told of before
            self._changed.wait_for(lambda: self._waiting or self._closing)
            if not self._waiting:
                return
        give_up = time.monotonic() + self._retry_seconds
        while True:
            before = self._answered
            try:
                self._follow()
                return
            except grpc.RpcError as error:
                told = from_call(error)
            now = time.monotonic()
            if self._answered > before:
                give_up = now + self._retry_seconds
            if told.code not in RETRIED or now > give_up:
                self._fail(told)
                return
            time.sleep(told.retry_seconds or PAUSE_SECONDS)

    def _follow(self) -> None:
        """One stream to its end; begins with what was not answered. Raises grpc.RpcError."""
        with self._changed:
            self._stream, self._written = self._stream + 1, 0
        for response in self._stub.PublishStream(self._requests(self._stream)):
            with self._changed:
                batch = self._sent.popleft()
                self._written -= 1
                self._answered += 1
                self._changed.notify_all()
            for waiting, result in zip(batch, response.results, strict=True):
                waiting.done.set_result(result)
            self._room.release(len(batch))

    def _requests(self, stream: int) -> Iterator[pb.PublishStreamRequest]:
        while batch := self._batch(stream):
            yield pb.PublishStreamRequest(drafts=[waiting.draft for waiting in batch])

    def _batch(self, stream: int) -> list[_Waiting]:
        """The next batch for a stream; empty when there is none to come, or the stream has broken."""
        with self._changed:
            while self._stream == stream and not self._may_go():
                self._changed.wait(self._patience())
            if self._stream != stream:
                return []
            if self._written == len(self._sent):
                batch = self._next()
                if not batch:
                    return []
                self._sent.append(batch)
            self._written += 1
            return self._sent[self._written - 1]

    def _may_go(self) -> bool:
        if self._written < len(self._sent) or self._closing:
            return True
        if not self._waiting or len(self._sent) >= WINDOW:
            return False
        alone = not self._sent and self._size <= FEW
        return alone or len(self._waiting) >= GATHERED or self._patience() == 0.0

    def _patience(self) -> float | None:
        """Seconds that what waits may gather; None if nothing does, or only an answer lets it go."""
        if not self._waiting or len(self._sent) >= WINDOW:
            return None
        return max(0.0, self._left + GATHER_SECONDS - time.monotonic())

    def _next(self) -> list[_Waiting]:
        """What is waiting, up to a batch; empty when closing and all is sent."""
        batch: list[_Waiting] = []
        size, self._left = 0, time.monotonic()
        while self._waiting and len(batch) < MOST_DRAFTS and size < MOST_BYTES:
            batch.append(self._waiting.popleft())
            size += batch[-1].size
        self._size = len(batch)
        return batch

    def _fail(self, error: ExchangeError) -> None:
        with self._changed:
            self._closing = True
            self._stream += 1
            left = [waiting for batch in self._sent for waiting in batch] + list(self._waiting)
            self._sent.clear()
            self._waiting.clear()
            self._changed.notify_all()
        for waiting in left:
            waiting.done.set_exception(error)
        self._room.release(len(left) or 1)
