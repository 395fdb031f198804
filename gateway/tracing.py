"""Who follows messages through a gateway, if anyone does: told of batches once they are durable."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from gateway.exchange.publish import Outcome
from gateway.replication.mirror import Mirrored

Metadata = Iterable[tuple[str, str | bytes]]


@dataclass(frozen=True, slots=True)
class Noticed:
    """What is kept of a batch until it is durable: when it came (nanoseconds since 1970), and what its
    drafts say of their traces (header.traceparent by the draft's place in the batch)."""

    began_ns: int
    traceparents: Mapping[int, str]


class Traces(Protocol):
    """Chooses for itself which messages to follow. Raises nothing, and takes little time."""

    def notice(self, drafts: Sequence[bytes]) -> Noticed:
        """Drafts have come."""
        ...

    def accepted(self, metadata: Metadata, noticed: Noticed, outcomes: Sequence[Outcome]) -> None:
        """They have their answers; `metadata` is that of the call."""
        ...

    def mirrored(self, mirrored: Mirrored, began_ns: int) -> None:
        """A batch of a peer's log is stored."""
        ...
