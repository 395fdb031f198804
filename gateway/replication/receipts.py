"""Receipts: peers' cosigned checkpoints of one's own log, checked and kept."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from gateway.keys import Keys
from gateway.log.checkpoint import Checkpoint, verified, witness_name
from gateway.log.note import NoteError
from gateway.log.suite import DEFAULT
from gateway.replication.alarms import Alarms
from gateway.replication.continuity import Continuity
from gateway.replication.holdings import Holding
from gateway.replication.issued import Issued
from gateway.replication.urgent import Pace
from gateway.replication.wrong import Wrong
from gateway.sharing.days import day_number
from gateway.sharing.decide import Sharing
from gateway.store.port import Cosigned, OwnLog
from gateway.store.pulse import Pulse
from gateway.store.round import Round
from gateway.store.upkeep import Provided
from gateway.store.writer import Writer
from yrd.exchange.v1.service_pb2 import AlarmEvidence

KEEP_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class ReceiptJob:
    """Keeps a peer's cosigned checkpoint, and that the peer was given what lies below."""

    peer: str
    cosigned: Cosigned
    agreements: str
    lazy: bool = True
    weight: int = 1

    def stage(self, round_: Round) -> None:
        """Adds it."""
        cosigned = self.cosigned
        round_.change.cosigned[cosigned.log, cosigned.cosigner] = cosigned
        given = Provided(self.peer, cosigned.size, round_.now_us, self.agreements)
        round_.change.upkeep.provided.append(given)


class Answers:
    """What a follower answers on one stream: its pace, and the newest receipt not yet kept."""

    def __init__(self) -> None:
        self.pace = Pace()
        self.newest = ""
        self.came = asyncio.Event()


class Receipts:
    """The newest receipt of each peer, by cosigner, in `newest`.

    A receipt covers all that came before, so of those that come close together only the last is
    checked and kept: a signature takes longer to check than a message to store.
    """

    def __init__(
        self,
        keys: Keys,
        sharing: Sharing,
        issued: Issued,
        logs: OwnLog,
        writer: Writer,
        pulse: Pulse,
        alarms: Alarms,
        continuity: Continuity,
        clock: Callable[[], float],
    ) -> None:
        self._keys, self._sharing, self._writer, self._pulse = keys, sharing, writer, pulse
        self._alarms, self._continuity, self._clock = alarms, continuity, clock
        self._issued = issued
        self._log = issued.log
        self.newest: dict[str, Cosigned] = {c.cosigner: c for c in logs.cosigned(self._log)}

    async def answer(self, peer: str, rendered: str, answers: Answers) -> None:
        """Takes a peer's answer to a batch; it is empty if the peer has cosigned nothing yet.

        One that says what was signed lately is checked soon (`keep`), any other at once. Raises
        LogInconsistent.
        """
        size = self._issued.size_of(rendered.partition("\n\n")[0] + "\n") if rendered else 0
        if size is None:
            size = await self.receive(peer, rendered)
        elif size:
            answers.newest = rendered
            answers.came.set()
        waited_for = answers.pace.full
        answers.pace.answered(size)
        if waited_for:
            self._pulse.beat()

    async def keep(self, peer: str, answers: Answers) -> None:
        """Checks and keeps the newest receipt, again and again. Raises LogInconsistent.

        One that is lost when the stream breaks comes again when the peer opens the next.
        """
        while True:
            await answers.came.wait()
            answers.came.clear()
            await self.receive(peer, answers.newest)
            await asyncio.sleep(KEEP_SECONDS)

    async def receive(self, peer: str, rendered: str, *, old: bool = False) -> int:
        """Checks and keeps a receipt. Returns its size.

        Raises LogInconsistent if it is not for our tree. `old`: it was given before, perhaps with a
        key that the peer has retired since.
        """
        try:
            checkpoint, _ = verified(rendered, self._keys.witnesses[peer], DEFAULT, old=old)
        except NoteError as error:
            raise await self.false(f"receipt of {peer}: {error}", rendered, "") from None
        if not await self._is_ours(checkpoint):
            await self.require_false(peer, rendered)
            what = f"{peer} cosigned a tree of size {checkpoint.size} that we have not signed"
            raise await self.false(what, rendered, checkpoint.size)
        cosigned = Cosigned(self._log, witness_name(peer), checkpoint.size, rendered)
        known = self.newest.get(cosigned.cosigner)
        if known is None or known.size < cosigned.size:
            self.newest[cosigned.cosigner] = cosigned
            today = day_number(int(self._clock() * 1e6))
            agreements = " ".join(self._sharing.timeline.agreements_with(peer, today))
            self._writer.leave(ReceiptJob(peer, cosigned, agreements))
        return checkpoint.size

    async def require_false(self, peer: str, rendered: str) -> None:
        """Of a tree that is not in this store: raises Unavailable if we have signed it all the same."""
        try:
            checkpoint, _ = verified(rendered, self._keys.own_log, DEFAULT, old=True)
        except NoteError:
            return
        if not await self._is_ours(checkpoint):
            holding = Holding(checkpoint.size, checkpoint.root, rendered)
            raise await self._continuity.broken(peer, holding)

    async def _is_ours(self, checkpoint: Checkpoint) -> bool:
        if self._issued.was_lately(checkpoint):
            return True
        return await asyncio.to_thread(self._issued.is_ours, checkpoint)

    async def false(self, what: str, shown: str, index: int | str) -> Wrong:
        """Keeps a peer's false claim."""
        held = self._writer.head(self._log).checkpoint
        evidence = AlarmEvidence(held_checkpoint=held, shown_checkpoint=shown, said=what)
        wrong = Wrong(what, kind="forged_checkpoint", log=self._log, index=index, evidence=evidence)
        await self._alarms.keep(wrong)
        return wrong
