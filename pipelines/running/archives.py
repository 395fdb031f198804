"""Archived files as one stream of messages, and those of a pipeline's folder."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from schemas.avro.archive import ArchiveError, read
from yrd.exchange.v1.message_pb2 import Message

__all__ = ["ArchiveError", "Archived", "messages_of", "of_folder"]

Told = Callable[[int, int], None]
"""How far it has come: (files that were read, of how many)."""


@dataclass(frozen=True, slots=True)
class Archived:
    """An archive file, and how much of it counts; None: all."""

    path: Path
    good_bytes: int | None = None


def messages_of(files: Sequence[Archived], told: Told = lambda done, of: None) -> Iterator[Message]:
    """Messages of the files, one file after the other, a block of one at a time.

    Raises ArchiveError when it comes to a file that is none.
    """
    told(0, len(files))
    for number, file in enumerate(files, start=1):
        yield from read(file.path, file.good_bytes)
        told(number, len(files))


def of_folder(folder: Path) -> list[Archived]:
    """Archive files of a pipeline's folder, which may be writing them: what it has not noted yet is left out.

    Raises ArchiveError if there are none.
    """
    archive, store = folder / "archive", folder / "states.db"
    noted = _noted(store) if store.exists() else None
    found = [
        Archived(path, None if noted is None else noted[path.name])
        for path in sorted(archive.glob("*.avro"))
        if noted is None or noted.get(path.name)
    ]
    if not found:
        raise ArchiveError(
            f"{archive}: no archive files; `yrd pipeline run` writes them, or name the files instead"
        )
    return found


def _noted(store: Path) -> dict[str, int]:
    with closing(sqlite3.connect(f"{store.absolute().as_uri()}?mode=ro", uri=True)) as db:
        try:
            return dict(db.execute("SELECT file, bytes FROM archive").fetchall())
        except sqlite3.Error as error:
            raise ArchiveError(
                f"{store}: not a pipeline's store ({error}); name the archive files instead"
            ) from None
