"""Avro object container files of any type: read with the schema that stands in them."""

import zlib
from io import BytesIO

import fastavro
from google.protobuf.message import Message

from schemas.avro.catalog import fingerprint, fingerprint_of, parsed_schema
from schemas.avro.codec import from_record, to_record
from schemas.avro.errors import AvroFormError
from schemas.avro.records import Record
from schemas.avro.registry import Registry, known, lookup

UNSOUND = (
    ValueError,
    EOFError,
    LookupError,
    OverflowError,
    TypeError,
    AttributeError,
    RecursionError,
    MemoryError,  # a length that nobody could have written
    zlib.error,
    fastavro.schema.SchemaParseException,
    fastavro.schema.UnknownType,
)
"""What fastavro raises at a file whose header, schema or blocks are damaged."""


def read_container(data: bytes, schemas: Registry | None = None) -> list[Message]:
    """All messages of a file written with this version's schema or a released one.

    Raises AvroFormError.
    """
    try:
        reader = fastavro.reader(BytesIO(data))
        written = lookup(fingerprint_of(reader.writer_schema), schemas or known())
        name = written.full_name
        ours = written.fingerprint == fingerprint(name)
        records = reader if ours else fastavro.reader(BytesIO(data), parsed_schema(name))
        return [_message(name, record) for record in records]
    except AvroFormError:
        raise
    except UNSOUND as error:
        raise AvroFormError(f"no sound Avro container file: {error}; write it anew") from None
    except fastavro.read.SchemaResolutionError as error:
        raise AvroFormError(f"its schema does not resolve: {error}") from None


def _message(name: str, record: object) -> Message:
    if not isinstance(record, dict):
        raise AvroFormError(f"a {type(record).__name__} where a record of {name} is due")
    found: Record = record
    return from_record(name, found)


def write_container(messages: list[Message]) -> bytes:
    """A file of messages of one type, deflated. Raises AvroFormError."""
    names = {message.DESCRIPTOR.full_name for message in messages}
    if len(names) != 1:
        raise AvroFormError(f"a file holds one type, not {len(names)}: write one file a type")
    out = BytesIO()
    fastavro.writer(out, parsed_schema(names.pop()), map(to_record, messages), codec="deflate")
    return out.getvalue()
