"""Messages as Avro and back: single-object encoding, C3 01, fingerprint, datum.

Where native/ was built, it reads and writes what is common (`plans`). `datum` writes everything; fastavro
reads everything, damage and schemas that are not ours included, resolved against this version's schema. Times
stay numbers on the way (`registry.plain`), which is quicker and holds the years 1 to 9999.
"""

import struct
from functools import cache
from io import BytesIO
from typing import Any

import fastavro
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from schemas.avro.catalog import descriptor_of, fingerprint, parsed_schema
from schemas.avro.datum import datum
from schemas.avro.errors import AvroFormError
from schemas.avro.plans import plan_by, plan_of
from schemas.avro.projection import project
from schemas.avro.records import Record, fill, to_record
from schemas.avro.registry import Registry, WriterSchema, known, lookup, plain

__all__ = [
    "AvroFormError",
    "Record",
    "decode",
    "decode_as",
    "encode",
    "fingerprint",
    "from_record",
    "head",
    "parsed_schema",
    "read_by_record",
    "read_datum",
    "to_record",
    "write_datum",
]

MARKER = b"\xc3\x01"
_HEAD = len(MARKER) + 8
_DAMAGES = (ValueError, IndexError, KeyError, OverflowError, struct.error, MemoryError)


def encode(message: Message) -> bytes:
    """A message in single-object encoding. Raises AvroFormError for a time that is none."""
    return write_datum(message, head(message.DESCRIPTOR.full_name))


def decode(data: bytes, schemas: Registry | None = None) -> Message:
    """A message of any type from single-object encoding, written with any known schema.

    `schemas` are those of this version and of all releases if left out. Raises AvroFormError.
    """
    if data[:2] != MARKER or len(data) < _HEAD:
        raise AvroFormError(
            f"no single-object encoding: it begins with {data[:2].hex()!r} and has {len(data)} bytes; "
            "send C3 01, the fingerprint of the schema (8 bytes), and the datum"
        )
    schemas = known() if schemas is None else schemas
    return read_datum(lookup(bytes(data[2:_HEAD]), schemas), data, _HEAD)


def decode_as(full_name: str, data: bytes, schemas: Registry | None = None) -> Message:
    """The same for data that must be of one type. Raises AvroFormError."""
    descriptor_of(full_name)
    message = decode(data, schemas)
    found = message.DESCRIPTOR.full_name
    if found != full_name:
        raise AvroFormError(f"{found} where {full_name} is expected: send the type that is due")
    return message


@cache
def head(full_name: str) -> bytes:
    """What stands before a datum of this version's schema of a type. Raises AvroFormError."""
    return MARKER + fingerprint(full_name)


def write_datum(message: Message, before: bytes = b"") -> bytes:
    """A message in binary encoding with this version's schema.

    Raises AvroFormError for a time that is none.
    """
    descriptor: Any = message.DESCRIPTOR
    plan = plan_of(descriptor)
    found = None if plan is None else plan.write(message.SerializeToString(), before)
    return before + datum(message) if found is None else found


def read_datum(written_with: WriterSchema, data: bytes, at: int = 0) -> Message:
    """A message from binary encoding, from a position to the end. Raises AvroFormError."""
    plan = plan_by(written_with)
    found = None if plan is None else plan.read(data, at)
    if found is None:
        return read_by_record(written_with, data, at)
    return GetMessageClass(descriptor_of(written_with.full_name)).FromString(found)


def read_by_record(written_with: WriterSchema, data: bytes, at: int = 0) -> Message:
    """The same by way of a record, which reads everything. Raises AvroFormError."""
    full_name = written_with.full_name
    try:
        return from_record(full_name, _record(written_with, data[at:]))
    except UnicodeDecodeError:
        problem = "a text in it is not UTF-8"
    except EOFError:
        problem = "it ends too early"
    except fastavro.read.SchemaResolutionError as error:
        problem = f"its schema does not resolve: {error}"
    except _DAMAGES as error:
        problem = str(error) or type(error).__name__
    raise AvroFormError(f"damaged datum of {full_name}: {problem}; ask for it again")


def from_record(full_name: str, record: Any) -> Message:
    """The message that a record of fastavro stands for. Raises AvroFormError."""
    descriptor = descriptor_of(full_name)
    message: Message = GetMessageClass(descriptor)()
    fill(descriptor, record, message)
    return message


@cache
def _plain_schema(full_name: str) -> Any:
    return fastavro.parse_schema(plain(project(descriptor_of(full_name))))


def _record(written_with: WriterSchema, data: bytes) -> Any:
    """A record as this version's schema sees it. Raises AvroFormError, or one of fastavro's errors."""
    stream = BytesIO(data)
    name = written_with.full_name
    ours = written_with.fingerprint == fingerprint(name)
    wanted = None if ours else _plain_schema(name)
    record = fastavro.schemaless_reader(stream, written_with.parsed, wanted)
    if stream.read(1):
        raise AvroFormError("more bytes follow than its schema describes")
    return record
