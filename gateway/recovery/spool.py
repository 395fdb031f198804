"""What a peer gave back of our log, in a file: read and verified as a whole before any of it is used."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from gateway.log.merkle import leaf_hash
from yrd.exchange.v1.message_pb2 import SealedEntry

_LENGTH = 8


class Spool:
    """Entries [start, stop) as one peer gave them. A torn end, left by an interruption, is cut off."""

    def __init__(self, path: Path, start: int) -> None:
        """Raises OSError."""
        self.path, self.start = path, start
        path.touch()
        whole = 0
        self.stop = start
        for size, _ in self._records():
            whole += size
            self.stop += 1
        os.truncate(path, whole)

    def append(self, entries: Iterable[SealedEntry]) -> None:
        """Adds entries. Raises OSError."""
        with self.path.open("ab") as file:
            for entry in entries:
                data = entry.SerializeToString()
                file.write(len(data).to_bytes(_LENGTH, "big") + data)
                self.stop += 1

    def entries(self, first: int = 0) -> Iterator[SealedEntry]:
        """Its entries from an index on, in order."""
        for index, (_, data) in enumerate(self._records(), self.start):
            if index >= first:
                yield SealedEntry.FromString(data)

    def hashes(self, first: int = 0) -> Iterator[bytes]:
        """Their leaf hashes."""
        for entry in self.entries(first):
            yield entry_hash(entry)

    def clear(self) -> None:
        """Forgets everything."""
        os.truncate(self.path, 0)
        self.stop = self.start

    def _records(self) -> Iterator[tuple[int, bytes]]:
        with self.path.open("rb") as file:
            while len(head := file.read(_LENGTH)) == _LENGTH:
                size = int.from_bytes(head, "big")
                data = file.read(size)
                if len(data) < size:
                    return
                yield _LENGTH + size, data


def entry_hash(entry: SealedEntry) -> bytes:
    """Leaf hash of an entry as it travels."""
    return leaf_hash(entry.leaf) if entry.leaf else entry.leaf_hash


def spool_of(folder: Path, peer: str, size: int) -> Spool:
    """The spool of an earlier run if it can be used, or a new one."""
    for path in folder.glob(f"{peer}.*.spool"):
        start = int(path.name.split(".")[-2])
        if start <= size:
            return Spool(path, start)
    return Spool(folder / f"{peer}.{size}.spool", size)
