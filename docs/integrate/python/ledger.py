"""Which messages were dealt with."""

import os
from collections.abc import Sequence
from pathlib import Path


class Ledger:
    """Stands for a table of your database with message_id as its key.

    There, it is written in the transaction that does the work itself.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("a+", encoding="ascii")
        self._file.seek(0)
        self._done = set(self._file.read().split())

    def __contains__(self, message_id: str) -> bool:
        return message_id in self._done

    def record(self, message_ids: Sequence[str]) -> None:
        """Durable on return, so that a batch may be acknowledged after it."""
        self._file.writelines(f"{message_id}\n" for message_id in message_ids)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._done.update(message_ids)
