"""Messages as Avro and back: single-object encoding, C3 01, fingerprint, datum.

Data of this version's schemas take compiled functions (`writer_source`, `reader_source`); data of a
released schema are resolved against this version's by fastavro.
"""

from functools import cache
from io import BytesIO
from typing import Any

import fastavro
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from schemas.avro.catalog import descriptor_of, fingerprint, parsed_schema
from schemas.avro.errors import AvroFormError
from schemas.avro.projection import project
from schemas.avro.reader_source import DAMAGES, Read, reader
from schemas.avro.records import Record, fill, to_record
from schemas.avro.registry import Registry, WriterSchema, known, lookup, plain
from schemas.avro.writer_source import Write, writer

__all__ = [
    "AvroFormError",
    "Record",
    "decode",
    "decode_as",
    "encode",
    "fingerprint",
    "from_record",
    "parsed_schema",
    "read_datum",
    "to_record",
    "write_datum",
]

MARKER = b"\xc3\x01"
_HEAD = len(MARKER) + 8


def encode(message: Message) -> bytes:
    """A message in single-object encoding. Raises AvroFormError for a time that is none."""
    head, write = _encoder(message.DESCRIPTOR.full_name)
    out = bytearray(head)
    write(message, out)
    return bytes(out)


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


def write_datum(message: Message) -> bytes:
    """A message in binary encoding with this version's schema and nothing before it."""
    return encode(message)[_HEAD:]


def read_datum(written_with: WriterSchema, data: bytes, at: int = 0) -> Message:
    """A message from binary encoding, from a position to the end. Raises AvroFormError."""
    full_name = written_with.full_name
    make, read, current = _decoder(full_name)
    data = bytes(data)
    try:
        if written_with.fingerprint != current:
            return from_record(full_name, _resolved(written_with, data[at:]))
        message = make()
        end = read(data, at, message)
        if end != len(data):
            raise AvroFormError(f"{len(data)} bytes, where the datum has {end}")
        return message
    except DAMAGES as error:
        raise AvroFormError(
            f"damaged datum of {full_name}: {_words(error)}; ask for it again"
        ) from None


def from_record(full_name: str, record: Any) -> Message:
    """The message that a record of fastavro stands for. Raises AvroFormError."""
    descriptor = descriptor_of(full_name)
    message: Message = GetMessageClass(descriptor)()
    fill(descriptor, record, message)
    return message


@cache
def _encoder(full_name: str) -> tuple[bytes, Write]:
    return MARKER + fingerprint(full_name), writer(descriptor_of(full_name))


@cache
def _decoder(full_name: str) -> tuple[type[Message], Read, bytes]:
    descriptor = descriptor_of(full_name)
    return GetMessageClass(descriptor), reader(descriptor), fingerprint(full_name)


@cache
def _reader_schema(full_name: str) -> Any:
    return fastavro.parse_schema(plain(project(descriptor_of(full_name))))


def _resolved(written_with: WriterSchema, data: bytes) -> Any:
    """A record as this version's schema sees it."""
    stream = BytesIO(data)
    try:
        record = fastavro.schemaless_reader(
            stream, written_with.parsed, _reader_schema(written_with.full_name)
        )
    except EOFError:
        raise AvroFormError("it ends too early") from None
    except fastavro.read.SchemaResolutionError as error:
        raise AvroFormError(f"its schema does not resolve: {error}") from None
    if stream.read(1):
        raise AvroFormError("more bytes follow than its schema describes")
    return record


def _words(error: Exception) -> str:
    if isinstance(error, IndexError):
        return "it ends too early"
    if isinstance(error, UnicodeDecodeError):
        return "a text in it is not UTF-8"
    if isinstance(error, KeyError):
        return f"{error} is no symbol of its enum"
    return str(error)
