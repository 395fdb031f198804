"""The five-byte framing of schema registries: 00, the schema's id (4 bytes, big-endian), the datum."""

from collections.abc import Mapping
from typing import Any

from google.protobuf.message import Message

from schemas.avro.catalog import fingerprint
from schemas.avro.codec import read_datum, write_datum
from schemas.avro.errors import AvroFormError
from schemas.avro.registry import WriterSchema, writer_schema

_MAGIC = b"\0"
_HEAD = 5


class RegistryFraming:
    """Encodes and decodes with the ids that a schema registry has given.

    `schemas`: id (0 to 2**32 - 1) → schema as JSON value. Raises AvroFormError for a bad one.
    """

    def __init__(self, schemas: Mapping[int, Any]) -> None:
        self._schemas = {id_: writer_schema(s, (f"id {id_}",)) for id_, s in schemas.items()}
        self._ids = {s.fingerprint: id_ for id_, s in self._schemas.items()}

    def encode(self, message: Message) -> bytes:
        """Raises AvroFormError if no id stands for this version's schema of the message."""
        full_name = message.DESCRIPTOR.full_name
        id_ = self._ids.get(fingerprint(full_name))
        if id_ is None:
            raise AvroFormError(
                f"no id for this version's schema of {full_name}: register "
                f"schemas/avro/{full_name}.avsc and give its id"
            )
        return write_datum(message, _head(id_))

    def heads(self, full_name: str) -> list[tuple[bytes, WriterSchema]]:
        """What stands before data of a type, and the schema that they are written with then."""
        found = self._schemas.items()
        return [(_head(id_), schema) for id_, schema in found if schema.full_name == full_name]

    def decode(self, data: bytes) -> Message:
        """A message written with any of the schemas. Raises AvroFormError."""
        if data[:1] != _MAGIC or len(data) < _HEAD:
            raise AvroFormError(
                f"no registry framing: it begins with {data[:1].hex()!r} and has {len(data)} bytes; "
                "send 00, the schema's id (4 bytes, big-endian), and the datum"
            )
        id_ = int.from_bytes(data[1:_HEAD], "big")
        if id_ not in self._schemas:
            raise AvroFormError(
                f"schema id {id_} is not known (known are {sorted(self._schemas)}): fetch its schema "
                "from the registry and give it here"
            )
        return read_datum(self._schemas[id_], data, _HEAD)


def _head(id_: int) -> bytes:
    return _MAGIC + id_.to_bytes(_HEAD - 1, "big")
