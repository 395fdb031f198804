"""What the live loop needs from the world."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from yrd.exchange.v1.message_pb2 import Draft, Message


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages, and the offset up to which the feed has now been read."""

    messages: Sequence[Message]
    offset: int


class Source(Protocol):
    """A feed of messages in a fixed order."""

    def read(self, after_offset: int, timeout_seconds: float) -> Batch:
        """What lies behind the offset; empty, with the same offset, if nothing came in time.

        Raises FeedLost if the feed can't be read for now.
        """
        ...


@dataclass(frozen=True, slots=True)
class Refused:
    """A result that the gateway does not take, and why. `for_good`: not later either."""

    reason: str
    for_good: bool


Answer = int | Refused | None
"""None: durable. A number: the revision that is known, where the draft's own is stale."""


class Publisher(Protocol):
    """Publishes results; a repeat of the same draft is harmless."""

    def publish(self, drafts: Sequence[Draft]) -> list[Answer]:
        """One answer for each draft.

        Raises FeedLost if that can't be said for now.
        """
        ...


class FeedLost(Exception):
    """The gateway can't be reached, or refuses; the text says why. Worth another try."""
