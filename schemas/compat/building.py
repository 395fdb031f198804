"""A FileDescriptorSet as a Model."""

from collections.abc import Iterable, Iterator
from typing import Any

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FieldOptions,
    FileDescriptorProto,
    FileDescriptorSet,
    MethodOptions,
    ServiceDescriptorProto,
)

from buf.validate import validate_pb2
from schemas.compat.finding import Place
from schemas.compat.model import (
    Enum,
    Field,
    File,
    Message,
    Method,
    Model,
    NotComparableError,
    OwnOptions,
    Service,
    is_public,
)
from yrd.options.v1 import options_pb2

FILE_OPTIONS = (
    "java_package",
    "java_outer_classname",
    "java_multiple_files",
    "go_package",
    "csharp_namespace",
    "objc_class_prefix",
    "swift_prefix",
    "php_class_prefix",
    "php_namespace",
    "php_metadata_namespace",
    "ruby_package",
    "optimize_for",
    "cc_enable_arenas",
)
_FILE_MESSAGE, _FILE_ENUM, _FILE_SERVICE, _FILE_EXTENSION = 4, 5, 6, 7
_FIELD, _NESTED, _NESTED_ENUM, _ONEOF = 2, 3, 4, 8
_VALUE, _METHOD = 2, 2
Path = tuple[int, ...]


def model_of(descriptors: FileDescriptorSet) -> Model:
    """The public part of a descriptor set. Raises NotComparableError for an edition."""
    building = _Building()
    for file in descriptors.file:
        if is_public(file.package):
            building.add(file)
    return building.done()


class _Building:
    def __init__(self) -> None:
        self._files: dict[str, File] = {}
        self._messages: dict[str, Message] = {}
        self._enums: dict[str, Enum] = {}
        self._services: dict[str, Service] = {}
        self._places: dict[str, Place] = {}
        self._lines: dict[Path, int] = {}
        self._file = FileDescriptorProto()

    def done(self) -> Model:
        return Model(
            files=self._files,
            messages=self._messages,
            enums=self._enums,
            services=self._services,
            places=self._places,
        )

    def add(self, file: FileDescriptorProto) -> None:
        syntax = file.syntax or "proto2"
        if syntax not in ("proto2", "proto3"):
            raise NotComparableError(
                f"{file.name}: syntax {syntax!r} can't be compared: write it in proto3"
            )
        self._file = file
        self._lines = {tuple(at.path): at.span[0] + 1 for at in file.source_code_info.location}
        options = {n: str(getattr(file.options, n)) for n in _set_options(file.options)}
        self._files[file.name] = File(
            name=file.name, package=file.package, syntax=syntax, options=options
        )
        self._places.setdefault(file.package, Place(file=file.name, line=0))
        self._place(file.name, ())
        self._inside(file.package, file.message_type, file.enum_type, ())
        for index, service in enumerate(file.service):
            self._service(service, (_FILE_SERVICE, index))
        self._extensions(file)

    def _inside(
        self,
        scope: str,
        messages: Iterable[DescriptorProto],
        enums: Iterable[EnumDescriptorProto],
        above: Path,
    ) -> None:
        nested, enum_tag = (_NESTED, _NESTED_ENUM) if above else (_FILE_MESSAGE, _FILE_ENUM)
        for index, message in enumerate(messages):
            self._message(f"{scope}.{message.name}", message, (*above, nested, index))
        for index, enum in enumerate(enums):
            self._enum(f"{scope}.{enum.name}", enum, (*above, enum_tag, index))

    def _message(self, name: str, proto: DescriptorProto, path: Path) -> None:
        maps = {
            f".{name}.{nested.name}" for nested in proto.nested_type if nested.options.map_entry
        }
        oneofs = [oneof.name for oneof in proto.oneof_decl]
        fields = tuple(
            _field(f, proto3=self._file.syntax == "proto3", oneofs=oneofs, maps=maps)
            for f in proto.field
        )
        self._messages[name] = Message(
            name=name,
            file=self._file.name,
            fields=fields,
            oneofs={
                oneof.name: oneof.options.Extensions[_validate("oneof")].required
                for oneof in proto.oneof_decl
                if any(f.oneof == oneof.name for f in fields)
            },
            reserved_numbers=tuple(range(r.start, r.end) for r in proto.reserved_range),
            reserved_names=frozenset(proto.reserved_name),
            rules=proto.options.Extensions[_validate("message")],
            publisher=proto.options.Extensions[_own("publisher")],
        )
        self._place(name, path)
        for index, field in enumerate(proto.field):
            self._place(f"{name}.{field.name}", (*path, _FIELD, index))
        for index, oneof in enumerate(oneofs):
            self._place(f"{name}.{oneof}", (*path, _ONEOF, index))
        self._inside(name, proto.nested_type, proto.enum_type, path)

    def _enum(self, name: str, proto: EnumDescriptorProto, path: Path) -> None:
        self._enums[name] = Enum(
            name=name,
            file=self._file.name,
            values=tuple((value.name, value.number) for value in proto.value),
            # an enum's reserved range includes its end
            reserved_numbers=tuple(range(r.start, r.end + 1) for r in proto.reserved_range),
            reserved_names=frozenset(proto.reserved_name),
        )
        self._place(name, path)
        for index, value in enumerate(proto.value):
            self._place(f"{name}.{value.name}", (*path, _VALUE, index))

    def _service(self, proto: ServiceDescriptorProto, path: Path) -> None:
        name = f"{self._file.package}.{proto.name}"
        methods = {
            method.name: Method(
                name=method.name,
                takes=method.input_type.lstrip("."),
                gives=method.output_type.lstrip("."),
                client_streams=method.client_streaming,
                server_streams=method.server_streaming,
                idempotency=MethodOptions.IdempotencyLevel.Name(method.options.idempotency_level),
            )
            for method in proto.method
        }
        self._services[name] = Service(name=name, file=self._file.name, methods=methods)
        self._place(name, path)
        for index, method in enumerate(proto.method):
            self._place(f"{name}.{method.name}", (*path, _METHOD, index))

    def _extensions(self, file: FileDescriptorProto) -> None:
        for extendee in sorted({e.extendee for e in file.extension}):
            made = [e for e in file.extension if e.extendee == extendee]
            name = f"{file.package}.extend {extendee.lstrip('.').replace('.', ' ')}"
            proto3 = file.syntax == "proto3"
            self._messages[name] = Message(
                name=name,
                file=file.name,
                fields=tuple(_field(e, proto3=proto3, oneofs=[], maps=set()) for e in made),
                oneofs={},
                reserved_numbers=(),
                reserved_names=frozenset(),
                rules=validate_pb2.MessageRules(),
                is_extension=True,
            )
        for index, extension in enumerate(file.extension):
            extendee = extension.extendee.lstrip(".").replace(".", " ")
            self._place(f"{file.package}.extend {extendee}", (_FILE_EXTENSION, index))

    def _place(self, name: str, path: Path) -> None:
        self._places[name] = Place(file=self._file.name, line=self._lines.get(path, 0))


def _set_options(options: Any) -> Iterator[str]:
    return (name for name in FILE_OPTIONS if options.HasField(name))


def _field(
    proto: FieldDescriptorProto, *, proto3: bool, oneofs: list[str], maps: set[str]
) -> Field:
    oneof = oneofs[proto.oneof_index] if proto.HasField("oneof_index") else ""
    if proto.proto3_optional:
        oneof = ""
    options = proto.options
    return Field(
        name=proto.name,
        number=proto.number,
        kind=FieldDescriptorProto.Type.Name(proto.type).removeprefix("TYPE_").lower(),
        type_name=proto.type_name.lstrip("."),
        cardinality=_cardinality(proto, proto3=proto3, oneof=oneof, maps=maps),
        oneof=oneof,
        json_name=proto.json_name or _camel(proto.name),
        default=proto.default_value,
        jstype=FieldOptions.JSType.Name(options.jstype),
        rules=options.Extensions[_validate("field")],
        own=OwnOptions(
            disclosure=options.Extensions[_own("disclosure")],
            code_table=options.Extensions[_own("code_table")],
            authority=options.Extensions[_own("authority")],
        ),
    )


def _cardinality(proto: FieldDescriptorProto, *, proto3: bool, oneof: str, maps: set[str]) -> str:
    if proto.label == FieldDescriptorProto.LABEL_REPEATED:
        return "map" if proto.type_name in maps else "repeated"
    if proto.label == FieldDescriptorProto.LABEL_REQUIRED:
        return "required"
    if oneof:
        return "oneof"
    message = proto.type in (FieldDescriptorProto.TYPE_MESSAGE, FieldDescriptorProto.TYPE_GROUP)
    present = message or not proto3 or proto.proto3_optional
    return "optional" if present else "singular"


def _camel(name: str) -> str:
    """protoc's JSON name of a field: the letter behind an underscore becomes a capital."""
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


def _validate(name: str) -> Any:
    return validate_pb2.DESCRIPTOR.extensions_by_name[name]


def _own(name: str) -> Any:
    return options_pb2.DESCRIPTOR.extensions_by_name[name]
