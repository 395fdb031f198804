"""Alarms: what peers did against the rules of their logs, until an operator has settled it."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gateway.errors import GatewayError, LogInconsistent, MalformedRequest
from gateway.replication.wrong import HARMLESS, Wrong
from gateway.store.alarm_book import AlarmBook, Evidence, KeptAlarm, Settlement
from gateway.store.pulse import Pulse
from gateway.store.round import Round
from gateway.store.writer import Writer

logger = logging.getLogger(__name__)
PAGE = 100
ANSWER_BYTES = 16 << 20


@dataclass(frozen=True, slots=True)
class EvidenceJob:
    """Keeps what a peer did against the rules of its log."""

    log: str
    kind: str
    detail: str
    data: bytes
    lazy: bool = False
    weight: int = 1

    def stage(self, round_: Round) -> None:
        """Adds the evidence."""
        round_.change.evidence.append(
            Evidence(self.log, round_.now_us, self.kind, self.detail, self.data)
        )


@dataclass(frozen=True, slots=True)
class SettleJob:
    """Keeps what became of an alarm."""

    number: int
    settler: str
    note: str
    lazy: bool = False
    weight: int = 1

    def stage(self, round_: Round) -> None:
        """Adds the settlement."""
        settlement = Settlement(self.number, round_.now_us, self.settler, self.note)
        round_.change.settled.append(settlement)


class Alarms:
    """The alarms of one gateway. Used from its event loop; what is unsettled is in memory, too."""

    def __init__(
        self, book: AlarmBook, writer: Writer, pulse: Pulse, clock: Callable[[], float]
    ) -> None:
        self._book, self._writer, self._pulse, self._clock = book, writer, pulse, clock
        self._unsaved: list[KeptAlarm] = []
        self._unsettled: list[KeptAlarm] = []
        self._closing: dict[str, KeptAlarm] = {}
        self._show(book.unsettled())

    def _show(self, unsettled: list[KeptAlarm]) -> None:
        self._unsettled = [*unsettled, *self._unsaved]
        closing = [a for a in self._unsettled if a.kind not in HARMLESS]
        self._closing = {alarm.log: alarm for alarm in reversed(closing)}

    @property
    def unsettled(self) -> Sequence[KeptAlarm]:
        """Those that nobody has settled, oldest first, without their data."""
        return self._unsettled

    def closing(self, log: str) -> KeptAlarm | None:
        """The oldest unsettled alarm that keeps the link to a log closed."""
        return self._closing.get(log)

    def has(self, log: str, kind: str) -> bool:
        """Whether there is an unsettled alarm of that kind."""
        return any((alarm.log, alarm.kind) == (log, kind) for alarm in self._unsettled)

    async def keep(self, error: LogInconsistent) -> None:
        """Keeps what shows it and raises the alarm. Raises nothing: a link fails closed in any case."""
        kind, log, data = "fork", error.metadata.get("log", ""), b""
        if isinstance(error, Wrong):
            kind, log, data = error.kind, error.log, error.evidence.SerializeToString()
        logger.error("alarm_raised", extra={"kind": kind, "log": log, "detail": error.message})
        try:
            await self._writer.submit(EvidenceJob(log, kind, error.message, data))
            await self._reload()
        except GatewayError:
            # the disk fails: the alarm lives until the restart, which the disk needs anyway
            now_us = int(self._clock() * 1e6)
            self._unsaved.append(KeptAlarm(0, log, now_us, kind, error.message))
            self._show([alarm for alarm in self._unsettled if alarm.number])

    async def _reload(self) -> None:
        self._show(await asyncio.to_thread(self._book.unsettled))

    async def settle(self, number: int, settler: str, note: str) -> KeptAlarm:
        """Lets a link go on. Settled twice, the first note stays. Raises MalformedRequest."""
        await self._one(number)
        await self._writer.submit(SettleJob(number, settler, note))
        await self._reload()
        self._pulse.beat()
        settled = await self._one(number)
        logger.warning("alarm_settled", extra={"kind": settled.kind, "log": settled.log})
        return settled

    async def _one(self, number: int) -> KeptAlarm:
        found = await asyncio.to_thread(self._book.alarms, number - 1, 1)
        if not found or found[0].number != number:
            raise MalformedRequest(
                f"there is no alarm {number}: list them with `yrd alarms`", field="number"
            )
        return found[0]

    async def page(self, after: int, size: int, *, unsettled: bool) -> tuple[list[KeptAlarm], bool]:
        """Alarms with a higher number, oldest first, with their data, and whether there are more."""
        found, room = list[KeptAlarm](), ANSWER_BYTES
        while some := await asyncio.to_thread(self._book.alarms, after, 1):
            (alarm,) = some
            after, room = alarm.number, room - len(alarm.data)
            if unsettled and alarm.settlement:
                continue
            if len(found) == (size or PAGE) or (found and room < 0):
                return found, True
            found.append(alarm)
        return found, False
