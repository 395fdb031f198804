"""A bridge works in sessions: each begins from what is durable, and ends with the first failure."""

import logging
import threading
from collections.abc import Callable

from integration.kafka.errors import Away
from integration.kafka.metrics import Meter

PAUSE_SECONDS = (0.2, 5.0)
"""Between sessions: at first, and at most."""

logger = logging.getLogger(__name__)


def again_and_again(session: Callable[[], None], meter: Meter, stop: threading.Event) -> None:
    """Until one ends well, or told to stop; one that moved nothing is followed by a longer pause.

    Raises Halted.
    """
    first, longest = PAUSE_SECONDS
    pause = first
    while not stop.is_set():
        before = meter.committed
        try:
            session()
            return
        except Away as error:
            meter.waits()
            logger.warning("bridge_waits", extra={"reason": str(error)})
            pause = first if meter.committed > before else min(2 * pause, longest)
            stop.wait(pause)
