"""How native/ reads and writes a type: its fields in the order of its schema, from its descriptor.

`plan_of` gives what turns a datum of this version's schema into the bytes that protobuf writes for the same
message, and back, or gives None where anything is unusual, damage included: the Python in `codec` does it
then, or says what is wrong with it.
"""

import json
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from schemas.avro.projection import is_time, oneof_of, opened_by
from schemas.native import native

if TYPE_CHECKING:
    from yrd_native import AvroPlan

_KINDS = {
    FieldDescriptor.TYPE_STRING: "text",
    FieldDescriptor.TYPE_BYTES: "bytes",
    FieldDescriptor.TYPE_BOOL: "bool",
    FieldDescriptor.TYPE_DOUBLE: "double",
    FieldDescriptor.TYPE_INT32: "int32",
    FieldDescriptor.TYPE_INT64: "int64",
    FieldDescriptor.TYPE_UINT32: "uint32",
    FieldDescriptor.TYPE_UINT64: "uint64",
}


def plan_of(descriptor: Descriptor) -> "AvroPlan | None":
    """None where native/ was not built, or is turned off."""
    steps = native()
    return None if steps is None else _made(steps, descriptor)


@cache
def _made(steps: ModuleType, descriptor: Descriptor) -> "AvroPlan":
    made: AvroPlan = steps.AvroPlan(json.dumps(layout(descriptor)))
    return made


def layout(descriptor: Descriptor) -> dict[str, Any]:
    """A type and all types in it, each once; the first is itself. They name each other by number."""
    held = [descriptor]
    numbers = {descriptor.full_name: 0}

    def number(inner: Descriptor) -> int:
        if inner.full_name not in numbers:
            numbers[inner.full_name] = len(held)
            held.append(inner)
        return numbers[inner.full_name]

    def field(found: FieldDescriptor) -> dict[str, Any]:
        count = "many" if found.is_repeated else "maybe" if found.has_presence else "plain"
        return {"name": found.name, "number": found.number, "count": count, "kind": kind(found)}

    def kind(found: FieldDescriptor) -> Any:
        if found.enum_type is not None:
            return {"enum": [value.number for value in found.enum_type.values]}
        if is_time(found):
            return "time"
        if found.message_type is not None:
            return {"message": number(found.message_type)}
        return _KINDS[found.type]

    def parts(message: Descriptor) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for one in message.fields:
            oneof = oneof_of(one)
            if oneof is None:
                found.append({"field": field(one)})
            elif opened_by(one):  # the members of a oneof stand together
                found.append({"choice": [field(member) for member in oneof.fields]})
        return found

    return {"messages": [{"parts": parts(message)} for message in held]}  # it grows meanwhile
