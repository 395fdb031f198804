"""The gateway's messages, read and encoded ahead while a transaction is on its way."""

import queue
import threading
import time

from client import ExchangeClient, ExchangeError
from integration.kafka.errors import Away, BridgeError, Halted
from integration.kafka.place import Place
from integration.kafka.preparing import Preparing, Step
from yrd.exchange.v1.service_pb2 import Filter

ANSWER_MESSAGES = 1000
AHEAD = 8
"""Answers that are ready and wait."""
_AWAY = frozenset(
    ["UNAVAILABLE", "DEADLINE_EXCEEDED", "RESOURCE_EXHAUSTED", "CANCELLED", "UNKNOWN", "INTERNAL"]
)


def translated(error: ExchangeError) -> BridgeError:
    """What an error of the gateway means for a bridge."""
    if error.code in _AWAY:
        return Away(f"the gateway does not answer: {error}")
    return Halted(f"the gateway refuses: {error}; see the table of errors in docs/contract")


class Feed:
    """Steps behind a place, in order, each of at most so many messages; a context manager."""

    def __init__(
        self, client: ExchangeClient, place: Place, preparing: Preparing, most: int
    ) -> None:
        self._place, self._preparing = place, preparing
        self._steps: queue.Queue[tuple[Step, bool] | BridgeError] = queue.Queue(AHEAD)
        self._ended = threading.Event()
        self._subscription = client.subscribe(
            after_offset=place.offset,
            wanted=Filter(types=preparing.types),
            max_batch=min(ANSWER_MESSAGES, most),
        )
        self.caught_up = False
        self._thread = threading.Thread(target=self._run, name="feed", daemon=True)
        self._thread.start()

    def gather(self, messages: int, seconds: float, wait_seconds: float) -> Step | None:
        """What comes within `seconds` of a first step, up to so many; None if none comes at all.

        Raises Away or Halted.
        """
        step = self._next(wait_seconds)
        if step is None:
            return None
        records, dead = [*step.records], [*step.dead]
        deadline = time.monotonic() + seconds
        while len(records) < messages:
            more = self._next(max(0.0, deadline - time.monotonic()))
            if more is None:
                break
            step = more
            records += step.records
            dead += step.dead
        return Step(records, step.place, dead, step.received_seconds)

    def _next(self, seconds: float) -> Step | None:
        try:
            found = self._steps.get(timeout=seconds) if seconds else self._steps.get_nowait()
        except queue.Empty:
            return None
        if isinstance(found, BridgeError):
            raise found
        step, self.caught_up = found
        return step

    def _run(self) -> None:
        place = self._place
        try:
            for answer in self._subscription:
                step = self._preparing.step(answer.messages, answer.offset, place)
                place = step.place
                self._put((step, answer.caught_up))
                if self._ended.is_set():
                    return
            self._put(Away("the gateway ended the subscription"))
        except ExchangeError as error:
            self._put(translated(error))
        except Exception as error:  # a thread's failure belongs to who waits for it
            self._put(Halted(f"a defect: {error!r}; report it with the log"))
            raise

    def _put(self, item: tuple[Step, bool] | BridgeError) -> None:
        while not self._ended.is_set():
            try:
                self._steps.put(item, timeout=0.2)
                return
            except queue.Full:
                continue

    def __enter__(self) -> "Feed":
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._subscription.cancel()
        self._thread.join()
