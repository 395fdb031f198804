"""A contract in all of its forms, as it is compared: one released revision, or the working tree."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from google.protobuf.descriptor import Descriptor
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool

from schemas.avro import projection as avro_projection
from schemas.compat.building import model_of
from schemas.compat.codes import Tables
from schemas.compat.model import Model, NotComparableError
from schemas.json_schema import projection as json_projection
from schemas.reference.comments import comments

Projected = Mapping[str, Any]
Project = Callable[[Descriptor, Mapping[str, str]], dict[str, Any]]
CARRIERS = ("yrd.exchange.v1.Message", "yrd.exchange.v1.Draft")


@dataclass(frozen=True, kw_only=True)
class Contract:
    """Descriptors, the Avro and JSON Schemas by full type name, and what the code tables take.

    A type that has no projection stands in the mapping as the text that says why.
    """

    descriptors: FileDescriptorSet
    avro: Projected
    json_schemas: Projected
    codes: Tables = field(default_factory=dict)

    @cached_property
    def model(self) -> Model:
        """The descriptors as plain values. Raises NotComparableError."""
        return model_of(self.descriptors)

    @cached_property
    def pool(self) -> DescriptorPool:
        """A pool of its own with these descriptors."""
        return pool_of(self.descriptors)


def pool_of(descriptors: FileDescriptorSet) -> DescriptorPool:
    """A descriptor pool. Raises NotComparableError for descriptors that don't belong together."""
    pool = DescriptorPool()
    try:
        for file in descriptors.file:
            pool.Add(file)
        for file in descriptors.file:
            pool.FindFileByName(file.name)
    except (TypeError, KeyError) as error:
        raise NotComparableError(f"descriptor set: {error}; make it anew with protoc") from None
    return pool


def contract_of(descriptors: FileDescriptorSet) -> Contract:
    """A contract with the schemas that the projections make of it now. Raises NotComparableError."""
    types = [*CARRIERS, *model_of(descriptors).body_types()]
    source = pool_of(descriptors), comments(descriptors)
    return Contract(
        descriptors=descriptors,
        avro=_project(avro_projection.project, *source, types),
        json_schemas=_project(json_projection.project, *source, types),
    )


def _project(
    project: Project, pool: DescriptorPool, told: Mapping[str, str], types: list[str]
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in types:
        try:
            descriptor = pool.FindMessageTypeByName(name)
        except KeyError:
            continue
        try:
            found[name] = project(descriptor, told)
        except ValueError as error:
            found[name] = str(error)
    return found
