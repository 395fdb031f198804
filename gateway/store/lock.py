"""One program at a time writes into a data folder."""

import fcntl
import os
from pathlib import Path

FILE = "lock"


class FolderInUse(Exception):
    """Another program has the folder."""


class FolderLock:
    """Held from its making until `release`, or until the process ends however it does."""

    def __init__(self, data_dir: Path) -> None:
        """Raises FolderInUse, OSError."""
        data_dir.mkdir(parents=True, exist_ok=True)
        self._file = os.open(data_dir / FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._file)
            raise FolderInUse(
                f"{data_dir}: another gateway, or a recovery, is at work here; stop it first"
            ) from None

    def release(self) -> None:
        """Lets others have the folder. May be called again."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
