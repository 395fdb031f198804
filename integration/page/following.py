"""Follows the gateway: a thread that reads its subscription for good, over every loss of it."""

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from client import ExchangeClient, ExchangeError
from client.exchange import Subscription
from integration.halving import OUT_OF_RANGE
from yrd.exchange.v1.message_pb2 import Message
from yrd.exchange.v1.service_pb2 import Filter

logger = logging.getLogger(__name__)
RETRY_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Came:
    """Messages came; the gateway is there."""

    messages: Iterable[Message]
    caught_up: bool


@dataclass(frozen=True, slots=True)
class Lost:
    """The gateway can't be read, and why."""

    problem: str


class Follower:
    """Delivers what comes behind the offset where it begins, in the thread's own time. To be closed."""

    def __init__(
        self,
        client: ExchangeClient,
        types: Iterable[str],
        deliver: Callable[[Came | Lost], None],
        begin: Callable[[ExchangeClient], int] = lambda client: 0,
    ) -> None:
        self._client, self._deliver = client, deliver
        self._wanted = Filter(types=sorted(types))
        self._begin, self._offset = begin, -1
        self._ended = threading.Event()
        self._subscription: Subscription | None = None
        self._thread = threading.Thread(target=self._run, name="follower", daemon=True)

    def start(self) -> None:
        """Begins."""
        self._thread.start()

    def close(self) -> None:
        """Ends the stream and the thread."""
        self._ended.set()
        if self._subscription is not None:
            self._subscription.cancel()
        self._thread.join(5.0)

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                self._follow()
                problem = "the gateway ended the subscription"
            except ExchangeError as error:
                problem = str(error)
                if (
                    error.reason == OUT_OF_RANGE
                ):  # it has another store than before: all is read anew
                    self._offset = -1
            except Exception:  # a thread that ends unseen would leave a picture that stands still
                logger.exception("page_defect")
                problem = "a defect of this page; see its log"
            if not self._ended.is_set():
                logger.warning("gateway_lost", extra={"detail": problem})
                self._deliver(Lost(problem))
                self._ended.wait(RETRY_SECONDS)

    def _follow(self) -> None:
        if self._offset < 0:
            self._offset = self._begin(self._client)
        self._subscription = self._client.subscribe(after_offset=self._offset, wanted=self._wanted)
        if (
            self._ended.is_set()
        ):  # it was closed meanwhile, and nobody else ends what has just begun
            self._subscription.cancel()
            return
        for answer in self._subscription:
            if self._ended.is_set():
                return
            self._deliver(Came(answer.messages, answer.caught_up))
            self._offset = answer.offset
