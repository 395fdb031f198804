"""A small contract that has one of everything, built in Python, to be mutated."""

from typing import Any

from google.protobuf import descriptor_pb2, duration_pb2, field_mask_pb2, timestamp_pb2
from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
    FileDescriptorSet,
    MethodDescriptorProto,
    ServiceDescriptorProto,
)
from google.protobuf.text_format import Parse

from buf.validate import validate_pb2
from yrd.options.v1 import options_pb2

PROBE, SECOND, LEGACY = (
    "yrd/probe/v1/probe.proto",
    "yrd/probe/v1/second.proto",
    "yrd/legacy/v1/legacy.proto",
)
STATE = "yrd/state/v1/state.proto"
MESSAGE, SERVICE = "yrd/exchange/v1/message.proto", "yrd/exchange/v1/service.proto"
_IMPORTED = (
    descriptor_pb2,
    duration_pb2,
    field_mask_pb2,
    timestamp_pb2,
    validate_pb2,
    options_pb2,
)
_RULES = ["buf/validate/validate.proto", "yrd/options/v1/options.proto"]
LABELS = {
    "optional": FieldDescriptorProto.LABEL_OPTIONAL,
    "required": FieldDescriptorProto.LABEL_REQUIRED,
    "repeated": FieldDescriptorProto.LABEL_REPEATED,
}


def kind(name: str) -> int:
    """The number of a protobuf type."""
    return FieldDescriptorProto.Type.Value(f"TYPE_{name.upper()}")


def field(number: int, name: str, type_: str, rules: str = "", label: str = "optional") -> Any:
    """A field; a type with a dot is that of a message, one with a colon that of an enum.

    `rules` are those of buf.validate in text form.
    """
    made = FieldDescriptorProto(name=name, number=number, label=LABELS[label])
    set_type(made, type_)
    first, *rest = name.split("_")
    made.json_name = first + "".join(part.capitalize() for part in rest)
    if rules:
        set_rules(made, rules)
    return made


def set_type(target: Any, type_: str) -> None:
    """Gives a field another type, written as for field()."""
    target.ClearField("type_name")
    if ":" in type_:
        target.type, target.type_name = kind("enum"), type_.replace(":", ".")
    elif "." in type_:
        target.type, target.type_name = kind("message"), type_
    else:
        target.type = kind(type_)


def set_rules(target: Any, rules: str) -> None:
    """Replaces a field's rules by those in the text."""
    options: Any = target.options
    options.ClearExtension(_validate("field"))
    options.Extensions[_validate("field")].SetInParent()
    Parse(rules, options.Extensions[_validate("field")])


def _validate(name: str) -> Any:
    return validate_pb2.DESCRIPTOR.extensions_by_name[name]


def own(name: str) -> Any:
    """One of our own options."""
    return options_pb2.DESCRIPTOR.extensions_by_name[name]


class Probe:
    """The contract, with ways to its parts."""

    def __init__(self) -> None:
        self.set = FileDescriptorSet()
        for module in _IMPORTED:
            self.set.file.add().ParseFromString(module.DESCRIPTOR.serialized_pb)
        for file in (_probe(), _second(), _legacy(), _message(), _service(), _state()):
            self.set.file.add().CopyFrom(file)

    def file(self, name: str) -> Any:
        return next(f for f in self.set.file if f.name == name)

    def message(self, name: str) -> Any:
        return next(m for f in self._ours() for m in f.message_type if m.name == name)

    def enum(self, name: str) -> Any:
        return next(e for f in self._ours() for e in f.enum_type if e.name == name)

    def field(self, path: str) -> Any:
        message, _, name = path.partition(".")
        return next(f for f in self.message(message).field if f.name == name)

    def value(self, path: str) -> Any:
        enum, _, name = path.partition(".")
        return next(v for v in self.enum(enum).value if v.name == name)

    def method(self, name: str) -> Any:
        return next(m for m in self.service().method if m.name == name)

    def service(self) -> Any:
        return self.file(SERVICE).service[0]

    def message_rules(self, name: str) -> Any:
        return self.message(name).options.Extensions[_validate("message")]

    def oneof_rules(self, message: str, name: str) -> Any:
        found = next(o for o in self.message(message).oneof_decl if o.name == name)
        return found.options.Extensions[_validate("oneof")]

    def field_rules(self, path: str) -> Any:
        return self.field(path).options.Extensions[_validate("field")]

    def gather(self, message: str) -> None:
        """Puts the members of each oneof side by side, as protoc does."""
        fields = list(self.message(message).field)
        first: dict[int, int] = {}
        for index, item in enumerate(fields):
            if item.HasField("oneof_index"):
                first.setdefault(item.oneof_index, index)
        place = {
            item.name: first[item.oneof_index] if item.HasField("oneof_index") else index
            for index, item in enumerate(fields)
        }
        del self.message(message).field[:]
        self.message(message).field.extend(sorted(fields, key=lambda item: place[item.name]))

    def remove(self, path: str) -> None:
        """Takes away a message, an enum, or a field or value of one."""
        owner, _, name = path.partition(".")
        for file in self._ours():
            for parts in (file.message_type, file.enum_type):
                self._remove_in(parts, owner, name)

    @staticmethod
    def _remove_in(parts: Any, owner: str, name: str) -> None:
        for index, part in reversed(list(enumerate(parts))):
            if part.name != owner:
                continue
            if not name:
                del parts[index]
                continue
            inside = part.value if isinstance(part, EnumDescriptorProto) else part.field
            for number, item in reversed(list(enumerate(inside))):
                if item.name == name:
                    del inside[number]

    def _ours(self) -> list[Any]:
        return [f for f in self.set.file if f.package.startswith("yrd.")]


def _enum(name: str, **values: int) -> Any:
    made = EnumDescriptorProto(name=name)
    for value, number in values.items():
        made.value.add(name=value, number=number)
    return made


def _probe() -> FileDescriptorProto:
    file = FileDescriptorProto(name=PROBE, package="yrd.probe.v1", syntax="proto3")
    file.dependency[:] = [*_RULES, "google/protobuf/timestamp.proto"]
    file.options.java_package, file.options.go_package = "cn.yrd.probe.v1", "yrd/probe/v1;probev1"
    grade = _enum("Grade", GRADE_UNSPECIFIED=0, GRADE_LOW=1, GRADE_HIGH=2)
    grade.reserved_range.add(start=8, end=9)
    grade.reserved_name.append("GRADE_OLD")
    colour = _enum("Colour", COLOUR_UNSPECIFIED=0, COLOUR_GREY=1, COLOUR_GRAY=1, COLOUR_RED=2)
    colour.options.allow_alias = True
    twin = DescriptorProto(name="Twin")
    twin.enum_type.append(_enum("Grade", GRADE_UNSPECIFIED=0, GRADE_LOW=1, GRADE_HIGH=2))
    twin.enum_type.append(_enum("Other", OTHER_UNSPECIFIED=0, OTHER_ONE=1, OTHER_TWO=2))
    file.enum_type.extend([grade, colour])
    part, piece = (DescriptorProto(name=name) for name in ("Part", "Piece"))
    for message in (part, piece):
        message.field.extend([field(1, "name", "string"), field(2, "amount", "double")])
    scrap = DescriptorProto(name="Scrap", field=[field(1, "amount", "double")])
    unused = DescriptorProto(name="Unused", field=[field(1, "name", "string")])
    unused.nested_type.append(DescriptorProto(name="Inner"))
    file.message_type.extend([_sheet(), _card(), _board(), part, piece, scrap, unused, twin])
    return file


def _sheet() -> DescriptorProto:
    sheet = DescriptorProto(name="Sheet")
    sheet.field.extend(
        [
            field(1, "title", "string", "string {min_len: 1 max_len: 200}"),
            field(2, "count", "int32", "int32 {gte: 0 lte: 100}"),
            field(3, "total", "int64"),
            field(4, "digest", "bytes", "bytes {max_len: 32}"),
            field(5, "urgent", "bool"),
            field(6, "grade", ".yrd.probe.v1:Grade", "enum {defined_only: true not_in: 0}"),
            field(7, "colour", ".yrd.probe.v1:Colour"),
            field(8, "remark", "string", 'string {pattern: "^[a-z]*$"}'),
            field(9, "tags", "string", _TAGS, "repeated"),
            field(11, "part", ".yrd.probe.v1.Part", "required: true"),
            field(12, "parts", ".yrd.probe.v1.Part", "repeated {max_items: 5}", "repeated"),
            field(13, "at_time", ".google.protobuf.Timestamp"),
            field(14, "weight", "double", "double {finite: true lte: 1000}"),
            field(15, "by_name", "string"),
            field(16, "by_number", "int32"),
            field(17, "only", "string"),
            field(18, "phone", "string"),
            field(19, "code", "string"),
            field(20, "admin", "string"),
            field(21, "numbers", "int32", label="repeated"),
            field(22, "flag", "uint32"),
            field(23, "size", "uint64"),
            field(24, "letter", "string", 'string {in: "a" in: "b" in: ""}'),
            field(25, "aside", "string", _SIX),
        ]
    )
    sheet.oneof_decl.add(name="choice")
    sheet.oneof_decl.add(name="single")
    sheet.oneof_decl.add(name="_remark")
    for name, index in (("by_name", 0), ("by_number", 0), ("only", 1), ("remark", 2)):
        next(f for f in sheet.field if f.name == name).oneof_index = index
    sheet.field[7].proto3_optional = True
    _mark(sheet, phone=("disclosure", "personal.reporter"), code=("code_table", "incident_types"))
    _mark(sheet, admin=("authority", True))
    sheet.nested_type.add(name="Note").field.append(field(1, "text", "string"))
    sheet.reserved_range.add(start=90, end=100)
    sheet.reserved_name.append("old_name")
    rules: Any = sheet.options.Extensions[_validate("message")]
    rules.cel.add(id="sheet.total", message="too small", expression="this.total >= this.count")
    return sheet


def _mark(message: DescriptorProto, **options: tuple[str, Any]) -> None:
    for made in message.field:
        if made.name in options:
            name, value = options[made.name]
            target: Any = made.options
            target.Extensions[own(name)] = value


def _board() -> DescriptorProto:
    board = DescriptorProto(name="Board")
    board.field.append(field(1, "labels", ".yrd.probe.v1.Board.LabelsEntry", label="repeated"))
    entry = board.nested_type.add(name="LabelsEntry")
    entry.field.extend([field(1, "key", "string"), field(2, "value", "string")])
    entry.options.map_entry = True
    return board


_TAGS = 'repeated {max_items: 10 unique: true items {string {pattern: "^[a-z]*$"}}}'
_SIX = 'cel {id: "aside.short" message: "shorter" expression: "size(this) < 6"}'


def _card() -> DescriptorProto:
    card = DescriptorProto(name="Card", field=[field(1, "id", "string")])
    options: Any = card.options
    options.Extensions[own("publisher")] = "joint"
    return card


def _second() -> FileDescriptorProto:
    file = FileDescriptorProto(name=SECOND, package="yrd.probe.v1", syntax="proto3")
    file.message_type.add(name="Extra").field.append(field(1, "name", "string"))
    return file


def _legacy() -> FileDescriptorProto:
    file = FileDescriptorProto(name=LEGACY, package="yrd.legacy.v1", syntax="proto2")
    legacy = file.message_type.add(name="Legacy")
    legacy.field.extend([field(1, "level", "int32"), field(2, "name", "string", label="required")])
    legacy.field[0].default_value = "3"
    return file


def _state() -> FileDescriptorProto:
    file = FileDescriptorProto(name=STATE, package="yrd.state.v1", syntax="proto3")
    file.message_type.add(name="Kept").field.append(field(1, "name", "string"))
    return file


def _message() -> FileDescriptorProto:
    file = FileDescriptorProto(name=MESSAGE, package="yrd.exchange.v1", syntax="proto3")
    file.dependency[:] = ["buf/validate/validate.proto", PROBE]
    for name in ("Draft", "Message"):
        carrier = file.message_type.add(name=name)
        carrier.oneof_decl.add(name="body")
        carrier.field.extend(
            [field(20, "sheet", ".yrd.probe.v1.Sheet"), field(21, "card", ".yrd.probe.v1.Card")]
        )
        for member in carrier.field:
            member.oneof_index = 0
    options: Any = file.message_type[0].oneof_decl[0].options
    options.Extensions[_validate("oneof")].required = True
    return file


def _service() -> FileDescriptorProto:
    file = FileDescriptorProto(name=SERVICE, package="yrd.exchange.v1", syntax="proto3")
    file.dependency[:] = [MESSAGE]
    for name in ("SendRequest", "SendResponse", "WatchRequest", "WatchResponse"):
        file.message_type.add(name=name).field.append(field(1, "text", "string"))
    service = ServiceDescriptorProto(name="ProbeService")
    for name, streams in (("Send", False), ("Watch", True)):
        service.method.append(
            MethodDescriptorProto(
                name=name,
                input_type=f".yrd.exchange.v1.{name}Request",
                output_type=f".yrd.exchange.v1.{name}Response",
                server_streaming=streams,
            )
        )
    file.service.append(service)
    return file
