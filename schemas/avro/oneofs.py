"""What Avro can't say by itself about a oneof: at most one member is set, and its case is right."""

from typing import Any

from google.protobuf.descriptor import OneofDescriptor

from schemas.avro.errors import AvroFormError


def refuse_second(message: Any, oneof: OneofDescriptor, name: str) -> None:
    """Raises AvroFormError if another member is set already."""
    first = message.WhichOneof(oneof.name)
    if first is not None:
        raise AvroFormError(f"{oneof.full_name}: {first} and {name} are both set: send one of them")


def check_case(case: bytes, message: Any, oneof: OneofDescriptor) -> None:
    """Raises AvroFormError if the case names another member than the one that is set."""
    found = message.WhichOneof(oneof.name)
    if found is not None and case == found.encode():
        return
    told = case.decode("utf-8", "replace")
    if found is not None:
        raise AvroFormError(f"{oneof.full_name}: the case is {told!r}, but {found} is set")
    if told in [field.name for field in oneof.fields]:
        raise AvroFormError(f"{oneof.full_name}: the case is {told!r}, but it is not set")
    raise AvroFormError(
        f"{oneof.full_name}: {told!r} is not known to this version of the contract: read it with "
        "a newer release"
    )
