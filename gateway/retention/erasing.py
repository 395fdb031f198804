"""Destroying: one commit, then nothing in memory and nothing in the files has it any more."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gateway.errors import RevisionStale
from gateway.exchange.checking import CheckedDraft
from gateway.exchange.sealing_own import seal_own
from gateway.store.retained import DutyReader
from gateway.store.round import Round
from gateway.store.upkeep import Erased, Findings
from gateway.store.writer import Writer

logger = logging.getLogger(__name__)

Forget = Callable[[frozenset[int]], None]
"""Drops what a cache has of the entries at these offsets."""

SCRUBS, SCRUB_PAUSE_SECONDS = 20, 0.1


@dataclass(frozen=True, slots=True)
class EraseJob:
    """Destroys disclosures of one log and seals the message that says so, in one commit.

    `parts` are (offset, group), `notice` the 16 bytes of the notice's id; `done` is the duty that this
    fulfils (0: none).
    """

    participant: str
    log: str
    parts: Sequence[tuple[int, str]]
    notice: bytes
    checked: CheckedDraft
    done: int = 0
    lazy: bool = False

    @property
    def weight(self) -> int:
        """About the number of entries."""
        return 1 + len(self.parts)

    @property
    def offsets(self) -> frozenset[int]:
        """Of the entries whose disclosures it destroys."""
        return frozenset(offset for offset, _ in self.parts)

    def stage(self, round_: Round) -> None:
        """Seals and destroys. Raises what refuses the message; then nothing was added."""
        try:
            seal_own(round_, self.participant, self.checked)
        except RevisionStale:
            if not self.done:
                raise
            # a duty that came again with a log that was mirrored anew: it is confirmed already
        round_.erase(self.log, [Erased(o, g, round_.now_us, self.notice) for o, g in self.parts])
        if self.done:
            round_.change.upkeep.done.append(self.done)


@dataclass(frozen=True, slots=True)
class TermOverJob:
    """Destroys disclosures of a peer's log whose term is over, and notes the clauses."""

    log: str
    erased: Sequence[Erased]
    lazy: bool = False

    @property
    def weight(self) -> int:
        """About the number of entries."""
        return len(self.erased)

    @property
    def offsets(self) -> frozenset[int]:
        """Of the entries whose disclosures it destroys."""
        return frozenset(erased.offset for erased in self.erased)

    def stage(self, round_: Round) -> None:
        """Destroys."""
        round_.erase(self.log, self.erased)


@dataclass(frozen=True, slots=True)
class RefuseJob:
    """Ends a duty of which nothing is done."""

    done: int
    lazy: bool = True
    weight: int = 1

    def stage(self, round_: Round) -> None:
        """Ends it."""
        round_.change.upkeep.done.append(self.done)


@dataclass(frozen=True, slots=True)
class FindingsJob:
    """Keeps what was found in the logs."""

    findings: Findings
    lazy: bool = True
    weight: int = 1

    def stage(self, round_: Round) -> None:
        """Keeps it."""
        round_.change.upkeep.findings = self.findings


class Eraser:
    """Destroys, and sees to it that no copy stays behind in this gateway."""

    def __init__(self, writer: Writer, store: DutyReader, forget: Sequence[Forget]) -> None:
        self._writer, self._store, self._forget = writer, store, tuple(forget)

    async def erase(self, job: EraseJob | TermOverJob) -> None:
        """Durable and forgotten on return. Not to be cancelled. Raises GatewayError."""
        await self._writer.submit(job)
        if job.offsets:
            for forget in self._forget:
                await asyncio.to_thread(forget, job.offsets)

    async def scrub(self) -> bool:
        """Empties the write-ahead log, where older pages lie. False if readers would not let go."""
        for _ in range(SCRUBS):
            if await asyncio.to_thread(self._store.scrub):
                return True
            if self._writer.stopping:
                break
            await asyncio.sleep(SCRUB_PAUSE_SECONDS)
        logger.error(
            "write_ahead_log_in_use",
            extra={"detail": "something reads the store all the time; run retention again"},
        )
        return False
