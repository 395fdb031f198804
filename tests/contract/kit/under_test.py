"""Our own gateway as the kit's target, in this process, with every hook that its operator could have."""

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from gateway.app import Gateway
from gateway.config import GatewayConfig, load
from gateway.store.port import StoreError
from gateway.store.sqlite import SqliteStore
from integration.kit import peer
from integration.kit.model import Outcome, Status
from integration.kit.prepare import Plan, prepare
from integration.kit.running import all_groups, bench_for, run_cases, selected
from integration.kit.setup import load as load_setup
from tests.support.damage import flip, run_sql
from tests.support.running import free_port

FAULTY_SECONDS = 4.0
"""A gateway with a fault may never answer; there is no use in waiting long."""


def make_folder(folder: Path, participant: str = "310000") -> Path:
    """A prepared folder on free ports of this machine."""
    ours, theirs = (f"127.0.0.1:{free_port()}" for _ in range(2))
    prepare(folder, Plan(participant, ours, theirs, theirs))
    return folder


@dataclass(slots=True)
class UnderTest:
    """One gateway that can be stopped and started again. Runs in a thread of its own."""

    config: GatewayConfig
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _gateway: Gateway | None = None
    _thread: threading.Thread | None = None
    _full: bool = False

    def start(self) -> None:
        """Starts it; it serves on return."""
        if self._thread is None:
            self._loop.set_exception_handler(lambda loop, context: None)
            self._thread = threading.Thread(target=self._loop.run_forever)
            self._thread.start()

        async def make() -> Gateway:
            gateway = Gateway(self.config, new=True)
            await gateway.start()
            return gateway

        self._gateway = self._run(make())

    def stop(self) -> None:
        """Stops it in order."""
        if self._gateway is not None:
            self._run(self._gateway.stop())
            self._gateway = None

    def end(self) -> None:
        """Stops it and its thread."""
        try:
            self.stop()
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            if self._thread is not None:
                self._thread.join()
            self._loop.close()

    def _run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    def restart(self) -> None:
        """Stops and starts it."""
        self.stop()
        self.start()

    def flip_newest(self) -> None:
        """Flips a bit of the newest leaf while it stands still; twice is as before."""
        self.stop()
        ((newest,),) = run_sql(self.config.data_dir, "SELECT max(offset) FROM entry")
        flip(self.config.data_dir, "entry", "leaf", f"offset = {newest}")
        self.start()

    def hooks(self, patch: pytest.MonkeyPatch) -> Mapping[str, Callable[[], None]]:
        """What an operator would name in kit.yaml."""
        commit = SqliteStore.commit

        def fail(*_: object) -> None:
            raise StoreError("database or disk is full", lasting=False)

        return {
            "restart": self.restart,
            "fill": lambda: patch.setattr(SqliteStore, "commit", fail),
            "free": lambda: patch.setattr(SqliteStore, "commit", commit),
            "damage": self.flip_newest,
            "mend": self.flip_newest,
        }


@contextmanager
def under_test(folder: Path, data: Path, **limits: Any) -> Iterator[UnderTest]:
    """The gateway of a prepared folder, with an empty store and with the peer's log empty."""
    (folder / peer.FILE).unlink(missing_ok=True)
    config = load(folder / "gateway.yaml")
    changed = {"data_dir": data, "check_processes": 0}
    if limits:
        changed["limits"] = config.limits.model_copy(update=limits)
    target = UnderTest(config.model_copy(update=changed))
    try:
        target.start()
        yield target
    finally:
        target.end()


def run_kit(
    folder: Path,
    target: UnderTest,
    patch: pytest.MonkeyPatch,
    profile: str = "full",
    only: tuple[str, ...] = (),
    seconds: float = FAULTY_SECONDS,
) -> list[Outcome]:
    """What the kit finds. `seconds`: how long a call, or what must come, may take."""
    logging.disable(logging.CRITICAL)
    try:
        with bench_for(
            target.config.listen,
            load_setup(folder),
            seconds,
            seconds,
            target.hooks(patch),
        ) as bench:
            return run_cases(bench, selected(all_groups(), profile, only))
    finally:
        logging.disable(logging.NOTSET)


def failures(outcomes: list[Outcome]) -> list[str]:
    """Names of the cases that failed."""
    return [o.case.full_name for o in outcomes if o.status is Status.FAILED]
