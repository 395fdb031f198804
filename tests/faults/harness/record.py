"""The harness's own record: what was sent, what was acknowledged and when, what readers were given.

Times are of the monotonic clock, in seconds.
"""

import threading
import time
from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.faults.harness.entitlement import Kind


class Acknowledged(NamedTuple):
    """What a gateway said of a message that it accepted."""

    sequence: int
    leaf_hash: bytes
    sealed_us: int


@dataclass(slots=True)
class Sent:
    """A draft that was sent at least once. While `answer` is None, nobody knows whether it is stored."""

    message_id: str
    kind: Kind
    urgent: bool
    sent_at: float
    """When the call began that was answered, or the last one."""
    expires: float = 0.0
    """When it is over, in seconds since 1970; 0: never."""
    answer: Acknowledged | None = None
    acknowledged_at: float = 0.0


class Refusal(NamedTuple):
    """An answer other than an acknowledgement: to one draft, or to a whole call."""

    origin: str
    code: str
    reason: str
    message: str
    retry_seconds: float | None
    sent_at: float


class Delivered(NamedTuple):
    """A message as a reader got it. `parts`: those whose secret text is in it (entitlement.py);
    `expired`: it is marked as one that was over when it came.
    """

    offset: int
    message_id: str
    kind: Kind
    sequence: int
    urgent: bool
    parts: frozenset[str]
    expired: bool = False


@dataclass(slots=True)
class Connection:
    """What a reader with a durable cursor got without a break, behind an offset that it has acknowledged
    or has got before on the same connection.
    """

    behind: int
    deliveries: list[Delivered] = field(default_factory=list)


class Record:
    """Everything that publishers were told. Safe from any thread."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.sent: dict[str, Sent] = {}
        self.order: dict[str, list[Sent]] = {}
        """By origin, in the order of the acknowledgements."""
        self.refusals: list[Refusal] = []
        self.problems: list[str] = []
        self._batches: Counter[str] = Counter()

    def sending(self, drafts: Iterable[Sent]) -> None:
        """A call with these begins."""
        with self.changed:
            for draft in drafts:
                known = self.sent.setdefault(draft.message_id, draft)
                if known.answer is None:
                    known.sent_at = draft.sent_at

    def acknowledge(self, message_id: str, answer: Acknowledged) -> None:
        """A gateway has said so; also again, of a message that was sent again."""
        with self.changed:
            sent = self.sent[message_id]
            if sent.answer is None:
                sent.answer, sent.acknowledged_at = answer, time.monotonic()
                self.order.setdefault(sent.kind.origin, []).append(sent)
            elif sent.answer != answer:
                self.problems.append(f"{message_id} was answered {sent.answer}, later {answer}")

    def refused(self, refusal: Refusal) -> None:
        """A gateway has not accepted something, or could not be reached."""
        with self.changed:
            self.refusals.append(refusal)
            self.changed.notify_all()

    def batch_done(self, origin: str) -> None:
        """A publisher knows of a whole batch what became of it."""
        with self.changed:
            self._batches[origin] += 1
            self.changed.notify_all()

    def batches(self, origin: str) -> int:
        """Batches done so far."""
        return self._batches[origin]

    def over_at(self, moment: float, origins: Container[str]) -> set[str]:
        """Ids of what these have sent and is over at that time, in seconds since 1970."""
        with self.changed:
            return {
                message_id
                for message_id, sent in self.sent.items()
                if 0 < sent.expires <= moment and sent.kind.origin in origins
            }

    def refusals_of(self, origin: str, since: float) -> list[Refusal]:
        """Refusals of calls that began after a moment."""
        with self.changed:
            return [r for r in self.refusals if r.origin == origin and r.sent_at >= since]

    def acknowledged_between(self, origin: str, begin: float, end: float) -> list[Sent]:
        """What was both sent and acknowledged in that time."""
        with self.changed:
            return [
                sent
                for sent in self.order.get(origin, ())
                if sent.sent_at >= begin and sent.acknowledged_at <= end
            ]
