"""An alarm is raised even if the peer ends the call in which it was noticed."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from gateway.keys import Keys
from gateway.replication.alarms import Alarms
from gateway.replication.continuity import Continuity
from gateway.replication.holdings import Holding
from gateway.replication.wrong import Wrong
from gateway.store.alarm_book import AlarmBook, KeptAlarm
from gateway.store.mark import Mark
from gateway.store.port import Head, LogReader
from gateway.store.pulse import Pulse
from gateway.store.writer import Writer
from yrd.exchange.v1.service_pb2 import AlarmEvidence

OURS, THEIRS = "yrd/310000", "yrd/320000"


@dataclass
class Store:
    """Stands for the writer and the book of alarms; a commit takes until `synced`."""

    synced: asyncio.Event = field(default_factory=asyncio.Event)
    kept: list[KeptAlarm] = field(default_factory=list)

    async def submit(self, job: Any) -> None:
        await self.synced.wait()
        self.kept.append(KeptAlarm(len(self.kept) + 1, job.log, 0, job.kind, job.detail))

    def unsettled(self) -> list[KeptAlarm]:
        return list(self.kept)

    def head(self, log: str) -> Head:
        return Head(log)

    def hold(self, log: str, problem: str) -> None:
        pass

    def forget(self) -> None:
        pass


def alarms_of(store: Store) -> Alarms:
    return Alarms(cast("AlarmBook", store), cast("Writer", store), Pulse(), lambda: 0.0)


def notices(store: Store, alarms: Alarms) -> Coroutine[Any, Any, object]:
    """What a peer shows is wrong."""
    return alarms.keep(Wrong("it lies", kind="fork", log=THEIRS, index=0, evidence=AlarmEvidence()))


@dataclass
class Signer:
    origin: str = OURS


@dataclass
class OwnKeys:
    signer: Signer = field(default_factory=Signer)


def finds_out(store: Store, alarms: Alarms) -> Coroutine[Any, Any, object]:
    """A peer holds more of our log than we do."""
    continuity = Continuity(
        cast("Keys", OwnKeys()),
        {},
        cast("LogReader", store),
        cast("Writer", store),
        alarms,
        Pulse(),
        cast("Mark", store),
        known=True,
        without=(),
    )
    return continuity.broken("320000", Holding(5, b"root", "note"))


@pytest.mark.parametrize(("work", "log"), [(notices, THEIRS), (finds_out, OURS)])
def test_by_a_call_that_ended_meanwhile(
    work: Callable[[Store, Alarms], Coroutine[Any, Any, object]], log: str
) -> None:
    async def run() -> None:
        store = Store()
        alarms = alarms_of(store)
        call = asyncio.create_task(work(store, alarms))
        await asyncio.sleep(0)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert not alarms.unsettled
        store.synced.set()
        left = asyncio.all_tasks() - {cast("asyncio.Task[Any]", asyncio.current_task())}
        await asyncio.wait_for(asyncio.gather(*left), 10)
        assert [alarm.log for alarm in alarms.unsettled] == [log]
        assert alarms.closing(log) is not None

    asyncio.run(run())
