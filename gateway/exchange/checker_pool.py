"""Checks small batches at once, large ones in processes of their own: checking is what costs most.

Where there are native steps, they find the drafts that are surely right, nearly all of them; only the others
are left. The processes start when the first large batch of these comes; until they are ready, and if there
are none, a thread checks. A batch that ends its process ends nothing else.
"""

import asyncio
import logging
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from gateway.errors import Unavailable
from gateway.exchange import check_process
from gateway.exchange.access import Caller
from gateway.exchange.checking import Checked, CheckedDraft, Checker
from gateway.exchange.native_check import NativeChecker
from gateway.exchange.salts import salts
from gateway.offload import SHORT_US, offload

logger = logging.getLogger(__name__)
DRAFT_US = 50
"""What checking a draft of a kilobyte takes."""
SURE_US = 8
"""What the native steps take for it."""
STOP_SECONDS = 5.0
RETRY_SECONDS = 5.0  # after a process that did not start


class ProcessLost(Exception):
    """A checking process has ended."""


class CheckerPool:
    """`size` processes; 0: none. `settings` is what check_process.settings gives."""

    def __init__(
        self,
        checker: Checker,
        settings: bytes,
        size: int,
        clock: Callable[[], float],
        native: NativeChecker | None = None,
    ) -> None:
        self._native = native
        self._checker, self._settings, self._size, self._clock = checker, settings, size, clock
        self._processes: list[_Process] = []
        self._idle: asyncio.Queue[_Process] = asyncio.Queue()
        self._starting: set[asyncio.Task[None]] = set()
        self._not_before = 0.0
        self._closed = False

    @property
    def ready(self) -> int:
        """Number of processes that check."""
        return len(self._processes)

    async def check(self, caller: Caller, drafts: Sequence[bytes]) -> list[Checked]:
        """One result for each serialised draft, in order. Raises Unavailable."""
        if self._native is None:
            return await self._check_all(caller, drafts)
        sure = await offload(SURE_US * len(drafts), self._find_sure, self._native, caller, drafts)
        unsure = [place for place, checked in enumerate(sure) if checked is None]
        asked = await self._check_all(caller, [drafts[at] for at in unsure]) if unsure else ()
        judged = iter(asked)
        return [next(judged) if checked is None else checked for checked in sure]

    def _find_sure(
        self, native: NativeChecker, caller: Caller, drafts: Sequence[bytes]
    ) -> list[CheckedDraft | None]:
        return native.check_all(caller, drafts, self._now())

    async def _check_all(self, caller: Caller, drafts: Sequence[bytes]) -> list[Checked]:
        microseconds = DRAFT_US * len(drafts)
        if microseconds > SHORT_US:
            self._start_missing()
            if self._processes:
                # a caller that gives up must not give a busy process back
                return await asyncio.shield(self._check_there(caller, drafts))
        return await offload(microseconds, self._check_here, caller, drafts)

    def _check_here(self, caller: Caller, drafts: Sequence[bytes]) -> list[Checked]:
        return self._checker.check_all(caller, drafts, self._now(), salts())

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)

    async def _check_there(self, caller: Caller, drafts: Sequence[bytes]) -> list[Checked]:
        process = await self._idle.get()
        try:
            checked = await asyncio.to_thread(process.check, caller, self._clock(), drafts)
        except ProcessLost as error:
            logger.error("checking_process_lost", extra={"detail": str(error)})
            self._processes.remove(process)
            self._start_missing()
            raise Unavailable(
                "checking was interrupted and nothing of the batch was stored: send it again"
            ) from None
        self._idle.put_nowait(process)
        return checked

    def _start_missing(self) -> None:
        missing = self._size - len(self._processes) - len(self._starting)
        if self._closed or time.monotonic() < self._not_before:
            return
        for _ in range(missing):
            task = asyncio.create_task(self._start())
            self._starting.add(task)
            task.add_done_callback(self._starting.discard)

    async def _start(self) -> None:
        try:
            process = await asyncio.to_thread(_Process, self._settings)
        except (ProcessLost, OSError) as error:
            self._not_before = time.monotonic() + RETRY_SECONDS
            # others may be waiting for a process
            asyncio.get_running_loop().call_later(RETRY_SECONDS, self._start_missing)
            logger.error("checking_process_failed", extra={"detail": str(error)})
            return
        self._processes.append(process)
        self._idle.put_nowait(process)

    async def close(self) -> None:
        """Ends the processes; no call may follow."""
        self._closed = True
        await asyncio.gather(*self._starting)
        for process in self._processes:
            await asyncio.to_thread(process.close)


class _Process:
    """One checking process. Used by one thread at a time."""

    def __init__(self, settings: bytes) -> None:
        self._connection, theirs = socket.socketpair()
        command = [sys.executable, "-m", check_process.__name__]
        with theirs:
            self._process = subprocess.Popen(command, stdin=theirs.fileno())
        self._ask(settings)
        self._answer()

    def check(self, caller: Caller, seconds: float, drafts: Sequence[bytes]) -> list[Checked]:
        """Checks there. Raises ProcessLost."""
        self._ask((caller.participant, caller.system, seconds, list(drafts)))
        return [check_process.unpack(values) for values in self._answer()]

    def _ask(self, question: object) -> None:
        """What it keeps of the question is gone before the answer comes."""
        with self._ending():
            check_process.send(self._connection, question)

    def _answer(self) -> list[tuple[object, ...]]:
        with self._ending():
            answer: list[tuple[object, ...]] = check_process.receive(self._connection)
        return answer

    @contextmanager
    def _ending(self) -> Iterator[None]:
        try:
            yield
        except (OSError, EOFError) as error:
            self.close()
            raise ProcessLost(f"exit status {self._process.returncode}: {error}") from None

    def close(self) -> None:
        """Closes the socket, which ends the process, and waits for it."""
        self._connection.close()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
