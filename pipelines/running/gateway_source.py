"""The live loop's ports on a gateway."""

import threading
import time
from collections.abc import Sequence
from typing import Any

from client import ExchangeClient, ExchangeError, Traces, connect, describe
from pipelines.facts.state import SUBJECTS
from pipelines.pictures.results import VIEWS
from pipelines.questions.objection_words import OBJECTION
from pipelines.running.config import LiveConfig
from pipelines.running.ports import Answer, Batch, FeedLost, Refused
from pipelines.running.waiting import Waiting
from yrd.exchange.v1.message_pb2 import Draft, Message
from yrd.exchange.v1.service_pb2 import Filter, PublishResult

GATHER_SECONDS = 0.3
ENOUGH = 200
"""Messages that are worth a step: a step costs as much for one."""
MOST_MESSAGES = 5000
_STALE = "REVISION_STALE"
_FOR_GOOD = frozenset(
    [
        "CONTRACT_VIOLATED",
        "MALFORMED_REQUEST",
        "MESSAGE_ID_REUSED",
        "MESSAGE_TOO_LARGE",
        "NOT_AUTHORITY",
        "TRANSITION_REFUSED",
    ]
)
"""What is wrong with the draft itself. A permission or a newer contract may come later."""


class Gateway:
    """Source and Publisher on one gateway. Several answers of the stream make one batch."""

    def __init__(self, config: LiveConfig, traces: Traces | None = None) -> None:
        self._channel = connect(config.address, config.ca, config.certificate, config.key)
        self._client = ExchangeClient(self._channel, traces=traces)
        self._answers = Waiting()
        self._subscription: Any = None
        self._offset = -1

    def close(self) -> None:
        """Ends the stream and the channel."""
        self._end()
        self._channel.close()

    def read(self, after_offset: int, timeout_seconds: float) -> Batch:
        """What waits, at once if that is ENOUGH; else with what comes within a moment of the first answer."""
        if self._subscription is None or self._offset != after_offset:
            self._begin(after_offset)
        messages: list[Message] = []
        deadline = time.monotonic() + timeout_seconds
        while len(messages) < MOST_MESSAGES:
            left = 0.0 if len(messages) >= ENOUGH else deadline - time.monotonic()
            answer = self._answers.take(left)
            if answer is None:
                break
            if isinstance(answer, ExchangeError):
                self._end()
                raise FeedLost(str(answer))
            if not messages and answer.messages:
                deadline = time.monotonic() + GATHER_SECONDS
            messages += answer.messages
            self._offset = answer.offset
        return Batch(messages, self._offset)

    def _begin(self, after_offset: int) -> None:
        self._end()
        self._offset = after_offset
        self._answers = Waiting()
        self._subscription = self._client.subscribe(
            after_offset=after_offset, wanted=Filter(types=sorted({*SUBJECTS, *VIEWS, OBJECTION}))
        )
        arguments = (self._subscription, self._answers)
        threading.Thread(target=_pump, args=arguments, daemon=True).start()

    def _end(self) -> None:
        if self._subscription is not None:
            self._answers.close()
            self._subscription.cancel()
            self._subscription = None

    def publish(self, drafts: Sequence[Draft]) -> list[Answer]:
        """One answer for each draft. Raises FeedLost where none came."""
        try:
            return [_answer(result) for result in self._client.publish(drafts)]
        except ExchangeError as error:
            raise FeedLost(str(error)) from None


def _answer(result: PublishResult) -> Answer:
    if not result.HasField("error"):
        return None
    refusal = describe(result.error)
    if refusal.reason == _STALE:
        return int(refusal.metadata["known_revision"])
    return Refused(str(refusal), refusal.reason in _FOR_GOOD)


def _pump(subscription: Any, answers: Waiting) -> None:
    try:
        for answer in subscription:
            if not answers.put(answer):
                return
        answers.put(ExchangeError("OK", "the gateway ended the subscription"))
    except ExchangeError as error:
        answers.put(error)
