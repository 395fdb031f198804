"""Which body types the contract knows, read from the descriptor of Draft."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from yrd.exchange.v1 import message_pb2

Carrier = message_pb2.Draft | message_pb2.Message

_BODY: Any = message_pb2.Draft.DESCRIPTOR.oneofs_by_name["body"]

BODY_FIELDS: Mapping[str, FieldDescriptor] = MappingProxyType(
    {field.message_type.full_name: field for field in _BODY.fields}
)
"""Full type name, for example "yrd.incident.v1.IncidentReport" → its field in Draft and Message."""

GOVERNANCE = "yrd.governance."
"""Types that gateways seal themselves: about agreements and erasure. No client may publish them."""

PUBLISHABLE: tuple[str, ...] = tuple(n for n in BODY_FIELDS if not n.startswith(GOVERNANCE))
"""Full names of the types that clients publish."""

_TYPE_OF_FIELD = {field.name: name for name, field in BODY_FIELDS.items()}


def type_name(carrier: Carrier) -> str | None:
    """Full name of the body's type, or None if there is no body that this version knows."""
    field = carrier.WhichOneof("body")
    return _TYPE_OF_FIELD[field] if field else None


def body_of(carrier: Carrier) -> Message | None:
    """The body, or None if there is none that this version knows."""
    field = carrier.WhichOneof("body")
    return getattr(carrier, field) if field else None
