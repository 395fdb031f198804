"""Destroying what peers gave under clauses whose terms are over (保存期限届满).

Of peers' messages nothing else is destroyed without their notice (duties.py). The message, its hash and
the digests of what is gone stay; the store notes clause, version of the agreement and time.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol
from uuid import UUID

from gateway.errors import Unavailable
from gateway.log.checkpoint import log_origin
from gateway.retention.clauses import Kept, has_terms, kept
from gateway.retention.erasing import Eraser, TermOverJob
from gateway.sharing.decide import Timeline
from gateway.store.activations import activations_said
from gateway.store.port import ActivationReader, LogReader
from gateway.store.retained import Disclosed, DisclosureReader
from gateway.store.upkeep import Erased
from gateway.store.writer import Writer
from yrd.exchange.v1.service_pb2 import ClauseOutcome

PAGE = 1000


class LogsAndActivations(LogReader, ActivationReader, Protocol):
    """What is read of peers' logs."""


class _Due(NamedTuple):
    held: Disclosed
    kept: Kept


@dataclass(slots=True)
class _Count:
    """What came of one peer's clause. `last`: the newest entry counted; its groups come in a row."""

    outcome: ClauseOutcome
    last: int = 0

    def add(self, offset: int) -> None:
        self.outcome.disclosures += 1
        self.outcome.messages += offset != self.last
        self.last = offset


@dataclass(slots=True)
class _Counts:
    found: dict[tuple[str, str, bytes], _Count] = field(default_factory=dict)

    def add(self, origin: str, due: Iterable[_Due]) -> None:
        for held, by in due:
            key = origin, by.clause, by.activation
            if key not in self.found:
                named = str(UUID(bytes=by.activation))
                row = ClauseOutcome(origin=origin, clause=by.clause, activation_id=named)
                self.found[key] = _Count(row)
            self.found[key].add(held.offset)

    def outcomes(self) -> list[ClauseOutcome]:
        return [self.found[key].outcome for key in sorted(self.found)]


class ClauseTerms:
    """Destroys, of all peers' logs that are held, what their clauses let one keep no longer."""

    def __init__(
        self,
        participant: str,
        logs: LogsAndActivations,
        disclosures: DisclosureReader,
        writer: Writer,
        eraser: Eraser,
    ) -> None:
        self._participant, self._logs, self._disclosures = participant, logs, disclosures
        self._writer, self._eraser = writer, eraser

    async def run(self, now_us: int, dry_run: bool) -> list[ClauseOutcome]:
        """Destroys what is due now, or says what would be; by peer and clause. Not to be cancelled.

        Raises GatewayError or StoreError; then whole pages are done, and the next run goes on.
        """
        counts = _Counts()
        for log in sorted(await asyncio.to_thread(self._logs.heads)):
            if log != log_origin(self._participant):
                await self._end(log, counts, now_us, dry_run)
        return counts.outcomes()

    async def _end(self, log: str, counts: _Counts, now_us: int, dry_run: bool) -> None:
        size = self._writer.head(log).size  # ahead of it, activations may still be missing
        entries = await asyncio.to_thread(self._logs.activations, log)
        origin = log.removeprefix("yrd/")
        timeline = Timeline(origin, list(activations_said(entries)))
        after = 0
        while has_terms(timeline):
            due, after = await asyncio.to_thread(self._due, timeline, size, after, now_us)
            counts.add(origin, due)
            gone = [Erased(h.offset, h.group, now_us, k.activation, k.clause) for h, k in due]
            if gone and not dry_run:
                await self._eraser.erase(TermOverJob(log, gone))
            if not after:
                break

    def _due(
        self, timeline: Timeline, size: int, after: int, now_us: int
    ) -> tuple[list[_Due], int]:
        """What is due among a page of disclosures, and where the next one starts (0: no more)."""
        if self._writer.stopping:
            raise Unavailable("the gateway is shutting down; run retention again soon")
        page = self._disclosures.disclosed(log_origin(timeline.participant), after, PAGE)
        due = []
        for held in page:
            by = kept(timeline, held.sequence, held.leaf, held.group, self._participant)
            if held.sequence < size and by is not None and by.over_us <= now_us:
                due.append(_Due(held, by))
        return due, page[-1].place if len(page) == PAGE else 0
