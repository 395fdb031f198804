"""JSON Schema (draft 2020-12) of the canonical ProtoJSON form, as projections of protobuf descriptors.

| protobuf | JSON Schema |
|---|---|
| message | object, in $defs under its full name; properties by json name, "x-field-number" |
| string, bool | the same |
| bytes | string, base64; the alphabet of URLs is taken too, as parsers of ProtoJSON do |
| double | number; where no rule forbids them also "NaN", "Infinity", "-Infinity" |
| int32, uint32 | integer within its range |
| int64, uint64 | string of digits, as ProtoJSON writes it; an integer is taken too |
| enum | its names; where no rule closes it also an integer, as unknown numbers are written |
| Timestamp | string of format date-time, with a zone |
| repeated | array |
| oneof | at most one of its members, "x-oneof" |

Stricter than a parser of ProtoJSON: no null for an absent field, no lower_snake names, no numbers in
quotes where ProtoJSON does not write them. What a program writes by the book, and what a person should
write, passes; yrd itself reads the rest as well. An enum that a rule closes (defined_only: all but a
few) takes no name that is newer than the schema, just as a gateway of that version refuses it.

Rules (buf.validate) become keywords where there is one; what can't be said stands in "x-rules". A
field without presence that breaks its rules when it is zero or empty is "required": ProtoJSON leaves
zero and empty out. Our own options stand as "x-disclosure", "x-code-table", "x-authority" and so on.

The content model is open (no additionalProperties): schemas are kept FULL_TRANSITIVE, so that an older
schema has to take data with the fields of a newer one. For the same reason that a oneof is required is
only said in "x-oneof": the one member may be newer than the schema. The gateway refuses fields that it
does not know.

Message is what a reader gets: fields of a disclosure group may have been withheld from it, so there
they are never required.
"""

from typing import Any

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor

from buf.validate import validate_pb2
from schemas.avro.projection import oneof_of
from schemas.json_schema.rules import Ruled, cel, ruled, rules_of
from schemas.json_schema.values import TIMESTAMP, Comments, Schema, enum_definition
from yrd.options.v1 import options_pb2

DIALECT = "https://json-schema.org/draft/2020-12/schema"
READERS_VIEW = "yrd.exchange.v1.Message"
_RULES: Any = validate_pb2
_OPTIONS: Any = options_pb2.DESCRIPTOR.extensions_by_name


def project(descriptor: Descriptor, comments: Comments | None = None) -> Schema:
    """The JSON Schema of a message. Raises ValueError for a field type that has no projection.

    `comments` become `description`; descriptors at run time have none of their own.
    """
    document = _Document(comments or {}, withheld=descriptor.full_name == READERS_VIEW)
    root = document.message(descriptor)
    head = {"$schema": DIALECT, "$id": f"urn:yrd:json-schema:{descriptor.full_name}"}
    definitions = dict(sorted(document.definitions.items()))
    return {**head, **root, **({"$defs": definitions} if definitions else {})}


class _Document:
    def __init__(self, comments: Comments, *, withheld: bool) -> None:
        self.definitions: dict[str, Schema] = {}
        self._comments, self._withheld = comments, withheld

    def message(self, descriptor: Descriptor) -> Schema:
        """A message's schema; what it refers to comes to stand in the definitions."""
        found: Schema = {"title": descriptor.name, **self._description(descriptor.full_name)}
        found |= {"type": "object", "properties": {}}
        required = []
        for field in descriptor.fields:
            schema, is_needed = self._field(field)
            found["properties"][field.json_name] = schema
            if is_needed:
                required.append(field.json_name)
        if required:
            found["required"] = required
        return found | _oneofs(descriptor) | _marks(descriptor) | _between(descriptor)

    def _field(self, field: FieldDescriptor) -> tuple[Schema, bool]:
        """A property, and whether it is required."""
        self._define(field)
        rules = rules_of(field)
        found = _repeated(field, rules) if field.is_repeated else ruled(field, rules)
        marks = _marks(field)
        is_needed = rules.required or not (found.zero or field.has_presence)
        # where presence is told, protovalidate ignores what is absent, not zero
        may_be_zero = rules.ignore == _RULES.IGNORE_IF_ZERO_VALUE and not field.has_presence
        if may_be_zero and not rules.required:
            is_needed = False
            found.schema = {"anyOf": [{"enum": _zeros(field)}, found.schema]}
        if self._withheld and "x-disclosure" in marks:
            is_needed = False
        told = {"x-field-number": field.number, **marks}
        left = {"x-rules": found.left} if found.left else {}
        return {**self._description(field.full_name), **found.schema, **told, **left}, is_needed

    def _define(self, field: FieldDescriptor) -> None:
        kind: Descriptor | EnumDescriptor | None = field.message_type or field.enum_type
        if kind is None or kind.full_name == TIMESTAMP or kind.full_name in self.definitions:
            return
        if isinstance(kind, Descriptor):
            self.definitions[kind.full_name] = {}
            self.definitions[kind.full_name] = self.message(kind)
        else:
            self.definitions[kind.full_name] = enum_definition(kind, self._comments)

    def _description(self, full_name: str) -> Schema:
        return {"description": self._comments[full_name]} if full_name in self._comments else {}


def _repeated(field: FieldDescriptor, rules: Any) -> Ruled:
    told = rules.repeated
    item = ruled(field, told.items)
    found = Ruled({"type": "array", "items": item.schema})
    if item.left:
        item.schema["x-rules"] = item.left
    least = max(told.min_items, 1 if rules.required else 0)
    if least:
        found.schema["minItems"], found.zero = least, False
    if told.HasField("max_items"):
        found.schema["maxItems"] = told.max_items
    if told.unique:
        found.schema["uniqueItems"] = True
    found.left += cel(rules)
    return found


def _zeros(field: FieldDescriptor) -> list[Any]:
    if field.is_repeated:
        return [[]]
    if field.enum_type is not None:
        return [field.enum_type.values[0].name, 0]
    text = field.type in (FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES)
    return [""] if text else [False] if field.type == FieldDescriptor.TYPE_BOOL else [0, "0"]


def _oneofs(descriptor: Descriptor) -> Schema:
    """At most one member of each; that one is required is only noted (see above)."""
    real = {o.name: o for f in descriptor.fields if (o := oneof_of(f)) is not None}
    if not real:
        return {}
    told, limits = {}, []
    for name, oneof in real.items():
        members = [field.json_name for field in oneof.fields]
        rules = oneof.GetOptions().Extensions[_RULES.oneof]
        told[name] = {"members": members, "required": rules.required}
        one: list[Schema] = [{"required": [member]} for member in members]
        limits.append({"oneOf": [*one, {"not": {"anyOf": one}}]})
    return {"allOf": limits, "x-oneof": told}


def _marks(element: Any) -> Schema:
    """Our own options of a field or a message, as x-… properties."""
    options = element.GetOptions()
    return {
        f"x-{name.replace('_', '-')}": options.Extensions[extension]
        for name, extension in sorted(_OPTIONS.items())
        if extension.containing_type is options.DESCRIPTOR and options.HasExtension(extension)
    }


def _between(descriptor: Descriptor) -> Schema:
    """Rules between the fields of a message."""
    rules = descriptor.GetOptions().Extensions[_RULES.message]
    found = cel(rules)
    found += [
        {"id": "message.oneof", "fields": list(one.fields), "required": one.required}
        for one in rules.oneof
    ]
    return {"x-rules": found} if found else {}
