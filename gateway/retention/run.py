"""A run of the retention policy: what is due of one's own messages is destroyed, and peers are told.

Of peers' messages only what their clauses let one keep no longer (ended.py); the rest is destroyed on
their origin's notice (duties.py).
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from gateway.errors import Unavailable
from gateway.exchange.sealing_own import own_checked, own_draft
from gateway.log.checkpoint import log_origin
from gateway.log.instants import timestamp
from gateway.retention.due import Item, closings, due_rule, item
from gateway.retention.ended import ClauseTerms
from gateway.retention.erasing import EraseJob, Eraser, FindingsJob
from gateway.retention.ledgers import ACCESS_FOLDER, access_files_over, provisions_over
from gateway.retention.policy import Ledger, Policy, Rule
from gateway.retention.trace import TYPES, findings
from gateway.store.retained import Retained
from gateway.store.round import Round
from gateway.store.writer import Writer
from schemas import message_ids
from yrd.exchange.v1.service_pb2 import LedgerOutcome, RetentionOutcome, RunRetentionResponse
from yrd.governance.v1.governance_pb2 import ErasedMessage, ErasureNotice

PAGE = 1000
SPAN = 20_000  # entries among which is looked for TYPES at once
NOTICE_MESSAGES = 1000


@dataclass(frozen=True, slots=True)
class ForgetJob:
    """Deletes provisions that ended before an instant (microseconds since 1970)."""

    before_us: int
    lazy: bool = True
    weight: int = 1

    def stage(self, round_: Round) -> None:
        """Deletes them."""
        round_.change.upkeep.forgotten_us = self.before_us


@dataclass(slots=True)
class _Pending:
    """Messages that one rule is about to destroy, by offset, and what it has done so far."""

    outcome: RetentionOutcome
    messages: dict[int, ErasedMessage] = field(default_factory=dict)

    def add(self, found: Item) -> None:
        """Adds a disclosure."""
        message = self.messages.get(found.offset)
        if message is None:
            message = ErasedMessage(message_id=found.message_id, sequence=found.sequence)
            self.messages[found.offset] = message
            self.outcome.messages += 1
        message.groups.append(found.group)
        self.outcome.disclosures += 1


class Retention:
    """Runs the policy of one gateway; one run at a time. `folder` is the gateway's data_dir.

    `policy` gives the one that is in force; a run keeps to the one with which it began.
    """

    def __init__(
        self,
        participant: str,
        policy: Callable[[], Policy],
        peers: Sequence[str],
        folder: Path,
        retained: Retained,
        writer: Writer,
        eraser: Eraser,
        clause_terms: ClauseTerms,
        clock: Callable[[], float],
    ) -> None:
        self._participant, self._policy, self._peers = participant, policy, tuple(peers)
        self._folder, self._retained, self._writer = folder, retained, writer
        self._eraser, self._clause_terms, self._clock = eraser, clause_terms, clock
        self._log = log_origin(participant)
        self._one = asyncio.Lock()

    async def run(self, dry_run: bool) -> RunRetentionResponse:
        """Destroys what is due now, or says what would be. Not to be cancelled.

        Raises GatewayError or StoreError; then whole notices are done, and the next run goes on with
        the rest.
        """
        async with self._one:
            now_us, policy = int(self._clock() * 1e6), self._policy()
            await self._trace()
            response = RunRetentionResponse(
                backups=[str(backup) for backup in policy.backups],
                unconfirmed=await asyncio.to_thread(self._unconfirmed),
            )
            for pending in (await self._destroy(policy, now_us, dry_run)).values():
                response.outcomes.append(pending.outcome)
            response.ended.extend(await self._clause_terms.run(now_us, dry_run))
            response.ledgers.append(await self._access(policy.ledgers.access, now_us, dry_run))
            response.ledgers.append(
                await self._provisions(policy.ledgers.provisions, now_us, dry_run)
            )
            if not dry_run and (response.ended or any(o.disclosures for o in response.outcomes)):
                response.not_scrubbed = not await self._eraser.scrub()
            return response

    async def end_terms(self) -> None:
        """Destroys only what clauses let one keep no longer, whatever the policy says. Not to be cancelled.

        Raises GatewayError or StoreError.
        """
        async with self._one:
            if await self._clause_terms.run(int(self._clock() * 1e6), dry_run=False):
                await self._eraser.scrub()

    async def _trace(self) -> None:
        """Looks at the entries that came since the run before, each once in its life."""
        after, last = await asyncio.to_thread(self._retained.traced), self._writer.last_offset
        while after < last:
            upto = min(after + SPAN, last)
            entries = await asyncio.to_thread(self._retained.of_types, TYPES, after, upto)
            await self._writer.submit(FindingsJob(findings(self._participant, entries, upto)))
            after = upto

    def _unconfirmed(self) -> list[str]:
        found = []
        for notice, (_, confirmed) in self._retained.notices().items():
            done = {confirmation.peer for confirmation in confirmed}
            found += [f"{peer} {UUID(bytes=notice)}" for peer in self._peers if peer not in done]
        return found

    async def _destroy(self, policy: Policy, now_us: int, dry_run: bool) -> dict[str, _Pending]:
        pending = {r.id: _Pending(RetentionOutcome(rule=r.id)) for r in policy.rules}
        after = 0
        while True:
            due, after = await asyncio.to_thread(self._due, policy, after, now_us)
            for found, rule in due:
                waiting = pending[rule.id]
                # a message's groups come one after the other: all that went before are complete
                if (
                    found.offset not in waiting.messages
                    and len(waiting.messages) == NOTICE_MESSAGES
                ):
                    await self._tell(rule, waiting, dry_run)
                waiting.add(found)
            if not after:
                break
        for rule in policy.rules:
            await self._tell(rule, pending[rule.id], dry_run)
        return pending

    def _due(self, policy: Policy, after: int, now_us: int) -> tuple[list[tuple[Item, Rule]], int]:
        """What is due among a page of disclosures, and where the next one starts (0: no more)."""
        if self._writer.stopping:
            raise Unavailable("the gateway is shutting down; run retention again soon")
        page = self._retained.disclosed(self._log, after, PAGE)
        items = [item(held) for held in page if any(policy.rules_for(held.type, held.group))]
        names = sorted(frozenset[str]().union(*(found.incidents for found in items)))
        closed = closings(self._retained.incidents(names), self._log)
        due = [
            (found, rule) for found in items if (rule := due_rule(policy, found, closed, now_us))
        ]
        return due, page[-1].place if len(page) == PAGE else 0

    async def _tell(self, rule: Rule, pending: _Pending, dry_run: bool) -> None:
        """Destroys what a rule has gathered and seals the notice, in one commit."""
        messages, pending.messages = pending.messages, {}
        if dry_run or not messages:
            return
        now_us = int(self._clock() * 1e6)
        notice_id = message_ids.new(now_us // 1000)
        body = ErasureNotice(
            participant=self._participant,
            reason=rule.reason_name,
            basis=f"{rule.id}: {rule.basis}",
            messages=messages.values(),
            erased_time=timestamp(now_us),
        )
        draft = own_draft(body, notice_id, f"{self._participant}/erasure/{notice_id}", now_us)
        parts = [(offset, group) for offset, m in messages.items() for group in m.groups]
        checked = await asyncio.to_thread(own_checked, self._participant, draft)
        job = EraseJob(
            self._participant, self._log, parts, message_ids.as_bytes(notice_id), checked
        )
        await self._eraser.erase(job)
        pending.outcome.notice_ids.append(notice_id)

    async def _access(self, ledger: Ledger, now_us: int, dry_run: bool) -> LedgerOutcome:
        def delete() -> int:
            over = list(access_files_over(self._folder / ACCESS_FOLDER, ledger, now_us))
            for path in () if dry_run else over:
                path.unlink(missing_ok=True)
            return len(over)

        deleted = await asyncio.to_thread(delete)
        return LedgerOutcome(ledger="access", months=ledger.months, deleted=deleted)

    async def _provisions(self, ledger: Ledger, now_us: int, dry_run: bool) -> LedgerOutcome:
        rows = await asyncio.to_thread(self._retained.provisions)
        over = provisions_over(rows, ledger, now_us)
        if over and not dry_run:
            await self._writer.submit(ForgetJob(max(given.last_us for given in over) + 1))
        return LedgerOutcome(ledger="provisions", months=ledger.months, deleted=len(over))
