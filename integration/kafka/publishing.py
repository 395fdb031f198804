"""Drafts to the gateway: each is durable or refused for good in the end, or the gateway is away."""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from client import ExchangeClient, ExchangeError, describe
from gateway.log.wire_form import prefix
from integration.kafka.dead_letters import Refusal
from integration.kafka.errors import Away, Halted
from yrd.exchange.v1.service_pb2 import PublishRequest, PublishResult

MOST_BYTES = 8 << 20
"""Of drafts in a call, unless one alone is larger."""
PAUSE_SECONDS = 0.2
_DRAFTS = PublishRequest.DRAFTS_FIELD_NUMBER
_LATER = frozenset(["QUOTA_EXCEEDED", "UNAVAILABLE", "DATA_LOSS", "INTERNAL"])
_LATER_CODES = frozenset(["UNAVAILABLE", "DEADLINE_EXCEEDED", "CANCELLED", "UNKNOWN", "INTERNAL"])
_NOT_US = frozenset(["UNAUTHENTICATED", "PERMISSION_DENIED"])


@dataclass(frozen=True, slots=True)
class Later:
    """No answer yet, which does not lie with the draft."""

    why: str
    seconds: float


Answer = Refusal | Later | None
"""None: it is durable."""


class Publisher:
    """Publishes batches in order. `seconds`: how long nothing may go forward."""

    def __init__(self, client: ExchangeClient, seconds: float) -> None:
        self._client, self._seconds = client, seconds

    def publish(self, drafts: Iterable[bytes]) -> list[Refusal | None]:
        """For each draft, serialised, why it was refused, or None once it is durable.

        Raises Away or Halted.
        """
        return [answer for part in by_bytes(drafts) for answer in self._settled(part)]

    def _settled(self, drafts: Sequence[bytes]) -> list[Refusal | None]:
        """Asks until none is left for later. A repeat is safe: a gateway knows a message by its id."""
        answers = self._ask(drafts)
        deadline = time.monotonic() + self._seconds
        while waiting := [n for n, answer in enumerate(answers) if isinstance(answer, Later)]:
            later = [answer for answer in answers if isinstance(answer, Later)]
            if time.monotonic() > deadline:
                raise Away(f"the gateway does not take drafts: {later[0].why}")
            time.sleep(max(answer.seconds for answer in later))
            again = self._ask([drafts[number] for number in waiting])
            for number, answer in zip(waiting, again, strict=True):
                answers[number] = answer
            if any(not isinstance(answer, Later) for answer in again):
                deadline = time.monotonic() + self._seconds
        return [answer for answer in answers if not isinstance(answer, Later)]

    def _ask(self, drafts: Sequence[bytes]) -> list[Answer]:
        """One call; where the call as a whole is refused, one for each draft."""
        try:
            results = self._client.publish_serialised(request_of(drafts))
            return [_answer(result) for result in results]
        except ExchangeError as error:
            if _later(error):
                return [_wait(error)] * len(drafts)
            if error.code in _NOT_US:
                raise Halted(
                    f"the gateway refuses: {error}; the bridge's system needs a certificate of this "
                    "participant and the role publisher"
                ) from None
            if len(drafts) == 1:
                return [_refusal(error)]
        return [answer for draft in drafts for answer in self._ask([draft])]


def request_of(drafts: Sequence[bytes]) -> bytes:
    """A PublishRequest with drafts that are serialised: nothing is copied into an object."""
    return b"".join([prefix(_DRAFTS, len(draft)) + draft for draft in drafts])


def by_bytes(drafts: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Parts in order, each small enough for a call."""
    part: list[bytes] = []
    size = 0
    for draft in drafts:
        more = len(draft)
        if part and size + more > MOST_BYTES:
            yield part
            part, size = [], 0
        part.append(draft)
        size += more
    if part:
        yield part


def _answer(result: PublishResult) -> Answer:
    if not result.HasField("error"):
        return None
    error = describe(result.error)
    return _wait(error) if _later(error) else _refusal(error)


def _later(error: ExchangeError) -> bool:
    """Whether it lies with the gateway or the way to it, and not with the draft."""
    return error.reason in _LATER or (not error.reason and error.code in _LATER_CODES)


def _wait(error: ExchangeError) -> Later:
    return Later(str(error), error.retry_seconds or PAUSE_SECONDS)


def _refusal(error: ExchangeError) -> Refusal:
    return Refusal((error.reason or error.code).lower(), str(error), error.fields)
