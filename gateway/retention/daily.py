"""The retention policy once a day, at a time of day in Beijing."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import date, datetime, time
from pathlib import Path

from schemas.instants import BEIJING

logger = logging.getLogger(__name__)

FILE = "retention-done"
"""File of a data folder that names the day of the newest daily run that was done."""
LOOK_SECONDS = 30.0


def due_on(now: float, at: time, done: date | None) -> date | None:
    """The day in Beijing whose run is due at an instant (seconds since 1970); None if none is. Pure.

    `done`: the day of the newest run.
    """
    there = datetime.fromtimestamp(now, BEIJING)
    return there.date() if there.time() >= at and there.date() != done else None


class Daily:
    """Runs once a day: at `at` (None: never), or as soon as the gateway is up if it was down then.

    A run that fails is told to `failed`, and tried again on the next day or after the next start.
    """

    def __init__(
        self,
        at: time | None,
        run: Callable[[], Awaitable[object]],
        failed: Callable[[Exception], Awaitable[None]],
        folder: Path,
        clock: Callable[[], float],
    ) -> None:
        self.at = at
        self._run, self._failed, self._clock = run, failed, clock
        self._path = folder / FILE
        self._tried = _day_in(self._path)

    async def watch(self) -> None:
        """Looks now and then, until cancelled: the clock may be set, and `at` may change."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Runs if a run is due. Raises nothing."""
        day = None if self.at is None else due_on(self._clock(), self.at, self._tried)
        if day is None:
            return
        self._tried = day
        try:
            await self._run()
            await asyncio.to_thread(self._path.write_text, f"{day}\n", encoding="utf-8")
        except Exception as error:  # noqa: BLE001  # whatever went wrong, the gateway goes on and says so
            await self._failed(error)
        else:
            logger.info("retention_done", extra={"day": str(day)})


def _day_in(path: Path) -> date | None:
    """The day that a file names; None if it can't be read, and then the day's run is done once more."""
    try:
        return date.fromisoformat(path.read_text(encoding="utf-8").strip())
    except (OSError, ValueError):
        return None
