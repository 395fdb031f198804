"""Acting on peers' erasure notices: what a notice asks for is destroyed here, too, and confirmed.

A duty is written in the commit that mirrors the notice, and ends in the commit that acts on it; so it is
done once, whenever the gateway is killed.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from google.protobuf.message import DecodeError

from gateway.errors import GatewayError
from gateway.exchange.sealing_own import own_checked, own_draft
from gateway.log.instants import timestamp
from gateway.replication.alarms import Alarms
from gateway.replication.notices import read_notice
from gateway.replication.wrong import Wrong
from gateway.retention.erasing import EraseJob, Eraser, RefuseJob
from gateway.retention.policy import Policy
from gateway.store.port import Entry, FeedReader, StoreError
from gateway.store.pulse import Pulse
from gateway.store.retained import Retained
from gateway.store.writer import Writer
from schemas import message_ids
from yrd.exchange.v1.message_pb2 import Leaf
from yrd.exchange.v1.service_pb2 import AlarmEvidence
from yrd.governance.v1.governance_pb2 import ErasureConfirmation, ErasureNotice

logger = logging.getLogger(__name__)
RETRY_SECONDS = 2.0


@dataclass(slots=True)
class Plan:
    """What a notice comes to here. `parts` are (offset, group); `refused` says what is not done and why."""

    parts: list[tuple[int, str]] = field(default_factory=list)
    absent: int = 0
    refused: list[str] = field(default_factory=list)


def plan(notice: ErasureNotice, place: int, held: Mapping[int, Entry]) -> Plan:
    """What a notice at a place of its log comes to. `held` are entries of that log by sequence. Pure.

    A message whose id is not the one at its sequence is left alone: the notice may be about another.
    """
    made, named = Plan(), set[tuple[int, str]]()
    for message in notice.messages:
        where = f"message {message.message_id} at {message.sequence}"
        entry = held.get(message.sequence)
        if message.sequence >= place or entry is None:
            made.refused.append(f"{where}: lies behind the notice")
        elif entry.leaf is None:
            made.absent += len(message.groups)
        elif _message_id(entry.leaf) != message.message_id:
            made.refused.append(f"{where}: another message is there")
        else:
            here = {part.group for part in entry.parts}
            wanted = {(entry.offset, group) for group in message.groups} - named
            named |= wanted
            parts = sorted(part for part in wanted if part[1] in here)
            made.parts += parts
            made.absent += len(wanted) - len(parts)
    return made


def _message_id(leaf: bytes) -> str:
    try:
        return Leaf.FromString(leaf).header.message_id
    except DecodeError:  # kept for the tree's sake, quarantined
        return ""


class Duties:
    """Works off the duties of one gateway, one after the other."""

    def __init__(
        self,
        participant: str,
        policy: Callable[[], Policy],
        feed: FeedReader,
        retained: Retained,
        writer: Writer,
        pulse: Pulse,
        eraser: Eraser,
        alarms: Alarms,
        clock: Callable[[], float],
    ) -> None:
        self._participant, self._policy = participant, policy
        self._feed, self._retained, self._writer = feed, retained, writer
        self._pulse, self._eraser, self._alarms, self._clock = pulse, eraser, alarms, clock

    async def run(self) -> None:
        """Works until the gateway stops; not to be cancelled. Raises nothing."""
        scrub = True  # killed behind a commit, a gateway may have left old pages
        while not self._writer.stopping:
            seen, left = self._writer.duties, True
            try:
                left = await self._work_off(scrub)
                scrub = False
            except (GatewayError, StoreError) as error:
                logger.error("erasure_postponed", extra={"detail": str(error)})
                if isinstance(error, StoreError) and error.lasting:
                    self._writer.stop_accepting(
                        f"stopped accepting: {error}; mend the disk, then restart"
                    )
            except Exception:
                logger.exception("erasure_failed")  # the task must live on, and say what happened
            await self._pulse.until(partial(self._more, seen), RETRY_SECONDS if left else None)

    def _more(self, seen: int) -> bool:
        return self._writer.duties != seen or self._writer.stopping

    async def _work_off(self, scrub: bool) -> bool:
        """Works off what there is; true if something has to wait."""
        offsets = await asyncio.to_thread(self._retained.duties)
        left = False
        for offset in offsets:
            if self._writer.stopping:
                return True
            left = not await self._fulfil(offset) or left
        if offsets or (scrub and await asyncio.to_thread(self._retained.has_erased)):
            await self._eraser.scrub()
        return left

    async def _fulfil(self, offset: int) -> bool:
        """Acts on one notice; false if it came ahead of its place and entries before it are missing."""
        (entry,) = await asyncio.to_thread(self._feed.received, offset - 1, 1)
        if self._writer.head(entry.log).size <= entry.sequence:
            return False
        opened, notice, problem = read_notice(entry)
        if opened is None or notice is None:
            await self._alarm(entry, [problem])
            await self._writer.submit(RefuseJob(offset))
            return True
        sequences = list(dict.fromkeys(message.sequence for message in notice.messages))
        held = await asyncio.to_thread(self._retained.at, entry.log, sequences)
        made = plan(notice, entry.sequence, held)
        if made.refused:
            await self._alarm(entry, made.refused)
        if made.parts or made.absent:
            await self._confirm(entry, opened.leaf.header.message_id, notice.participant, made)
        else:
            await self._writer.submit(RefuseJob(offset))
        return True

    async def _confirm(self, entry: Entry, notice_id: str, origin: str, made: Plan) -> None:
        now_us = int(self._clock() * 1e6)
        body = ErasureConfirmation(
            participant=self._participant,
            addressee=origin,
            notice_id=notice_id,
            erased_count=len(made.parts),
            absent_count=made.absent,
            erased_time=timestamp(now_us),
            backups=[str(backup) for backup in self._policy().backups],
        )
        entity = f"{self._participant}/erasure-confirmation/{notice_id}"
        draft = own_draft(body, message_ids.new(now_us // 1000), entity, now_us)
        job = EraseJob(
            self._participant,
            entry.log,
            made.parts,
            message_ids.as_bytes(notice_id),
            own_checked(self._participant, draft),
            entry.offset,
        )
        await self._eraser.erase(job)
        counts = {"erased": len(made.parts), "absent": made.absent}
        logger.info("erased_for_peer", extra={"notice": notice_id, "origin": origin, **counts})

    async def _alarm(self, entry: Entry, refused: Sequence[str]) -> None:
        """One alarm for a notice that asks for what it may not; equal ones are kept once."""
        more = f" and {len(refused) - 1} more" if len(refused) > 1 else ""
        what = f"erasure notice at {entry.sequence}: {refused[0]}{more}; ignored"
        shown = AlarmEvidence(leaf=entry.leaf or b"", index=entry.sequence, said=what)
        wrong = Wrong(what, kind="erasure", log=entry.log, index=entry.sequence, evidence=shown)
        await self._alarms.keep(wrong)
