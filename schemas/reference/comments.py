"""Comments of a descriptor set by full name, from its source info."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FileDescriptorProto,
    FileDescriptorSet,
    ServiceDescriptorProto,
)

Path = tuple[int, ...]

_SYNTAX = 12


def comments(files: FileDescriptorSet) -> Mapping[str, str]:
    """Full name → comment, for messages, fields, oneofs, enums, values, services, methods, options.

    A value stands under its enum ("yrd.common.v1.TransportMode.TRANSPORT_MODE_ROAD"), and what stands
    above a file's syntax under the file's name. Lines are joined; paragraphs are kept as "\\n\\n".
    Elements without a comment are left out, as are files without source info.
    """
    return {name: text for file in files.file for name, text in _of_file(file)}


def _of_file(file: FileDescriptorProto) -> Iterator[tuple[str, str]]:
    written = {
        tuple(location.path): joined(location.leading_comments)
        for location in file.source_code_info.location
        if location.leading_comments.strip()
    }
    for path, name in _names(file):
        if path in written:
            yield name, written[path]


def joined(comment: str) -> str:
    """A comment's lines as one, paragraphs parted by an empty line."""
    paragraphs = "\n".join(line.strip() for line in comment.splitlines()).strip().split("\n\n")
    return "\n\n".join(" ".join(p.split()) for p in paragraphs)


def _names(file: FileDescriptorProto) -> Iterator[tuple[Path, str]]:
    yield (_SYNTAX,), file.name
    numbers = FileDescriptorProto
    for index, message in enumerate(file.message_type):
        yield from _message((numbers.MESSAGE_TYPE_FIELD_NUMBER, index), file.package, message)
    for index, enum in enumerate(file.enum_type):
        yield from _enum((numbers.ENUM_TYPE_FIELD_NUMBER, index), file.package, enum)
    for index, service in enumerate(file.service):
        yield from _service((numbers.SERVICE_FIELD_NUMBER, index), file.package, service)
    yield from _members((), numbers.EXTENSION_FIELD_NUMBER, file.package, file.extension)


def _message(path: Path, scope: str, message: DescriptorProto) -> Iterator[tuple[Path, str]]:
    name, numbers = f"{scope}.{message.name}", DescriptorProto
    yield path, name
    yield from _members(path, numbers.FIELD_FIELD_NUMBER, name, message.field)
    yield from _members(path, numbers.ONEOF_DECL_FIELD_NUMBER, name, message.oneof_decl)
    for index, nested in enumerate(message.nested_type):
        yield from _message((*path, numbers.NESTED_TYPE_FIELD_NUMBER, index), name, nested)
    for index, enum in enumerate(message.enum_type):
        yield from _enum((*path, numbers.ENUM_TYPE_FIELD_NUMBER, index), name, enum)


def _enum(path: Path, scope: str, enum: EnumDescriptorProto) -> Iterator[tuple[Path, str]]:
    name = f"{scope}.{enum.name}"
    yield path, name
    yield from _members(path, EnumDescriptorProto.VALUE_FIELD_NUMBER, name, enum.value)


def _service(path: Path, scope: str, service: ServiceDescriptorProto) -> Iterator[tuple[Path, str]]:
    name = f"{scope}.{service.name}"
    yield path, name
    yield from _members(path, ServiceDescriptorProto.METHOD_FIELD_NUMBER, name, service.method)


def _members(
    path: Path, number: int, scope: str, members: Iterable[Any]
) -> Iterator[tuple[Path, str]]:
    for index, member in enumerate(members):
        yield (*path, number, index), f"{scope}.{member.name}"
