"""Retention of one gateway, put together: its own runs, and its duties towards peers."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

from gateway.config import ConfigError, GatewayConfig
from gateway.replication.alarms import Alarms
from gateway.retention import policy as policies
from gateway.retention.duties import Duties
from gateway.retention.erasing import Eraser, Forget
from gateway.retention.policy import Policy, PolicyError
from gateway.retention.run import Retention
from gateway.store.pulse import Pulse
from gateway.store.sqlite import SqliteStore
from gateway.store.writer import Writer
from yrd.exchange.v1.service_pb2 import RunRetentionResponse

Result = TypeVar("Result")


def policy_of(config: GatewayConfig) -> Policy:
    """The policy that a configuration names, or the one that is shipped. Raises ConfigError."""
    try:
        return policies.load(config.retention or policies.DEFAULT)
    except PolicyError as error:
        raise ConfigError(f"retention: {error}") from None


class Steward:
    """What a gateway needs of it. `forget` are its caches of entries."""

    def __init__(
        self,
        config: GatewayConfig,
        policy: Policy,
        store: SqliteStore,
        writer: Writer,
        pulse: Pulse,
        forget: Sequence[Forget],
        alarms: Alarms,
        clock: Callable[[], float],
    ) -> None:
        own, retained = config.participant, store.retained
        self._eraser = Eraser(writer, retained, forget)
        peers = [peer.participant for peer in config.peers]
        self._retention = Retention(
            own, policy, peers, config.data_dir, retained, writer, self._eraser, clock
        )
        self._duties = Duties(
            own, policy.backups, store, retained, writer, pulse, self._eraser, alarms, clock
        )
        self._tasks: set[asyncio.Task[Any]] = set()

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
