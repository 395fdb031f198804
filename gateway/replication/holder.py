"""Gives participants back what is held here of their own logs."""

import asyncio
from collections.abc import AsyncIterator, Callable

from gateway.errors import NotPermitted
from gateway.log.checkpoint import log_origin
from gateway.log.instants import timestamp
from gateway.store.port import Entry, Head, LogReader
from gateway.store.writer import Writer
from yrd.exchange.v1.message_pb2 import SealedEntry
from yrd.exchange.v1.service_pb2 import GetHoldingResponse, RestoreResponse

READ = 500
PIECE_BYTES = 4 << 20


class Holder:
    """What this gateway holds for its peers."""

    def __init__(
        self, logs: LogReader, writer: Writer, version: str, clock: Callable[[], float]
    ) -> None:
        """`version` of this software and the `clock` (seconds) are told to whoever asks."""
        self._logs, self._writer = logs, writer
        self._version, self._clock = version, clock

    def holding(self, participant: str, log: str) -> GetHoldingResponse:
        """How far the participant's own log is held. Raises NotPermitted for any other log."""
        head = self._head(participant, log)
        return GetHoldingResponse(
            size=head.size,
            cosigned_checkpoint=head.checkpoint,
            version=self._version,
            time=timestamp(int(self._clock() * 1e6)),
        )

    async def restore(
        self, participant: str, log: str, start: int
    ) -> AsyncIterator[RestoreResponse]:
        """The participant's own log from `start` on, in pieces of at most 4 MiB, or of one entry.

        Raises NotPermitted for any other log.
        """
        head = self._head(participant, log)
        piece, room = RestoreResponse(start=start), PIECE_BYTES
        for first in range(start, head.size, READ):
            last = min(first + READ, head.size)
            for entry in await asyncio.to_thread(self._logs.entries, log, first, last):
                sealed = sealed_entry(entry)
                room -= sealed.ByteSize()
                if piece.entries and room < 0:
                    piece.cosigned_checkpoint = head.checkpoint
                    yield piece
                    piece = RestoreResponse(start=entry.sequence)
                    room = PIECE_BYTES - sealed.ByteSize()
                piece.entries.append(sealed)
        piece.cosigned_checkpoint = head.checkpoint
        yield piece

    def _head(self, participant: str, log: str) -> Head:
        own = log_origin(participant)
        if log != own:
            raise NotPermitted(
                f"{participant} may not have {log} given back: ask for {own}",
                participant=participant,
                system="gateway",
                action="restore",
            )
        return self._writer.head(log)


def sealed_entry(entry: Entry) -> SealedEntry:
    """An entry as it is held here."""
    if entry.leaf is None:
        return SealedEntry(leaf_hash=entry.hash)
    return SealedEntry(leaf=entry.leaf, disclosures=[part.data for part in entry.parts])
