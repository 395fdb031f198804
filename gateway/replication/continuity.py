"""Whether the store goes on where this participant's log ended: only then may anything be added to it.

A store that came back from an old copy has fewer entries than its gateway has signed. What it would
accept would take the place of entries that peers hold: a fork. So the peers are asked first.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from functools import partial

import grpc

from gateway.errors import GatewayError, Unavailable
from gateway.keys import Keys
from gateway.log.merkle import Tree
from gateway.replication.alarms import Alarms
from gateway.replication.holdings import Holding, ask_all
from gateway.replication.wrong import Kind, Wrong
from gateway.store.mark import ASKING, Mark
from gateway.store.port import LogReader, StoreError
from gateway.store.pulse import Pulse
from gateway.store.writer import Writer
from yrd.exchange.v1.service_pb2 import AlarmEvidence

logger = logging.getLogger(__name__)
ASK_SECONDS = 3.0
AGAIN_SECONDS = 5.0
RECOVER = "stop this gateway and run `yrd gateway recover --config FILE`"
Connect = Callable[[], grpc.aio.Channel]


class Continuity:
    """Holds the own log closed until it is known to be whole, and for good once it is known not to be.

    `known`: the store was the newest when it was last closed. `without`: peers whose answer the
    operator does without.
    """

    def __init__(
        self,
        keys: Keys,
        peers: Mapping[str, Connect],
        logs: LogReader,
        writer: Writer,
        alarms: Alarms,
        pulse: Pulse,
        mark: Mark,
        *,
        known: bool,
        without: Collection[str],
    ) -> None:
        self._keys, self._log = keys, keys.signer.origin
        self._peers, self._without = peers, frozenset(without)
        self._logs, self._writer, self._alarms, self._pulse = logs, writer, alarms, pulse
        self._mark, self._known = mark, known
        self.before: Callable[[], Awaitable[None]] | None = None
        """What must be sealed before anything else is."""
        self._asked = asyncio.Event()
        self._broken, self._noted = False, -1
        writer.hold(self._log, ASKING)

    @property
    def problem(self) -> str:
        """Why the own log takes nothing; empty if it does."""
        return self._writer.held.get(self._log, "")

    async def asked(self) -> None:
        """Waits until the peers have been asked once."""
        await self._asked.wait()

    async def run(self) -> None:
        """Asks the peers until the log may be opened, or never may; then notes how far it grows."""
        while True:
            try:
                await self._step()
            except (OSError, StoreError) as error:
                # the log stays closed if it was; what is noted lags behind if it was open
                logger.error("mark_not_written", extra={"detail": str(error)})
            finally:
                self._asked.set()
            await asyncio.sleep(AGAIN_SECONDS)

    async def _step(self) -> None:
        if not self.problem:
            await self._note()
        elif not self._broken:
            await self._judge(await ask_all(self._keys, self._peers, ASK_SECONDS))

    async def _judge(self, holdings: Mapping[str, Holding]) -> None:
        for peer, holding in holdings.items():
            if holding.wrong is not None:
                await self._alarms.keep(holding.wrong)
            elif holding.note and not await asyncio.to_thread(self._holds_ours, holding):
                await self.broken(peer, holding)
        silent = {peer for peer, holding in holdings.items() if not holding.answered}
        missing = ", ".join(sorted(silent - self._without))
        if self._broken:
            return
        if missing and not self._known:
            self._hold(
                f"this store may be an old copy, and {missing} gave no true answer: wait for them, "
                "or do without them with `yrd gateway serve --accept-without PEER`"
            )
        else:
            await self._open()

    def _holds_ours(self, holding: Holding) -> bool:
        """Whether what a peer holds of our log is a part of what we have."""
        if holding.size > self._writer.head(self._log).size:
            return False
        tree = Tree(partial(self._logs.tile, self._log))
        return tree.root(holding.size) == holding.root

    async def _open(self) -> None:
        await self._note()
        try:
            if self.before is not None:
                await self.before()
        except GatewayError as error:
            self._hold(f"what must stand first can't be sealed: {error.message}")
            return
        self._writer.release(self._log)
        self._pulse.beat()
        logger.info("log_opened", extra={"log": self._log, "size": self._noted})

    def _hold(self, problem: str) -> None:
        self._writer.hold(self._log, problem)
        self._pulse.beat()

    async def broken(self, peer: str, holding: Holding) -> Unavailable:
        """A peer holds, under our own signature, what this store has not: nothing is added any more.

        Returns what a caller is to be told.
        """
        head = self._writer.head(self._log)
        if self._broken:
            return Unavailable(self.problem)
        self._broken = True
        kind: Kind = "rollback" if holding.size > head.size else "fork"
        if kind == "rollback":
            what = (
                f"{peer} holds {holding.size} entries of our log under our signature, and this store "
                f"has {head.size}: it is an old copy; {RECOVER}"
            )
        else:
            what = (
                f"{peer} holds another tree of {holding.size} entries under our signature than this "
                f"store; {RECOVER}, which says who holds what"
            )
        self._hold(what)
        await asyncio.to_thread(self._mark.forget)
        evidence = AlarmEvidence(held_checkpoint=head.checkpoint, shown_checkpoint=holding.note)
        wrong = Wrong(what, kind=kind, log=self._log, index=head.size, evidence=evidence)
        await self._alarms.keep(wrong)
        return Unavailable(what)

    async def _note(self) -> None:
        """Notes how far the log has grown: a copy that is older is then found to be one."""
        size = self._writer.head(self._log).size
        if size != self._noted:
            await asyncio.to_thread(self._mark.write, size)
            self._noted = size

    async def close(self) -> None:
        """Notes it for the last time; to be called when nothing is written any more."""
        if not self.problem:
            try:
                await self._note()
            except (OSError, StoreError) as error:
                logger.error("mark_not_written", extra={"detail": str(error)})
