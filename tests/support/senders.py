"""Senders of drafts: careful ones as a province should have, and drafts for tests of senders."""

import time
from collections.abc import Sequence
from typing import Any

from client import ExchangeClient, ExchangeError, describe
from tests.support.builders import draft, incident_body
from yrd.exchange.v1.message_pb2 import Draft
from yrd.exchange.v1.service_pb2 import PublishResult

FIRST_PAUSE, LONGEST_PAUSE = 0.02, 0.5


def drafts(count: int, **changes: Any) -> list[Draft]:
    """Good drafts in mode TEST, each about an entity of its own."""
    return [numbered(number, **changes) for number in range(count)]


def numbered(number: int, **changes: Any) -> Draft:
    """The good draft of that number."""
    body = incident_body(title=f"内涝 {number}")
    header = {"entity": f"310000/flood/{number}", "mode": "MODE_TEST"} | changes
    return draft(body, **header)


class Careful:
    """Keeps every draft until it knows what became of it; waits before it tries again."""

    def __init__(self, client: ExchangeClient, batch: int = 4) -> None:
        self._client, self._batch = client, batch
        self._pause = FIRST_PAUSE
        self.accepted: list[str] = []
        self.set_aside: list[str] = []

    def send(self, pending: Sequence[Draft]) -> None:
        """By calls of Publish."""
        while pending:
            batch = pending[: self._batch]
            try:
                results = self._client.publish(batch)
            except ExchangeError as error:
                self._wait(error)
                continue
            self._settle(batch, results)
            pending = pending[len(batch) :]

    def send_on_streams(self, pending: Sequence[Draft]) -> None:
        """By PublishStream; what is unanswered when one breaks goes onto the next."""
        while pending:
            batches = [pending[at : at + self._batch] for at in range(0, len(pending), self._batch)]
            answered = 0
            try:
                for batch, results in zip(
                    batches, self._client.publish_stream(batches), strict=True
                ):
                    self._settle(batch, results)
                    answered += len(batch)
            except ExchangeError as error:
                self._wait(error)
            pending = pending[answered:]

    def _settle(self, batch: Sequence[Draft], results: Sequence[PublishResult]) -> None:
        self._pause = FIRST_PAUSE
        for sent, result in zip(batch, results, strict=True):
            refused = result.HasField("error")
            assert not (refused and describe(result.error).retry_seconds)
            (self.set_aside if refused else self.accepted).append(sent.header.message_id)

    def _wait(self, error: ExchangeError) -> None:
        time.sleep(max(self._pause, error.retry_seconds or 0))
        self._pause = min(2 * self._pause, LONGEST_PAUSE)
