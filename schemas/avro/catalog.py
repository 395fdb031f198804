"""The types that have an Avro schema, and their schemas in this version."""

from functools import cache
from typing import Any

import fastavro
from google.protobuf.descriptor import Descriptor

from schemas.avro.errors import AvroFormError
from schemas.avro.projection import project
from schemas.catalog import BODY_FIELDS
from yrd.exchange.v1 import message_pb2

_CARRIERS: Any = (message_pb2.Message.DESCRIPTOR, message_pb2.Draft.DESCRIPTOR)
_DESCRIPTORS: dict[str, Descriptor] = {
    d.full_name: d for d in (*_CARRIERS, *(field.message_type for field in BODY_FIELDS.values()))
}

TYPES: tuple[str, ...] = tuple(_DESCRIPTORS)
"""Full names: Message, Draft, and all body types."""


def descriptor_of(full_name: str) -> Descriptor:
    """The descriptor of a type of TYPES. Raises AvroFormError for any other name."""
    if full_name not in _DESCRIPTORS:
        raise AvroFormError(
            f"{full_name!r} has no Avro form: use a body type such as "
            "yrd.incident.v1.IncidentReport, or yrd.exchange.v1.Message or Draft"
        )
    return _DESCRIPTORS[full_name]


@cache
def parsed_schema(full_name: str) -> Any:
    """The schema of a type, ready for fastavro. Raises AvroFormError."""
    return fastavro.parse_schema(project(descriptor_of(full_name)))


@cache
def fingerprint(full_name: str) -> bytes:
    """CRC-64-AVRO of a type's schema, little-endian as in single-object encoding."""
    return fingerprint_of(project(descriptor_of(full_name)))


def fingerprint_of(schema: Any) -> bytes:
    """CRC-64-AVRO of a schema's parsing canonical form, little-endian."""
    canonical = fastavro.schema.to_parsing_canonical_form(schema)
    return bytes.fromhex(fastavro.schema.fingerprint(canonical, "CRC-64-AVRO"))
