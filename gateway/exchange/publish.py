"""Publishing: check each draft, seal the good ones, answer when they are durable."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from gateway.config import Limits
from gateway.errors import (
    GatewayError,
    MalformedRequest,
    MessageIdReused,
    RevisionStale,
    TransitionRefused,
)
from gateway.exchange.access import Caller
from gateway.exchange.checker_pool import CheckerPool
from gateway.exchange.checking import Checked, CheckedDraft
from gateway.exchange.quota import BYTES, MESSAGES, Quota
from gateway.log.checkpoint import log_origin
from gateway.log.sealing import seal, stamp
from gateway.store.port import AcceptedEntry, Entry, Naming, NewEntry, Standing
from gateway.store.round import Round
from gateway.store.writer import Writer
from schemas.message_ids import as_bytes
from schemas.states.machine import START
from schemas.states.steps import follow, may_follow
from yrd.exchange.v1.message_pb2 import Disposition

_WHOLE = Disposition.DISPOSITION_WHOLE
_NOWHERE = Standing()


class AcceptedDraft(NamedTuple):
    """A draft that is durable, under its message id."""

    message_id: str
    entry: AcceptedEntry


Outcome = AcceptedDraft | GatewayError


class Publisher:
    """The publish use case of one participant's gateway."""

    def __init__(
        self,
        participant: str,
        limits: Limits,
        writer: Writer,
        checkers: CheckerPool,
        quota: Quota,
    ) -> None:
        self._participant, self._limits = participant, limits
        self._writer, self._checkers, self._quota = writer, checkers, quota

    async def publish(self, caller: Caller, drafts: Sequence[bytes]) -> list[Outcome]:
        """One outcome for each serialised draft, in order.

        Raises GatewayError if all of it is refused.
        """
        return await self.store(caller, await self.check(caller, drafts))

    async def check(self, caller: Caller, drafts: Sequence[bytes]) -> list[Checked]:
        """Checks a batch; nothing is stored yet. Raises GatewayError if all of it is refused."""
        if len(drafts) > self._limits.max_batch:
            raise MalformedRequest(
                f"{len(drafts)} drafts in one batch: send at most {self._limits.max_batch}",
                field="drafts",
            )
        self._quota.take(caller, MESSAGES, len(drafts))
        self._quota.take(caller, BYTES, sum(map(len, drafts)))
        return await self._checkers.check(caller, drafts)

    def store(self, caller: Caller, checked: list[Checked]) -> "asyncio.Future[list[Outcome]]":
        """Puts a batch behind those that were put before; done once it is durable."""
        return self._writer.enqueue(PublishJob(self._participant, caller.system, checked))


@dataclass(frozen=True, slots=True)
class PublishJob:
    """Seals drafts into the own log. Those that were accepted before get their first answer."""

    participant: str
    system: str
    drafts: Sequence[Checked]
    lazy: bool = False

    @property
    def weight(self) -> int:
        """About the number of entries."""
        return len(self.drafts)

    def stage(self, round_: Round) -> list[Outcome]:
        """One outcome for each draft, in order."""
        log = log_origin(self.participant)
        good = [(d, as_bytes(d.message_id)) for d in self.drafts if isinstance(d, CheckedDraft)]
        known = round_.accepted(log, [message_id for _, message_id in good])
        standings = round_.standings(log, [(d.content.type, d.entity_id) for d, _ in good])
        entries: list[NewEntry] = []
        outcomes: list[Outcome] = []
        fresh, newest = dict[bytes, AcceptedEntry](), dict[tuple[str, str], Standing]()
        sequence, offset, now_us = round_.head(log).size, round_.last_offset + 1, round_.now_us
        mark = stamp(self.participant, self.system, sequence, now_us)
        for draft, message_id in good:
            name, digest, entity, revision, priority, step, content = draft
            key = content.type, entity
            before = newest.get(key) or standings.get(key) or _NOWHERE
            first = fresh.get(message_id) or known.get(message_id)
            state = follow(before.state, step) if step else ""
            if first is not None:
                outcomes.append(_repeated(draft, first))
            elif revision <= before.revision or state is None:
                outcomes.append(_refusal(draft, before))
            else:
                mark.sequence = sequence
                leaf, hash_, parts = seal(content, mark)
                place = (offset, log, sequence, hash_, leaf, content.type, _WHOLE, now_us, parts)
                newest[key] = standing = Standing(revision, state)
                entries.append(
                    (Entry(*place), Naming(message_id, digest, entity, standing, priority))
                )
                first = fresh[message_id] = AcceptedEntry(sequence, hash_, now_us, digest)
                outcomes.append(AcceptedDraft(name, first))
                sequence, offset = sequence + 1, offset + 1
        if entries:
            round_.append(log, entries)
            round_.remember(fresh, newest)
        decided = iter(outcomes)
        return [next(decided) if isinstance(d, CheckedDraft) else d for d in self.drafts]


def _repeated(draft: CheckedDraft, first: AcceptedEntry) -> Outcome:
    """The answer where there is an entry under the draft's id: the first one, for the same content."""
    if first.digest != draft.digest:
        return MessageIdReused(
            f"header.message_id {draft.message_id} was used for other content: "
            "give this message its own id",
            message_id=draft.message_id,
            sequence=first.sequence,
        )
    return AcceptedDraft(draft.message_id, first)


def _refusal(draft: CheckedDraft, before: Standing) -> GatewayError:
    if draft.revision <= before.revision or draft.step is None:
        return RevisionStale(
            f"header.revision {draft.revision} of {draft.entity_id} is not newer than "
            f"{before.revision}: send revision {before.revision + 1} or higher",
            entity_id=draft.entity_id,
            revision=draft.revision,
            known_revision=before.revision,
        )
    state, choice = before.state or START, ", ".join(may_follow(before.state, draft.step))
    return TransitionRefused(
        f"{draft.step.step!r} may not follow: {draft.entity_id} is {state!r}; "
        + (
            f"possible now: {choice}"
            if choice
            else "nothing can follow, use an entity_id of its own"
        ),
        entity_id=draft.entity_id,
        state=state,
        step=draft.step.step,
        allowed=choice,
    )
