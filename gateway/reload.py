"""Reading anew what files say, while the gateway runs. All or nothing.

Every part is read and checked before any of them changes anything. Then they change one after the
other, agreements first: theirs is the only change that can still fail, since it is sealed into the log.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from gateway.config import ConfigError
from gateway.errors import MalformedRequest

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Changed:
    """What a reload has changed: agreements with their steps, and other parts by name."""

    agreements: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)


Apply = Callable[[Changed], Awaitable[None]]
"""Puts into effect what was read, and adds to what has changed."""
Part = Callable[[], Apply]
"""Reads files (in a worker thread) and checks them. Raises ConfigError; has changed nothing yet."""


class Reload:
    """The use case. `parts` in the order in which they take effect; only the first may fail then."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = tuple(parts)
        self._one_at_a_time = asyncio.Lock()

    async def __call__(self) -> Changed:
        """Reads everything anew. Raises MalformedRequest naming what is wrong, or Unavailable."""
        async with self._one_at_a_time:
            try:
                applying = [await asyncio.to_thread(part) for part in self._parts]
            except ConfigError as error:
                logger.error("reload_refused", extra={"detail": str(error)})
                raise MalformedRequest(
                    f"nothing was reloaded, everything stays as it is:\n{error}", field="files"
                ) from None
            changed = Changed()
            for apply in applying:
                await apply(changed)
            logger.info(
                "reloaded", extra={"agreements": changed.agreements, "changed": changed.parts}
            )
            return changed
