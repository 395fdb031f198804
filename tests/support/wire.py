"""What leaves an origin for its peers, byte for byte, as it is handed to gRPC."""

from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Any

import pytest

from gateway.replication.origin import Origin
from yrd.exchange.v1.message_pb2 import SealedEntry
from yrd.exchange.v1.service_pb2 import ReplicateResponse


class Wire:
    """Records the answers of all origins in this process, by log and peer. TLS comes after it."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._sent: dict[tuple[str, str], list[bytes]] = defaultdict(list)
        serve, sent = Origin.serve, self._sent

        async def recorded(origin: Origin, peer: str, *rest: Any) -> AsyncIterator[bytes]:
            async for answer in serve(origin, peer, *rest):
                sent[origin._log, peer].append(answer)
                yield answer

        patch.setattr(Origin, "serve", recorded)

    def to(self, peer: str, log: str) -> bytes:
        """Everything that went to a peer of a log."""
        return b"".join(self._sent[log, peer])

    def entries(self, peer: str, log: str) -> dict[int, SealedEntry]:
        """Index → entry as it was sent to a peer, in its place or ahead of it; last one wins."""
        found: dict[int, SealedEntry] = {}
        for answer in self._sent[log, peer]:
            response = ReplicateResponse.FromString(answer)
            found.update(enumerate(response.batch.entries, response.batch.start))
            found.update({urgent.index: urgent.entry for urgent in response.urgent.entries})
        return found
