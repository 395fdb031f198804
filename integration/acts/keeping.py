"""An act under its key: one request at a time, kept before it is sent, lapsing after a while."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import ParamSpec, TypeVar
from weakref import WeakValueDictionary

from integration.acts.journal import Asked, Journal, JournalError
from integration.acts.outcome import Outcome, State
from integration.acts.refusals import NotNow
from integration.acts.seam import Said
from integration.acts.sending import Publishes, send
from yrd.exchange.v1.message_pb2 import Draft

logger = logging.getLogger(__name__)
GIVEN_UP_MS = 24 * 3_600_000
"""What is not known to be sent after so long is no more tried."""
P = ParamSpec("P")
R = TypeVar("R")


class Keeping:
    """The journal and the gateway of a page. `wait_ms`: how long a second person has."""

    def __init__(
        self, journal: Journal, gateway: Publishes, now_ms: Callable[[], int], wait_ms: int
    ) -> None:
        self.journal, self._gateway = journal, gateway
        self.now_ms, self.wait_ms = now_ms, wait_ms
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def alone(self, key: str) -> AsyncIterator[None]:
        """One request at a time under a key."""
        lock = self._locks.get(key)
        if lock is None:
            lock = self._locks[key] = asyncio.Lock()
        async with lock:
            yield

    async def known(self, key: str) -> Asked | None:
        """What stands under a key, or that it has lapsed. Raises NotNow."""
        asked = await self.kept(self.journal.get, key)
        return None if asked is None else await self._lapsed(asked)

    async def _lapsed(self, asked: Asked) -> Asked:
        most = {State.WAITING: self.wait_ms, State.SENDING: GIVEN_UP_MS}.get(asked.state)
        if most is None or self.now_ms() - asked.begun_ms < most:
            return asked
        return await self.change(replace(asked, state=State.LAPSED), "lapsed", "")

    async def change(self, asked: Asked, what: str, by: str, **detail: object) -> Asked:
        """Keeps how it stands now. Raises NotNow."""
        return await self.kept(
            lambda: self.journal.change(asked, what, by, self.now_ms(), **detail)
        )

    async def go_on(self, asked: Asked) -> Outcome:
        """Sends what is to be sent. What is done, or waits, is told. Raises NotNow."""
        if asked.state is not State.SENDING or asked.drafts is None:
            return outcome(asked)
        drafts = [Draft.FromString(bytes.fromhex(text)) for text in asked.drafts]
        sent = await asyncio.to_thread(send, self._gateway, drafts)
        extra = {"act": asked.act, "key": asked.key, "state": sent.state, "detail": sent.why}
        logger.info("act", extra=extra | {"person": asked.person, "approver": asked.approver})
        changed = replace(asked, state=sent.state, messages=sent.messages)
        by = asked.approver or asked.person
        kept = await self.change(changed, sent.state, by, messages=sent.messages, why=sent.why)
        return outcome(kept, sent.why)

    async def kept(self, what: Callable[P, R], *values: P.args, **named: P.kwargs) -> R:
        """A transaction of the journal, outside of the loop. Raises NotNow."""
        try:
            return await asyncio.to_thread(what, *values, **named)
        except JournalError as error:
            logger.error("journal_failed", extra={"detail": str(error)})
            raise NotNow(
                Said("办理记录写不进去", "the journal of acts can't be written"),
                Said(
                    "请联系系统管理员；恢复后可再点一次，不会重复发送",
                    "call the operator; then send it again: it is never sent twice",
                ),
            ) from None


def packed(drafts: Sequence[Draft]) -> list[str]:
    """Drafts as the journal keeps them."""
    return [draft.SerializeToString(deterministic=True).hex() for draft in drafts]


def outcome(asked: Asked, why: str = "") -> Outcome:
    """What became of it. `why` it is not known to be sent."""
    said = why or asked.note
    return Outcome(
        state=asked.state,
        key=asked.key,
        act=asked.act,
        about=asked.about,
        acted_by=asked.person,
        approved_by=asked.approver if asked.state is not State.DECLINED else "",
        messages=asked.messages,
        reason=Said(said, said) if said else None,
    )
