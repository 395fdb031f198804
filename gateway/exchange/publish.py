"""Publishing: check each draft, seal the good ones, answer when they are durable."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import NamedTuple

from gateway.config import Limits
from gateway.errors import (
    ContractViolated,
    GatewayError,
    MalformedRequest,
    MessageIdReused,
    MessageTooLarge,
    NotAuthority,
    RevisionStale,
    TypeUnknown,
)
from gateway.exchange.access import Access, Caller, Quota
from gateway.log.checkpoint import log_origin
from gateway.log.sealing import SALT_BYTES, seal, stamp
from gateway.offload import offload
from gateway.store.port import AcceptedEntry, Entry, Naming
from gateway.store.round import Round
from gateway.store.writer import Writer
from schemas.authority import foreign_claims
from schemas.catalog import body_of, type_name
from schemas.message_ids import as_bytes
from schemas.rules import violations
from yrd.exchange.v1.message_pb2 import Disposition, Draft, Stamp

Outcome = AcceptedEntry | GatewayError


class CheckedDraft(NamedTuple):
    """A draft that keeps the contract, with what it is found by."""

    draft: Draft
    type: str
    naming: Naming


class Publisher:
    """The publish use case of one participant's gateway."""

    def __init__(
        self,
        participant: str,
        access: Access,
        limits: Limits,
        writer: Writer,
        clock: Callable[[], float],
        quota: Quota,
    ) -> None:
        self._participant, self._access, self._limits = participant, access, limits
        self._writer, self._clock, self._quota = writer, clock, quota

    async def publish(self, caller: Caller, drafts: Sequence[Draft]) -> list[Outcome]:
        """One outcome for each draft, in order. Raises GatewayError if all of it is refused."""
        return await (await self.start(caller, drafts))

    async def start(self, caller: Caller, drafts: Sequence[Draft]) -> Awaitable[list[Outcome]]:
        """Checks a batch and puts it in the writer's queue; what is returned waits for the disk.

        Batches that are started one after the other are stored in that order.
        """
        self._access.require(caller, "publisher")
        if len(drafts) > self._limits.max_batch:
            raise MalformedRequest(
                f"{len(drafts)} drafts in one batch: send at most {self._limits.max_batch}",
                field="drafts",
            )
        self._quota.take(caller, len(drafts))
        checked = await offload(len(drafts), self._check_all, caller, drafts)
        good = [c for c in checked if isinstance(c, CheckedDraft)]
        written = self._writer.enqueue(PublishJob(self._participant, caller.system, good))
        return self._outcomes(checked, written)

    async def _outcomes(
        self, checked: list[CheckedDraft | GatewayError], written: "asyncio.Future[list[Outcome]]"
    ) -> list[Outcome]:
        staged = iter(await written)
        return [next(staged) if isinstance(c, CheckedDraft) else c for c in checked]

    def _check_all(
        self, caller: Caller, drafts: Sequence[Draft]
    ) -> list[CheckedDraft | GatewayError]:
        now = datetime.fromtimestamp(self._clock(), UTC)
        return [self._check(caller, draft, now) for draft in drafts]

    def _check(self, caller: Caller, draft: Draft, now: datetime) -> CheckedDraft | GatewayError:
        try:
            return check(draft, caller, self._participant, self._access, self._limits, now)
        except GatewayError as error:
            return error


def check(
    draft: Draft, caller: Caller, participant: str, access: Access, limits: Limits, now: datetime
) -> CheckedDraft:
    """Checks one draft. Raises the GatewayError that says what is wrong with it."""
    message_id = draft.header.message_id
    size = draft.ByteSize()
    if size > limits.max_draft_bytes:
        raise MessageTooLarge(
            f"{size} bytes: a message has at most {limits.max_draft_bytes}; shorten it or split it",
            message_id=message_id,
            size_bytes=size,
            limit_bytes=limits.max_draft_bytes,
        )
    content = draft.SerializeToString(deterministic=True)
    _refuse_unknown(draft, size)
    broken = violations(draft, now, limits.max_clock_skew_seconds)
    name, body = type_name(draft), body_of(draft)
    if broken or name is None or body is None:
        raise ContractViolated(
            "; ".join(f"{v.field or 'message'}: {v.message} ({v.rule})" for v in broken),
            fields=[(v.field, v.rule, v.message) for v in broken],
            message_id=message_id,
        )
    access.require_type(caller, name)
    for claim in foreign_claims(body, participant):
        field = ".".join(filter(None, (draft.WhichOneof("body"), claim.field)))
        raise NotAuthority(
            f"{field} is for {claim.authority} to state, not for {participant}: "
            f"publish it at the gateway of {claim.authority}",
            field=field,
            authority=claim.authority,
        )
    header = draft.header
    naming = Naming(
        as_bytes(message_id), sha256(content).digest(), header.entity_id, header.revision
    )
    return CheckedDraft(draft, name, naming)


def _refuse_unknown(draft: Draft, size: int) -> None:
    """Refuses fields not known here: nobody could tell whether they are personal."""
    draft.DiscardUnknownFields()
    if draft.ByteSize() == size:
        return
    what = "fields" if draft.WhichOneof("body") else "a type"
    raise TypeUnknown(
        f"the message has {what} that this gateway's contract does not know: "
        "use the contract that the gateway has, or upgrade the gateway",
        message_id=draft.header.message_id,
    )


@dataclass(frozen=True, slots=True)
class PublishJob:
    """Seals drafts into the own log. Those that were accepted before get their first answer."""

    participant: str
    system: str
    drafts: Sequence[CheckedDraft]
    lazy: bool = False

    @property
    def weight(self) -> int:
        """About the number of entries."""
        return len(self.drafts)

    def stage(self, round_: Round) -> list[Outcome]:
        """One outcome for each draft, in order."""
        log = log_origin(self.participant)
        known = round_.accepted(log, [d.naming.message_id for d in self.drafts])
        keys = [(d.type, d.naming.entity_id) for d in self.drafts]
        revisions = round_.revisions(log, keys)
        entries: list[tuple[Entry, Naming | None]] = []
        outcomes: list[Outcome] = []
        index, salts = round_.head(log).size, _salts()
        mark = stamp(self.participant, self.system, index, round_.now_us)
        for checked, key in zip(self.drafts, keys, strict=True):
            outcome = _earlier(checked, known) or _stale(checked, revisions.get(key, 0))
            if outcome is None:
                mark.sequence = index
                entry = self._sealed(checked, log, mark, round_.now_us, salts)
                entries.append((entry, checked.naming))
                revisions[key] = checked.naming.revision
                outcome = AcceptedEntry(index, entry.hash, round_.now_us, checked.naming.digest)
                known[checked.naming.message_id] = outcome
                index += 1
            outcomes.append(outcome)
        if entries:
            round_.append(log, entries)
        return outcomes

    def _sealed(
        self, checked: CheckedDraft, log: str, mark: Stamp, now_us: int, salts: Iterator[bytes]
    ) -> Entry:
        sealed = seal(checked.draft, mark, salts)
        return Entry(
            0,
            log,
            mark.sequence,
            sealed.hash,
            sealed.leaf,
            checked.type,
            Disposition.DISPOSITION_WHOLE,
            now_us,
            sealed.parts,
        )


def _salts() -> Iterator[bytes]:
    while True:
        # one system call for many: each one gives up the interpreter lock
        block = os.urandom(SALT_BYTES * 256)
        for start in range(0, len(block), SALT_BYTES):
            yield block[start : start + SALT_BYTES]


def _earlier(checked: CheckedDraft, known: dict[bytes, AcceptedEntry]) -> Outcome | None:
    first = known.get(checked.naming.message_id)
    if first is None or first.digest == checked.naming.digest:
        return first
    message_id = checked.draft.header.message_id
    return MessageIdReused(
        f"header.message_id {message_id} was used for other content: give this message its own id",
        message_id=message_id,
        sequence=first.sequence,
    )


def _stale(checked: CheckedDraft, known: int) -> RevisionStale | None:
    naming = checked.naming
    if naming.revision > known:
        return None
    return RevisionStale(
        f"header.revision {naming.revision} of {naming.entity_id} is not newer than {known}: "
        f"send revision {known + 1} or higher",
        entity_id=naming.entity_id,
        revision=naming.revision,
        known_revision=known,
    )
