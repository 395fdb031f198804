"""Answers of a subscription that wait to be read: so many messages at most, whatever is in an answer."""

import threading
from collections import deque

from client import ExchangeError
from yrd.exchange.v1.service_pb2 import SubscribeResponse

Answer = SubscribeResponse | ExchangeError
MOST_WAITING = 10_000


class Waiting:
    """One thread puts answers in, another takes them out in order."""

    def __init__(self) -> None:
        self._answers: deque[Answer] = deque()
        self._messages = 0
        self._closed = False
        self._changed = threading.Condition()

    def put(self, answer: Answer) -> bool:
        """Waits for room. Says whether anyone still reads."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._messages < MOST_WAITING)
            self._answers.append(answer)
            self._messages += _messages(answer)
            self._changed.notify_all()
            return not self._closed

    def take(self, timeout_seconds: float) -> Answer | None:
        """The next one; None if none came in time."""
        with self._changed:
            self._changed.wait_for(lambda: bool(self._answers), max(0.0, timeout_seconds))
            if not self._answers:
                return None
            answer = self._answers.popleft()
            self._messages -= _messages(answer)
            self._changed.notify_all()
            return answer

    def close(self) -> None:
        """Nobody reads any more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()


def _messages(answer: Answer) -> int:
    return len(answer.messages) if isinstance(answer, SubscribeResponse) else 0
