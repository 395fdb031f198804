"""What a gateway received lately, and which proposals stand: folded from its messages."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from client import ExchangeClient
from schemas.catalog import type_name
from yrd.exchange.v1.message_pb2 import Message, Mode
from yrd.exchange.v1.service_pb2 import Filter

LOOK_BACK = 1000
"""Entries, newest first, in which modes and the newest of each participant are looked for."""
PROPOSAL = "yrd.situation.v1.AidProposal"


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest message of one participant."""

    origin: str
    time: datetime
    """When it came in here."""
    type: str
    mode: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """Help that is proposed and not withdrawn."""

    entity_id: str
    beneficiary: str
    lines: int
    as_of: datetime
    exercise: str
    """Name of the exercise; empty if it is real."""


@dataclass(slots=True)
class Feed:
    """Takes messages in the order in which they were received, and repeats."""

    newest: dict[str, Newest] = field(default_factory=dict)
    exercises: dict[str, datetime] = field(default_factory=dict)
    """Exercises of which something came lately, and when the last."""
    offset: int = 0
    _proposals: dict[tuple[str, str], Message] = field(default_factory=dict)

    def take(self, messages: Iterable[Message]) -> None:
        """Takes them in."""
        for message in messages:
            head, time = message.header, message.receipt.received_time.ToDatetime(UTC)
            mode = Mode.Name(head.mode).removeprefix("MODE_")
            origin = message.stamp.origin
            self.newest[origin] = Newest(origin, time, type_name(message) or "", mode)
            if head.exercise_id:
                self.exercises[head.exercise_id] = time
            self.offset = max(self.offset, message.receipt.offset)

    def propose(self, messages: Iterable[Message]) -> None:
        """Takes proposals in: the newest revision of each counts."""
        for message in messages:
            key = message.header.exercise_id, message.header.entity_id
            known = self._proposals.get(key)
            if known is None or known.header.revision < message.header.revision:
                self._proposals[key] = message

    @property
    def proposals(self) -> list[Proposal]:
        """Those that stand, newest last."""
        return sorted(self._standing(), key=lambda one: one.as_of)

    def _standing(self) -> Iterator[Proposal]:
        for (exercise, entity), message in self._proposals.items():
            body = message.aid_proposal
            if not body.withdrawn:
                as_of = body.as_of_time.ToDatetime(UTC)
                yield Proposal(entity, body.beneficiary, len(body.lines), as_of, exercise)


def follow(client: ExchangeClient, feed: Feed, last_offset: int) -> None:
    """Reads what came since the last look, or lately. Raises ExchangeError."""
    first = not feed.offset
    after = max(feed.offset, last_offset - LOOK_BACK)
    if first:
        feed.propose(client.messages(Filter(types=[PROPOSAL])))
    with client.subscribe(after_offset=max(0, after), until_caught_up=True) as batches:
        for batch in batches:
            feed.take(batch.messages)
            feed.propose(m for m in batch.messages if m.HasField("aid_proposal"))
            feed.offset = max(feed.offset, batch.offset)
