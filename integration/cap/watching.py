"""A folder watched: each file once, whatever is stopped or unreachable meanwhile."""

import logging
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from client import ExchangeError
from integration.cap.folder import Folder
from integration.cap.intake import Outcome, Told

POLL_SECONDS, PATIENCE_SECONDS = 1.0, 5.0
_log = logging.getLogger(__name__)


class Intake(Protocol):
    """What files are given to: of CAP, or of EDXL-RM."""

    def publish(self, file: Path) -> Told:
        """Publishes one file. Raises ExchangeError if there is no gateway."""

    def in_order(self, files: Sequence[Path]) -> list[Path]:
        """Files so that each follows what it goes on with."""


def watch(
    intake: Intake, path: Path, stop: threading.Event, poll_seconds: float = POLL_SECONDS
) -> Iterator[Told]:
    """What became of each file, until stopped. A gateway that is away is waited for. Raises OSError."""
    box = Folder(path)
    with box.alone():
        _log.info("cap_watching", extra={"folder": str(path)})
        yield from _rounds(intake, box, stop, poll_seconds)
    _log.info("cap_watch_ended", extra={"folder": str(path)})


def _rounds(
    intake: Intake, box: Folder, stop: threading.Event, poll_seconds: float
) -> Iterator[Told]:
    while not stop.is_set():
        away = False
        for file in intake.in_order(box.claim_settled()):
            try:
                told = intake.publish(file)
            except ExchangeError as error:
                _log.warning("cap_gateway_away", extra={"detail": str(error)})
                away = True
                break
            box.put_away(told)
            away = away or told.outcome == Outcome.WAITING
            if told.outcome != Outcome.WAITING:
                yield told
            if stop.is_set():
                break
        stop.wait(max(poll_seconds, PATIENCE_SECONDS) if away else poll_seconds)
