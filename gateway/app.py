"""One gateway process: starts its parts, runs until told to stop."""

import asyncio
import logging
import signal
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from functools import partial
from typing import Protocol

from grpc_health.v1 import health_pb2

from gateway import memory
from gateway.agreements import load_agreements
from gateway.config import GatewayConfig
from gateway.errors import GatewayError, Unavailable
from gateway.keys import read_keys
from gateway.parts import Parts
from gateway.retention.steward import policy_of
from gateway.server.credentials import read_tls
from gateway.starting import StartError, StoreAway, await_turn
from gateway.store.opening import Free, is_file
from gateway.store.port import LeaseHeld
from gateway.tracing import Traces
from schemas import rules

logger = logging.getLogger(__name__)

AGAIN_SECONDS = 1.0
CANCEL_AGAIN_SECONDS = 0.2
LAST_MOMENT_SECONDS = 0.5  # for refusals to reach those who called last


class Watcher(Protocol):
    """Who looks at a gateway while it runs: for metrics, say. Called in its event loop."""

    def begins(self, parts: Parts) -> None:
        """It has the store, and is about to serve."""
        ...

    def ends(self) -> None:
        """It has ended, or lost its store; another begins, perhaps."""
        ...


def serve(
    config: GatewayConfig,
    reread: Callable[[], GatewayConfig] | None = None,
    *,
    new: bool = False,
    without: Collection[str] = (),
    watcher: Watcher | None = None,
    traces: Traces | None = None,
) -> int:
    """Runs the gateway until SIGTERM or SIGINT. Returns the exit status. Raises StartError, ConfigError.

    Where another gateway has the store, this one is its standby: before it begins, and again after
    the other has taken over.

    `reread` reads the configuration anew for a reload.
    `new`: begin a log; `without`: peers whose word on our log the operator does without.
    """
    check_files(config)
    rules.get_ready()
    memory.for_batches()
    while True:
        free = await_turn(config, new)
        make = partial(Gateway, config, reread, new=new, without=without, free=free, traces=traces)
        try:
            if asyncio.run(_serve(make, watcher)):
                return 0
        except LeaseHeld:
            logger.info("lease_taken_by_another", extra={"participant": config.participant})
        except StoreAway as error:
            if new or is_file(config.store):
                raise
            logger.info("waiting_for_store", extra={"detail": str(error)})
            time.sleep(AGAIN_SECONDS)
        new = False


async def _serve(make: Callable[[], "Gateway"], watcher: Watcher | None) -> bool:
    """Whether it was told to stop; otherwise it has lost its store to another gateway."""
    gateway = make()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.add_signal_handler(signal.SIGHUP, gateway.begin_reload)
    lost = asyncio.Event()

    def lose(why: str) -> None:
        logger.error("store_lost", extra={"detail": why})
        lost.set()
        stop.set()

    gateway.parts.store.on_loss(lambda why: _call_soon(loop, lose, why))
    try:
        if watcher is not None:
            watcher.begins(gateway.parts)
        await gateway.start()
        await stop.wait()
    finally:
        if watcher is not None:
            watcher.ends()
        await gateway.stop()
    return not lost.is_set()


def _call_soon(loop: asyncio.AbstractEventLoop, call: Callable[[str], None], what: str) -> None:
    """From another thread, which may be late: then the loop has ended, and nobody wants to know."""
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(call, what)


class Gateway:
    """One participant's gateway. Needs a running event loop.

    `new`: a store that was never in use is the beginning of the log. `without`: peers whose word on
    our log is not waited for.
    """

    def __init__(
        self,
        config: GatewayConfig,
        reread: Callable[[], GatewayConfig] | None = None,
        *,
        new: bool = False,
        without: Collection[str] = (),
        free: Free = None,
        traces: Traces | None = None,
    ) -> None:
        self._config = config
        self.parts = Parts(
            config,
            reread or (lambda: config),
            new=new,
            without=without,
            free=free,
            traces=traces,
        )
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def cut_off(self) -> int:
        """Calls that were ended for being slow, idle or no longer allowed."""
        return self.parts.calls.cut_off

    @property
    def open_calls(self) -> int:
        """Calls that are open now."""
        return len(self.parts.calls)

    async def start(self) -> None:
        """Listens, follows the peers, and asks them whether our log goes on where it ended.

        Raises StartError if the address can't be had.
        """
        try:
            self.parts.server.add_secure_port(self._config.listen, self.parts.credentials.server())
        except RuntimeError:
            raise StartError(
                f"listen: {self._config.listen} can't be had; is another gateway running?"
            ) from None
        self.parts.access_log.begin()
        await self.parts.server.start()
        self._tasks += [asyncio.create_task(link.run()) for link in self.parts.links]
        self._tasks.append(asyncio.create_task(self.parts.continuity.run()))
        self._tasks.append(asyncio.create_task(self.parts.gossip.run()))
        await self.parts.continuity.asked()
        await self._tell_health()
        self._tasks.append(asyncio.create_task(self._watch()))
        self._tasks.append(asyncio.create_task(self.parts.calls.watch()))
        seconds = self._config.limits.certificate_check_seconds
        self._tasks.append(asyncio.create_task(self.parts.renewal.watch(seconds)))
        self.parts.steward.begin()
        self._tasks.append(asyncio.create_task(self.parts.steward.watch()))
        logger.info(
            "gateway_ready",
            extra={"participant": self._config.participant, "listen": self._config.listen},
        )

    def begin_reload(self) -> None:
        """Reads anew what the files say, as on SIGHUP; what is wrong stands in the log."""
        self._tasks = [task for task in self._tasks if not task.done()]
        self._tasks.append(asyncio.create_task(self._reload_quietly()))

    async def _reload_quietly(self) -> None:
        with suppress(GatewayError):
            await self.parts.reload()

    async def _watch(self) -> None:
        """Tells the health service whenever the gateway ceases to accept, or begins."""
        while True:
            told = self._problem
            await self.parts.pulse.until(partial(self._differs, told), None)
            await self._tell_health()

    def _differs(self, told: str) -> bool:
        return self._problem != told

    @property
    def _problem(self) -> str:
        return self.parts.writer.problem or self.parts.continuity.problem

    async def _tell_health(self) -> None:
        answer = health_pb2.HealthCheckResponse
        problem = self._problem
        await self.parts.health.set("", answer.NOT_SERVING if problem else answer.SERVING)
        if problem:
            logger.error("stopped_accepting", extra={"detail": problem})

    async def stop(self) -> None:
        """Takes no more, finishes what was begun, writes it, closes."""
        await self.parts.health.enter_graceful_shutdown()
        self.parts.writer.begin_stop()
        self.parts.calls.begin_end(Unavailable("the gateway is shutting down; try again soon"))
        await _cancel_all(self._tasks)
        await self.parts.calls.end(self._config.limits.shutdown_grace_seconds)
        await self.parts.calls.close(self.parts.server.stop(LAST_MOMENT_SECONDS))
        await asyncio.to_thread(self.parts.writer.stop)
        await self.parts.steward.close()
        await self.parts.checkers.close()
        await self.parts.continuity.close()
        self.parts.store.close()
        await asyncio.to_thread(self.parts.access_log.close)
        self.parts.folder.release()
        logger.info("gateway_stopped", extra={"participant": self._config.participant})


async def _cancel_all(tasks: Sequence["asyncio.Task[None]"]) -> None:
    """Cancels until they are done: a call of grpc.aio that is still being set up swallows the first."""
    pending = {task for task in tasks if not task.done()}
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=CANCEL_AGAIN_SECONDS)


def check_files(config: GatewayConfig) -> int:
    """Reads every file that a configuration names; number of agreements. Raises ConfigError."""
    read_keys(config)
    read_tls(config.tls)
    policy_of(config)
    return len(load_agreements(config.agreements_dir))
