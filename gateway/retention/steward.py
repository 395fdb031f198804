"""Retention of one gateway, put together: its own runs, daily and on demand, and its duties to peers."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

from gateway.config import ConfigError, GatewayConfig
from gateway.errors import GatewayError
from gateway.log.checkpoint import log_origin
from gateway.reload import Apply, Changed
from gateway.replication.alarms import Alarms
from gateway.replication.wrong import Wrong
from gateway.retention import policy as policies
from gateway.retention.daily import Daily
from gateway.retention.duties import Duties
from gateway.retention.ended import ClauseTerms
from gateway.retention.erasing import Eraser, Forget
from gateway.retention.policy import Policy, PolicyError
from gateway.retention.run import Retention
from gateway.store.port import StoreError
from gateway.store.pulse import Pulse
from gateway.store.sql_store import SqlStore
from gateway.store.writer import Writer
from yrd.exchange.v1.service_pb2 import AlarmEvidence, RunRetentionResponse

logger = logging.getLogger(__name__)
Result = TypeVar("Result")


def policy_of(config: GatewayConfig) -> Policy:
    """The policy that a configuration names, or the one that is shipped. Raises ConfigError."""
    try:
        return policies.load(config.retention or policies.DEFAULT)
    except PolicyError as error:
        raise ConfigError(f"retention: {error}") from None


class Steward:
    """What a gateway needs of it. `forget` are its caches of entries; `reread` reads the configuration."""

    def __init__(
        self,
        config: GatewayConfig,
        reread: Callable[[], GatewayConfig],
        policy: Policy,
        store: SqlStore,
        writer: Writer,
        pulse: Pulse,
        forget: Sequence[Forget],
        alarms: Alarms,
        clock: Callable[[], float],
    ) -> None:
        own, retained = config.participant, store.retained
        self._log, self._reread, self._policy = log_origin(own), reread, policy
        self._writer, self._alarms = writer, alarms
        self._eraser = Eraser(writer, retained, forget)
        peers = [peer.participant for peer in config.peers]
        terms = ClauseTerms(own, store, retained, writer, self._eraser)
        self._retention = Retention(
            own,
            self._in_force,
            peers,
            config.data_dir,
            retained,
            writer,
            self._eraser,
            terms,
            clock,
        )
        self._duties = Duties(
            own, self._in_force, store, retained, writer, pulse, self._eraser, alarms, clock
        )
        self._by_policy = config.daily_retention is not None
        self._daily = Daily(
            config.daily_terms, self._run_daily, self._failed, config.data_dir, clock
        )
        self._tasks: set[asyncio.Task[Any]] = set()

    def _in_force(self) -> Policy:
        return self._policy

    def read(self) -> Apply:
        """The part of a reload: the policy, and when it runs. Raises ConfigError."""
        config = self._reread()
        policy, at = policy_of(config), config.daily_terms
        by_policy = config.daily_retention is not None

        async def apply(changed: Changed) -> None:
            daily = (at, by_policy) != (self._daily.at, self._by_policy)
            changed.parts += ["retention policy"] if policy != self._policy else []
            changed.parts += ["time of retention"] if daily else []
            self._policy, self._daily.at, self._by_policy = policy, at, by_policy

        return apply

    async def watch(self) -> None:
        """Runs once a day, until cancelled; a run that has begun goes on."""
        await self._daily.watch()

    async def _run_daily(self) -> None:
        """The policy, if a daily run of it is asked for; what clauses let one keep no longer in any case."""
        if self._by_policy:
            await self.run(dry_run=False)
        else:
            await asyncio.shield(self._own(self._retention.end_terms()))

    async def _failed(self, error: Exception) -> None:
        """A daily run that nobody asked for, and that failed: the log and an alarm say so."""
        if isinstance(error, (GatewayError, StoreError, OSError)):
            detail = str(error)
            logger.error("retention_failed", extra={"detail": detail})
        else:
            detail = f"{type(error).__name__}, of which the gateway's log has the details"
            logger.error("retention_failed", exc_info=error)
        if isinstance(error, StoreError) and error.lasting:
            self._writer.stop_accepting(f"stopped accepting: {error}; mend the disk, then restart")
        what = f"the daily run of the retention policy failed: {detail}"
        shown = AlarmEvidence(said=what)
        await self._alarms.keep(
            Wrong(what, kind="retention", log=self._log, index="", evidence=shown)
        )

    def begin(self) -> None:
        """Begins to work off duties, until the gateway stops."""
        self._own(self._duties.run())

    async def run(self, dry_run: bool) -> RunRetentionResponse:
        """Runs the policy. It goes on if who asked for it gives up. Raises GatewayError or StoreError."""
        return await asyncio.shield(self._own(self._retention.run(dry_run)))

    def _own(self, work: Coroutine[Any, Any, Result]) -> "asyncio.Task[Result]":
        """A task that nobody cancels: a thread in the midst of the store would not end with it."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def close(self) -> None:
        """Waits for what is under way; the writer must have stopped, the store must not."""
        await asyncio.gather(*self._tasks, return_exceptions=True)
