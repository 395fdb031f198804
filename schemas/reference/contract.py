"""The contract as descriptors with comments, read from one descriptor set."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import protovalidate
from google.protobuf.descriptor import (
    Descriptor,
    EnumDescriptor,
    FieldDescriptor,
    FileDescriptor,
    ServiceDescriptor,
)
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError
from google.protobuf.message_factory import GetMessageClass

from buf.validate import validate_pb2
from schemas.reference.comments import comments
from yrd.options.v1 import options_pb2

OURS = "yrd."
_CARRIER = "yrd.exchange.v1.Draft"


class ContractFileError(Exception):
    """A descriptor set that can't be used; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Contract:
    """Files of the contract in the order of the set, and comments by full name."""

    pool: DescriptorPool
    files: tuple[FileDescriptor, ...]
    comments: Mapping[str, str]

    def comment(self, name: str) -> str:
        """The comment of an element, or an empty string."""
        return self.comments.get(name, "")


def read(data: bytes) -> Contract:
    """The contract of a serialised FileDescriptorSet with imports and source info.

    Raises ContractFileError for bytes that are none, and for a set without imports or comments.
    """
    try:
        files = FileDescriptorSet.FromString(data)
    except DecodeError as error:
        raise ContractFileError(f"not a descriptor set: {error}; run `make setup`") from error
    pool = _pool(files)
    ours = tuple(pool.FindFileByName(f.name) for f in files.file if f.package.startswith(OURS))
    found = comments(files)
    if not ours or not found:
        raise ContractFileError("the set has no file of the contract, or no comments: `make setup`")
    return Contract(pool, ours, found)


def packages(contract: Contract) -> dict[str, list[FileDescriptor]]:
    """Package → its files: the one named as the family first, then by name. Packages are sorted."""
    found: dict[str, list[FileDescriptor]] = {}
    for file in sorted(contract.files, key=_place):
        found.setdefault(file.package, []).append(file)
    return found


def _pool(files: FileDescriptorSet) -> Any:
    pool: Any = DescriptorPool()
    for file in files.file:
        try:
            pool.Add(file)
        except TypeError as error:
            raise ContractFileError(f"{file.name}: {error}; run `make setup`") from error
    return pool


def _place(file: FileDescriptor) -> tuple[str, bool, str]:
    *_, family, _version, name = file.name.split("/")
    return file.package, name != f"{family}.proto", file.name


@dataclass(frozen=True, slots=True)
class Body:
    """A type that participants exchange: name and number of its field in Draft, and the type."""

    field: str
    number: int
    message: Descriptor


def bodies(contract: Contract) -> tuple[Body, ...]:
    """Types of Draft's oneof "body", in its order."""
    draft: Any = contract.pool.FindMessageTypeByName(_CARRIER)
    fields = draft.oneofs_by_name["body"].fields
    return tuple(Body(field.name, field.number, field.message_type) for field in fields)


def messages(file: FileDescriptor) -> Iterator[Descriptor]:
    """Messages of a file in the order written, nested ones behind their parent."""
    for message in file.message_types_by_name.values():
        yield from _with_nested(message)


def _with_nested(message: Descriptor) -> Iterator[Descriptor]:
    yield message
    for nested in message.nested_types:
        yield from _with_nested(nested)


def enums(file: FileDescriptor) -> Iterator[EnumDescriptor]:
    """Enums of a file in the order written, then those inside messages."""
    yield from file.enum_types_by_name.values()
    for message in messages(file):
        yield from message.enum_types


def services(file: FileDescriptor) -> Iterator[ServiceDescriptor]:
    """Services of a file in the order written."""
    yield from file.services_by_name.values()


def field_option(field: FieldDescriptor, name: str) -> Any:
    """Value of `yrd.options.v1.<name>` of a field; the type's zero where it isn't set."""
    extension: Any = options_pb2.DESCRIPTOR.extensions_by_name[name]
    return field.GetOptions().Extensions[extension]


_SHOWN_APART = frozenset(["code_table", "disclosure", "authority"])


def other_options(field: FieldDescriptor) -> list[tuple[str, Any]]:
    """Options of yrd.options.v1 that a field has besides code_table, disclosure and authority."""
    options: Any = field.GetOptions()
    extensions: Any = options_pb2.DESCRIPTOR.extensions_by_name
    return [
        (name, options.Extensions[extensions[name]])
        for name in sorted(set(extensions) - _SHOWN_APART)
        if extensions[name].containing_type.name == "FieldOptions"
        and options.HasExtension(extensions[name])
    ]


def publisher(message: Descriptor) -> str:
    """The one participant that may publish a type, or an empty string: every participant may."""
    extension: Any = options_pb2.publisher
    return str(message.GetOptions().Extensions[extension])


def field_rules(field: FieldDescriptor) -> validate_pb2.FieldRules:
    """Validation rules of a field."""
    extension: Any = validate_pb2.field
    rules: validate_pb2.FieldRules = field.GetOptions().Extensions[extension]
    return rules


def message_rules(message: Descriptor) -> validate_pb2.MessageRules:
    """Validation rules of a message."""
    extension: Any = validate_pb2.message
    rules: validate_pb2.MessageRules = message.GetOptions().Extensions[extension]
    return rules


def oneof_rules(oneof: Any) -> validate_pb2.OneofRules:
    """Validation rules of a oneof."""
    extension: Any = validate_pb2.oneof
    rules: validate_pb2.OneofRules = oneof.GetOptions().Extensions[extension]
    return rules


@cache
def _validator() -> protovalidate.Validator:
    return protovalidate.Validator()


def required_fields(message: Descriptor) -> frozenset[str]:
    """Names of the fields that an empty message violates a rule of: without them it is refused."""
    violated = _validator().collect_violations(GetMessageClass(message)())
    paths = [violation.proto.field.elements for violation in violated if violation.proto.field]
    return frozenset(path[0].field_name for path in paths if len(path) == 1)
