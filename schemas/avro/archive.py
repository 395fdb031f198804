"""Avro files of messages, one a day, that any Avro reader can read."""

import os
import zlib
from collections.abc import Iterator, Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import fastavro

from schemas.avro.catalog import fingerprint, fingerprint_of, parsed_schema
from schemas.avro.codec import from_record, to_record, write_datum
from schemas.avro.varints import long
from yrd.exchange.v1.message_pb2 import Message

TYPE = "yrd.exchange.v1.Message"
_MARKER_BYTES = 16


class ArchiveError(Exception):
    """A file that is not the archive that it should be; the text names file and remedy."""


def append(path: Path, known_bytes: int, messages: Sequence[Message]) -> int:
    """Appends one block behind the first `known_bytes` of a file; durable on return.

    What stands behind `known_bytes` is cut off first: it is what a writer left that died before it
    could note the new length. Returns the new length. Raises ArchiveError if the file is shorter or
    was begun with another revision of the contract, AvroFormError for a time that is none.
    """
    _cut_back(path, known_bytes)
    with path.open("a+b") as file:
        marker = _begun(file, path)
        if marker is None:
            records = (to_record(message) for message in messages)
            fastavro.writer(file, parsed_schema(TYPE), records, sync_interval=1 << 30)
        else:
            file.write(_block(messages, marker))
        file.flush()
        os.fsync(file.fileno())
        return file.tell()


def _begun(file: BinaryIO, path: Path) -> bytes | None:
    """The marker between blocks of a file that has our header, after writing one if there is none.

    None where another program has written the header, for the same schema. Raises ArchiveError for
    another schema: what it does not know would be lost.
    """
    file.seek(0)
    found = file.read(len(_header()))
    if not found:
        found = _header()[:-_MARKER_BYTES] + os.urandom(_MARKER_BYTES)
        file.write(found)
    if found[:-_MARKER_BYTES] == _header()[:-_MARKER_BYTES]:
        return found[-_MARKER_BYTES:]
    file.seek(0)
    if fingerprint_of(fastavro.reader(file).writer_schema) != fingerprint(TYPE):
        raise ArchiveError(
            f"{path}: begun with another revision of the contract, which would lose what is new: move "
            "the pipeline's whole folder aside to read everything anew"
        )
    return None


@cache
def _header() -> bytes:
    """What a file begins with, as fastavro writes it; the marker at its end is each file's own."""
    out = BytesIO()
    fastavro.writer(out, parsed_schema(TYPE), [], codec="deflate")
    return out.getvalue()


def _block(messages: Sequence[Message], marker: bytes) -> bytes:
    deflate = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    data = deflate.compress(b"".join(map(write_datum, messages))) + deflate.flush()
    return b"".join([long(len(messages)), long(len(data)), data, marker])


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


def read(path: Path) -> Iterator[Message]:
    """Messages of a file in order. Raises ArchiveError."""
    try:
        with path.open("rb") as file:
            for record in fastavro.reader(file, parsed_schema(TYPE)):
                message = from_record(TYPE, record)
                assert isinstance(message, Message)
                yield message
    except OSError as error:
        raise ArchiveError(f"{path}: {error.strerror}; check the path") from None
    except (ValueError, EOFError, fastavro.read.SchemaResolutionError) as error:
        raise ArchiveError(f"{path}: not an archive of messages: {error}") from None
