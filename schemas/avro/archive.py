"""Avro files of messages, one a day and revision, that any Avro reader can read."""

import io
import json
import os
from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import fastavro

from schemas.avro.catalog import fingerprint, fingerprint_of, parsed_schema
from schemas.avro.codec import from_record, write_datum
from schemas.avro.container import UNSOUND
from yrd.exchange.v1.message_pb2 import Message

TYPE = "yrd.exchange.v1.Message"


class ArchiveError(Exception):
    """A file that is not the archive that it should be; the text names file and remedy."""


def file_of(day: date) -> str:
    """Name of the file of a day; a new revision of the contract begins another one."""
    return f"{day:%Y-%m-%d}.{fingerprint(TYPE).hex()}.avro"


def append(path: Path, known_bytes: int, messages: Sequence[Message]) -> int:
    """Appends one block behind the first `known_bytes` of a file; durable on return.

    What stands behind `known_bytes` is cut off first: it is what a writer left that died before it
    could note the new length. Returns the new length. Raises ArchiveError if the file is shorter or
    was begun with another revision of the contract, AvroFormError for a time that is none.
    """
    _cut_back(path, known_bytes)
    with path.open("a+b") as file:
        _require_same_revision(file, path)
        writer = fastavro.write.Writer(file, parsed_schema(TYPE), codec="deflate")
        writer.write_block(_Block(len(messages), io.BytesIO(b"".join(map(write_datum, messages)))))
        writer.flush()
        os.fsync(file.fileno())
        return file.tell()


class _Block(NamedTuple):
    """Records that are written already, as fastavro takes them."""

    num_records: int
    bytes_: io.BytesIO


def _require_same_revision(file: BinaryIO, path: Path) -> None:
    """Raises ArchiveError for a file of another schema: what that does not know would be lost."""
    file.seek(0)
    if not file.read(1):
        return
    file.seek(0)
    if _fingerprint_of(fastavro.reader(file).metadata["avro.schema"]) != fingerprint(TYPE):
        raise ArchiveError(
            f"{path}: begun with another revision of the contract, which would lose what is new: move "
            "the pipeline's whole folder aside to read everything anew"
        )


@lru_cache(maxsize=4)
def _fingerprint_of(schema: str) -> bytes:
    return fingerprint_of(json.loads(schema))


def _cut_back(path: Path, known_bytes: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.touch()
        _sync_folder(path.parent)
    size = path.stat().st_size
    if size < known_bytes:
        raise ArchiveError(
            f"{path}: has {size} bytes, {known_bytes} were written: part of the archive is lost; put "
            "it back from a backup, or move the pipeline's whole folder aside to read everything anew"
        )
    os.truncate(path, known_bytes)


def _sync_folder(folder: Path) -> None:
    """Makes a new file's name durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read(path: Path, known_bytes: int | None = None) -> Iterator[Message]:
    """Messages of a file in order, a block at a time; of its first `known_bytes` only, if given.

    Raises ArchiveError.
    """
    try:
        with _opened(path, known_bytes) as file:
            # resolving each record against a schema that is the same would take twice as long
            ours = fingerprint_of(fastavro.reader(file).writer_schema) == fingerprint(TYPE)
        with _opened(path, known_bytes) as file:
            for record in fastavro.reader(file, None if ours else parsed_schema(TYPE)):
                yield _message(record, path)
    except OSError as error:
        raise ArchiveError(f"{path}: {error.strerror}; check the path") from None
    except (*UNSOUND, fastavro.read.SchemaResolutionError) as error:
        raise ArchiveError(f"{path}: not an archive of messages: {error}") from None


def _opened(path: Path, known_bytes: int | None) -> BinaryIO:
    whole = path.open("rb")
    return whole if known_bytes is None else io.BufferedReader(_First(whole, known_bytes))


class _First(io.RawIOBase):
    """The first bytes of a file, which someone may be appending to."""

    def __init__(self, file: BinaryIO, length: int) -> None:
        self._file, self._left = file, length

    def close(self) -> None:
        """The file, too."""
        self._file.close()
        super().close()

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """As much as is left and fits."""
        found = self._file.read(min(len(buffer), self._left))
        buffer[: len(found)] = found
        self._left -= len(found)
        return len(found)


def _message(record: object, path: Path) -> Message:
    message = from_record(TYPE, record) if isinstance(record, dict) else None
    if not isinstance(message, Message):
        raise ArchiveError(f"{path}: holds a {type(record).__name__} where a message is due")
    return message
