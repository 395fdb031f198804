"""What is noted of batches of drafts: how they were answered, and what follows messages, if anything does."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gateway.exchange.publish import Outcome
from gateway.server.tally import Tally
from gateway.tracing import Noticed, Traces


@dataclass(frozen=True, slots=True)
class Batches:
    """Counts answers; tells who traces."""

    tally: Tally
    traces: Traces | None = None

    def came(self, drafts: Sequence[bytes]) -> Noticed | None:
        """Drafts have come; what is to be remembered of them."""
        return self.traces.notice(drafts) if self.traces else None

    def answered(self, context: Any, noticed: Noticed | None, outcomes: Sequence[Outcome]) -> None:
        """They have their answers; the context is that of their call."""
        self.tally.answered(outcomes)
        if self.traces and noticed:
            self.traces.accepted(context.invocation_metadata() or (), noticed, outcomes)
