"""How native/ reads and writes data of a schema.

A plan turns a datum into the bytes that protobuf writes for the same message, and back, or gives None where
anything is unusual, damage included: the Python in `codec` does it then, or says what is wrong with it.
"""

import json
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Any

from google.protobuf.descriptor import Descriptor

from schemas.avro.catalog import descriptor_of
from schemas.avro.layouts import Foreign, layout
from schemas.avro.projection import project
from schemas.avro.registry import WriterSchema
from schemas.native import native

if TYPE_CHECKING:
    from yrd_native import AvroPlan


def plan_of(descriptor: Descriptor) -> "AvroPlan | None":
    """By this version's schema of a type; None where native/ was not built, or is turned off."""
    steps = native()
    return None if steps is None else _of_type(steps, descriptor)


def plan_by(written_with: WriterSchema) -> "AvroPlan | None":
    """To read what was written with a schema, as this version's message; None, too, if only fastavro can."""
    steps = native()
    return None if steps is None else _of_schema(steps, written_with)


@cache
def _of_type(steps: ModuleType, descriptor: Descriptor) -> "AvroPlan":
    return _made(steps, project(descriptor), descriptor)


@cache
def _of_schema(steps: ModuleType, written_with: WriterSchema) -> "AvroPlan | None":
    try:
        return _made(steps, written_with.parsed, descriptor_of(written_with.full_name))
    except Foreign:
        return None


def _made(steps: ModuleType, schema: Any, descriptor: Descriptor) -> "AvroPlan":
    made: AvroPlan = steps.AvroPlan(json.dumps(layout(schema, descriptor)))
    return made
