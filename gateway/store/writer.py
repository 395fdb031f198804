"""The one writer: jobs from everywhere, one durable commit for all that have come meanwhile.

It runs in a thread of its own. While the disk syncs, further jobs gather; so the more there is to
do, the larger the commits, and a sync is never paid for a single message under load.
"""

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from gateway.errors import GatewayError, Internal, Unavailable
from gateway.store.port import DoubtfulCommit, Head, Store, StoreError
from gateway.store.pulse import Pulse
from gateway.store.recent import RecentStandings
from gateway.store.refusal import refusal
from gateway.store.round import Round

logger = logging.getLogger(__name__)
Result = TypeVar("Result")
Result_co = TypeVar("Result_co", covariant=True)

ROUND_WEIGHT = 2000
ROUND_SECONDS = 0.005  # between the beginnings of two rounds, unless the second is full before
LAZY_SECONDS = 0.05


class Job(Protocol[Result_co]):
    """Something to be written. `weight` is about the number of entries.

    A lazy job may wait for others before it is committed.
    """

    @property
    def weight(self) -> int:
        """About the number of entries."""
        ...

    @property
    def lazy(self) -> bool:
        """Whether it may wait a little for company."""
        ...

    def stage(self, round_: Round) -> Result_co:
        """Adds to the round, or raises GatewayError without having added anything."""
        ...


@dataclass(slots=True)
class _Waiting(Generic[Result]):
    job: Job[Result]
    done: "asyncio.Future[Result]"
    result: Result | None = None
    error: GatewayError | None = None
    since: float = field(default_factory=time.monotonic)


class Writer:
    """Owns writing to a store. `finish` is called on each round before it is committed.

    `committed` is told how many seconds each commit took, in the writer's thread.
    """

    def __init__(
        self,
        store: Store,
        pulse: Pulse,
        now_us: Callable[[], int],
        finish: Callable[[Round], None],
        committed: Callable[[float], None] = lambda _seconds: None,
    ) -> None:
        self._store, self._pulse, self._now_us, self._finish = store, pulse, now_us, finish
        self._committed = committed
        self._loop = asyncio.get_running_loop()
        self._queue: deque[_Waiting[Any]] = deque()
        self._weight = self._urgent = 0  # sums over the queue
        self._began = 0.0
        self._wake = threading.Condition()
        self._stopping = False
        self._problem = ""
        self._doubtful: Round | None = None
        self._recent = RecentStandings()
        self.held: dict[str, str] = {}
        """Logs that take no entries for now, and why; replaced, never changed."""
        store.settle()
        self.heads: dict[str, Head] = store.heads()
        self.duties = 0
        """Duties that came since the start; who works them off need not ask the store."""
        self.last_offset = store.last_offset()
        self._thread = threading.Thread(target=self._run, name="writer")
        self._thread.start()

    @property
    def stopping(self) -> bool:
        """Whether the gateway is shutting down: streams are to end."""
        return self._stopping

    def begin_stop(self) -> None:
        """Takes no further jobs and ends the streams that wait for something new."""
        self._stopping = True
        self._pulse.beat()

    @property
    def problem(self) -> str:
        """Why nothing is accepted any more; empty if all is well."""
        return self._problem

    def hold(self, log: str, problem: str) -> None:
        """Lets a log take no further entries, and says why; everything else goes on."""
        self.held = {**self.held, log: problem}

    def release(self, log: str) -> None:
        """Lets a log take entries again."""
        self.held = {name: problem for name, problem in self.held.items() if name != log}

    def head(self, log: str) -> Head:
        """A log as committed."""
        return self.heads.get(log) or Head(log)

    async def submit(self, job: Job[Result]) -> Result:
        """Waits until the job is durable. Raises what the job raised, or Unavailable."""
        return await self.enqueue(job)

    def enqueue(self, job: Job[Result]) -> "asyncio.Future[Result]":
        """Puts a job behind those that were put before; the future is done once it is durable."""
        if self._problem or self._stopping:
            raise Unavailable(self._problem or "the gateway is shutting down; try again soon")
        waiting: _Waiting[Result] = _Waiting(job, self._loop.create_future())
        with self._wake:
            self._queue.append(waiting)
            self._count(waiting, 1)
            if len(self._queue) == 1 or self._urgent == 1 or self._weight >= ROUND_WEIGHT:
                self._wake.notify()
        return waiting.done

    def leave(self, job: Job[object]) -> None:
        """Puts a job that nobody waits for: it is good to have done, and no harm if it can't be."""
        if self._problem or self._stopping:
            return
        self.enqueue(job).add_done_callback(lambda done: done.cancelled() or done.exception())

    def _count(self, waiting: _Waiting[Any], sign: int) -> None:
        self._weight += sign * waiting.job.weight
        self._urgent += 0 if waiting.job.lazy else sign

    def stop_accepting(self, problem: str) -> None:
        """Refuses everything from now on; what is stored can still be read."""
        self._problem = self._problem or problem
        # whoever waits for news of the store, the health service among them, is to hear of it
        self._loop.call_soon_threadsafe(self._pulse.beat)

    def stop(self) -> None:
        """Writes what was submitted, then ends the thread."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        self._thread.join()

    def _run(self) -> None:
        while batch := self._take():
            self._commit(batch)
            self._loop.call_soon_threadsafe(self._settle, batch)
            self._tidy()

    def _tidy(self) -> None:
        """What was committed stays committed; but a disk that fails here is not to be trusted either."""
        if self._problem:
            return
        try:
            self._store.tidy()
        except StoreError as error:
            self._failed(error)

    def _take(self) -> list[_Waiting[Any]]:
        """The next round's jobs; empty when stopping and all is done."""
        with self._wake:
            while not self._queue and not self._stopping:
                self._wake.wait()
            while (patience := self._patience()) > 0:
                self._wake.wait(patience)
            self._began = time.monotonic()
            batch: list[_Waiting[Any]] = []
            weight = 0
            while self._queue and (not batch or weight + self._queue[0].job.weight <= ROUND_WEIGHT):
                batch.append(self._queue.popleft())
                self._count(batch[-1], -1)
                weight += batch[-1].job.weight
            return batch

    def _patience(self) -> float:
        """Seconds that the queue may still wait for company."""
        if self._stopping or self._weight >= ROUND_WEIGHT:
            return 0.0
        due = self._began + ROUND_SECONDS
        if not self._urgent:
            due = max(due, self._queue[0].since + LAZY_SECONDS)
        return due - time.monotonic()

    def _commit(self, batch: list[_Waiting[Any]]) -> None:
        if self._problem:  # they were put in the queue before it was known
            for waiting in batch:
                waiting.error = Unavailable(self._problem)
            return
        try:
            self._commit_round(batch)
        except StoreError as error:
            self._fail(batch, error)
        except Exception:
            # the thread must live on: everyone waits for it
            logger.exception("commit_failed")
            for waiting in batch:
                waiting.error = Internal("the gateway failed; its log has the details")

    def _commit_round(self, batch: list[_Waiting[Any]]) -> None:
        self._resolve()
        now_us, recent = self._now_us(), self._recent
        round_ = Round(self.heads, self.last_offset, now_us, self._store, self.held, recent)
        for waiting in batch:
            try:
                waiting.result = waiting.job.stage(round_)
            except GatewayError as error:
                waiting.error = error
        if round_.change.empty():
            return
        self._finish(round_)
        began = time.monotonic()
        try:
            self._store.commit(round_.change)
        except DoubtfulCommit:
            self._doubtful = round_
            if not self._resolve():
                raise
        else:
            self._made(round_)
            self._committed(time.monotonic() - began)

    def _resolve(self) -> bool:
        """Whether the round that was in doubt, if there is one, turns out to be made.

        Nothing is written before that is known. Raises StoreError while it can't be.
        """
        if self._doubtful is None:
            return False
        made, round_ = self._store.made(), self._doubtful
        self._doubtful = None
        if made:
            self._made(round_)
        return made

    def _made(self, round_: Round) -> None:
        round_.committed()
        self.heads, self.last_offset = round_.heads(), round_.last_offset
        self.duties += len(round_.change.upkeep.duties)

    def _fail(self, batch: list[_Waiting[Any]], error: StoreError) -> None:
        self._failed(error)
        told = refusal(error)
        for waiting in batch:
            waiting.error = told

    def _failed(self, error: StoreError) -> None:
        logger.error("store_failed", extra={"detail": str(error), "lasting": error.lasting})
        if error.lasting:
            self.stop_accepting(f"stopped accepting: {error}; {error.remedy}")

    def _settle(self, batch: list[_Waiting[Any]]) -> None:
        for waiting in batch:
            if waiting.done.cancelled():
                continue
            if waiting.error is not None:
                waiting.done.set_exception(waiting.error)
            else:
                waiting.done.set_result(waiting.result)
        self._pulse.beat()
