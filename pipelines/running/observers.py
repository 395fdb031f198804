"""Who looks at a live pipeline: what it counts, and who follows messages through it, if anyone does."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from pipelines.running.metrics import Meter
from yrd.exchange.v1.message_pb2 import Draft, Message

if TYPE_CHECKING:
    import client


class Traces(Protocol):
    """Follows messages into the picture. Chooses for itself which."""

    def taking_in(self, messages: Sequence[Message]) -> AbstractContextManager[None]:
        """Around the work on a batch."""
        ...

    def publishing(self, results: Sequence[Draft]) -> AbstractContextManager[None]:
        """Around the publishing of results, which rest on what was taken in."""
        ...


class Untraced:
    """Nobody does."""

    def taking_in(self, messages: Sequence[Message]) -> AbstractContextManager[None]:
        """Nothing."""
        return nullcontext()

    def publishing(self, results: Sequence[Draft]) -> AbstractContextManager[None]:
        """Nothing."""
        return nullcontext()


@dataclass(frozen=True, slots=True)
class Observers:
    """Those of one pipeline. `calls` follows its calls of the gateway."""

    meter: Meter = field(default_factory=Meter)
    traces: Traces = field(default_factory=Untraced)
    calls: client.Traces | None = None
