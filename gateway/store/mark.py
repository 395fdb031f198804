"""A mark beside the database that tells a store from an old copy of it.

At each start a random id goes into the database and into the file; the file also says how many
entries the own log had a moment ago. An old copy has another id, or fewer entries than the file says.
"""

import json
import os
import secrets
from pathlib import Path
from typing import Protocol

FILE = "started"
ASKING = "the peers are being asked whether this store is the newest; try again soon"
"""Why a gateway does not accept in its first moment."""


class Meta(Protocol):
    """Small values that are kept in the database."""

    def meta(self, key: str) -> str:
        """The value; empty if there is none."""
        ...

    def set_meta(self, values: dict[str, str]) -> None:
        """Sets values; durable on return. Raises StoreError."""
        ...


class Mark:
    """The mark of a data folder. Not for more than one thread at once."""

    def __init__(self, data_dir: Path, meta: Meta, tenure: str = "") -> None:
        """`tenure`: the hexadecimal digits that the id of this run begins with."""
        self._path, self._meta, self._run = data_dir / FILE, meta, ""
        self._tenure = tenure

    def matches(self, size: int) -> bool:
        """Whether the database, whose own log has so many entries, is the one that was last in use."""
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
            run, noted = str(found["run"]), int(found["size"])
        except (OSError, ValueError, KeyError, TypeError):
            return False
        # killed between database and file, the file still says the run before
        return run in (self._meta.meta("run"), self._meta.meta("run_before")) and size >= noted

    @property
    def fresh(self) -> bool:
        """Whether the database was never in use."""
        return not self._meta.meta("run")

    def write(self, size: int) -> None:
        """Marks the store as the newest. Raises StoreError, OSError."""
        if not self._run:
            self._run = (self._tenure + secrets.token_hex(16))[:32]
            before = self._meta.meta("run")
            self._meta.set_meta({"run": self._run, "run_before": before})
        self._note(self._run, size)

    def follow(self, size: int) -> None:
        """Notes what a store is seen to be while another gateway has it open. Raises StoreError, OSError."""
        self._note(self._meta.meta("run"), size)

    def _note(self, run: str, size: int) -> None:
        new = self._path.with_suffix(".new")
        with new.open("w", encoding="utf-8") as file:
            json.dump({"run": run, "size": size}, file)
            file.flush()
            os.fsync(file.fileno())
        new.rename(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def forget(self) -> None:
        """Takes the mark away: the next start asks all peers."""
        self._path.unlink(missing_ok=True)
