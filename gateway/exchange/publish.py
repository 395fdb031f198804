"""Publishing: check each draft, seal the good ones, answer when they are durable."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

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
from yrd.exchange.v1.message_pb2 import Disposition, Stamp


@dataclass(frozen=True, slots=True)
class AcceptedDraft:
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
        head, offset = round_.head(log).size, round_.last_offset + 1
        mark = stamp(self.participant, self.system, head, round_.now_us)
        for draft, message_id in good:
            key = draft.content.type, draft.entity_id
            before = newest.get(key) or standings.get(key) or Standing()
            first = fresh.get(message_id) or known.get(message_id)
            state = follow(before.state, draft.step) if draft.step else ""
            if first is None and draft.revision > before.revision and state is not None:
                mark.sequence = head + len(entries)
                entry = _sealed(draft, log, mark, offset + len(entries), round_.now_us)
                standing = Standing(draft.revision, state)
                naming = Naming(message_id, draft.digest, draft.entity_id, standing, draft.priority)
                entries.append((entry, naming))
                first = AcceptedEntry(mark.sequence, entry.hash, round_.now_us, draft.digest)
                fresh[message_id], newest[key] = first, standing
            outcomes.append(_outcome(draft, first, before))
        if entries:
            round_.append(log, entries)
            round_.remember(fresh, newest)
        decided = iter(outcomes)
        return [next(decided) if isinstance(d, CheckedDraft) else d for d in self.drafts]


def _sealed(draft: CheckedDraft, log: str, mark: Stamp, offset: int, now_us: int) -> Entry:
    sealed = seal(draft.content, mark)
    return Entry(
        offset,
        log,
        mark.sequence,
        sealed.hash,
        sealed.leaf,
        draft.content.type,
        Disposition.DISPOSITION_WHOLE,
        now_us,
        sealed.parts,
    )


def _outcome(draft: CheckedDraft, first: AcceptedEntry | None, before: Standing) -> Outcome:
    """The answer, given the entry under the draft's id and where the entity stood before it."""
    if first is None:
        return _refusal(draft, before)
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
