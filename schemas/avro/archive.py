"""Avro files of messages, one a day, that any Avro reader can read."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import fastavro

from schemas.avro.codec import from_record, parsed_schema, to_record
from yrd.exchange.v1.message_pb2 import Message

TYPE = "yrd.exchange.v1.Message"


class ArchiveError(Exception):
    """A file that is not an archive of messages; the text names file and remedy."""


def append(path: Path, known_bytes: int, messages: Sequence[Message]) -> int:
    """Appends one block behind the first `known_bytes` of a file; durable on return.

    What stands behind `known_bytes` is cut off first: it is what a writer left that died before it
    could note the new length. Returns the new length.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    os.truncate(path, known_bytes)
    with path.open("a+b") as file:
        schema = parsed_schema(TYPE)
        records = (to_record(message) for message in messages)
        fastavro.writer(file, schema, records, codec="deflate", sync_interval=1 << 30)
        file.flush()
        os.fsync(file.fileno())
        return file.tell()


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
