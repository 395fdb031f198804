"""Publishing: check each draft, seal the good ones, answer when they are durable."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count, repeat
from typing import NamedTuple

from gateway.config import Limits
from gateway.errors import GatewayError, MalformedRequest
from gateway.exchange.accepting import Acceptance, accept
from gateway.exchange.access import Caller
from gateway.exchange.checker_pool import CheckerPool
from gateway.exchange.checking import Checked, CheckedDraft
from gateway.exchange.quota import BYTES, MESSAGES, Quota
from gateway.log.checkpoint import log_origin
from gateway.log.seal_run import Stamping, seal_run
from gateway.store.columns import records
from gateway.store.port import AcceptedEntry, Entry, Naming
from gateway.store.round import Round
from gateway.store.writer import Writer
from schemas.message_ids import all_as_bytes
from yrd.exchange.v1.message_pb2 import Disposition

_WHOLE = Disposition.DISPOSITION_WHOLE


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
        good = [draft for draft in self.drafts if isinstance(draft, CheckedDraft)]
        names = [draft.message_id for draft in good]
        ids = all_as_bytes(names)
        entities = [(draft.content.type, draft.entity_id) for draft in good]
        acceptance = accept(
            zip(good, ids, entities, strict=True),
            round_.accepted(log, ids),
            round_.standings(log, entities),
            round_.head(log).size,
        )
        fresh = self._append(round_, log, acceptance) if acceptance.taken else []
        if len(fresh) == len(self.drafts):  # as nearly always
            return [*records(AcceptedDraft, names, fresh)]
        outcomes = iter(_outcomes(good, acceptance.answers, fresh))
        return [next(outcomes) if isinstance(d, CheckedDraft) else d for d in self.drafts]

    def _append(self, round_: Round, log: str, accepted: Acceptance) -> list[AcceptedEntry]:
        """Seals what the log takes and puts it behind; what is known of each from now on."""
        _, taken, ids, standings, newest = accepted
        _, digests, entities, _, priorities, _, contents = zip(*taken, strict=True)
        types, _, _, parts = zip(*contents, strict=True)
        first, now_us = round_.head(log).size, round_.now_us
        leaves, hashes = seal_run(contents, Stamping(self.participant, self.system, now_us), first)
        offsets, sequences = count(round_.last_offset + 1), range(first, first + len(taken))
        whole, now = repeat(_WHOLE), repeat(now_us)
        entries = records(
            Entry, offsets, repeat(log), sequences, hashes, leaves, types, whole, now, parts
        )
        namings = records(Naming, ids, digests, entities, standings, priorities)
        round_.append(log, list(zip(entries, namings, strict=True)))
        fresh = records(AcceptedEntry, sequences, hashes, now, digests)
        round_.remember(dict(zip(ids, fresh, strict=True)), newest)
        return fresh


def _outcomes(
    drafts: Sequence[CheckedDraft],
    answers: Sequence[GatewayError | AcceptedEntry | int],
    fresh: Sequence[AcceptedEntry],
) -> Iterator[Outcome]:
    for draft, answer in zip(drafts, answers, strict=True):
        if isinstance(answer, GatewayError):
            yield answer
        else:
            entry = fresh[answer] if isinstance(answer, int) else answer
            yield AcceptedDraft(draft.message_id, entry)
