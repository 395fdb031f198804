"""A thread beside the test whose error is not lost."""

import threading

AGAIN = ("UNAVAILABLE", "DEADLINE_EXCEEDED", "CANCELLED")
"""Statuses after which one tries again."""
PAUSE_SECONDS = 0.02


class Worker(threading.Thread):
    """Works until it is done or told to stop."""

    def __init__(self, name: str) -> None:
        super().__init__(name=name, daemon=True)
        self.stopping = threading.Event()
        self._error: BaseException | None = None

    def work(self) -> None:
        """What it does."""
        raise NotImplementedError

    def run(self) -> None:
        """Keeps what went wrong for the test."""
        try:
            self.work()
        except BaseException as error:  # noqa: BLE001  # raised again where the test waits
            self._error = error

    def check(self) -> None:
        """Raises what went wrong."""
        if self._error is not None:
            raise AssertionError(f"{self.name} failed: {self._error}") from self._error
