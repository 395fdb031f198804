"""Tables of fields, values and rules."""

from collections.abc import Iterator
from typing import Any

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor

from schemas.reference import rules_in_words as words
from schemas.reference.book import CODES, MARKS, Book, terms
from schemas.reference.contract import (
    field_option,
    field_rules,
    message_rules,
    oneof_rules,
    other_options,
    required_fields,
)
from schemas.reference.markdown import fenced, link, prose, table, wrapped_expression
from schemas.reference.terms import unit_of

_SCALARS = {
    FieldDescriptor.TYPE_DOUBLE: "double",
    FieldDescriptor.TYPE_FLOAT: "float",
    FieldDescriptor.TYPE_INT32: "int32",
    FieldDescriptor.TYPE_INT64: "int64",
    FieldDescriptor.TYPE_UINT32: "uint32",
    FieldDescriptor.TYPE_UINT64: "uint64",
    FieldDescriptor.TYPE_SINT32: "sint32",
    FieldDescriptor.TYPE_SINT64: "sint64",
    FieldDescriptor.TYPE_FIXED32: "fixed32",
    FieldDescriptor.TYPE_FIXED64: "fixed64",
    FieldDescriptor.TYPE_SFIXED32: "sfixed32",
    FieldDescriptor.TYPE_SFIXED64: "sfixed64",
    FieldDescriptor.TYPE_BOOL: "bool",
    FieldDescriptor.TYPE_STRING: "string",
    FieldDescriptor.TYPE_BYTES: "bytes",
}
_DEFAULTS = {"bool": "false", "string": "empty", "bytes": "empty"}
_SAID = ("required", "enum.defined_only")  # by the presence, and for every enum in the index
_HEAD = ("No.", "Field", "Type", "Presence", "Unit", "Rules", "中文", "Meaning")


def type_name(field: FieldDescriptor) -> str:
    """Name of a scalar, or full name of a message or enum."""
    kind: Any = field.message_type or field.enum_type
    return str(kind.full_name) if kind is not None else _SCALARS[field.type]


def field_table(book: Book, message: Descriptor, page: str) -> list[str]:
    """The table of a message's fields, in the order of the contract."""
    required = required_fields(message)
    return table(
        _HEAD, [_row(book, field, field.name in required, page) for field in message.fields]
    )


def _row(book: Book, field: FieldDescriptor, required: bool, page: str) -> list[str]:
    comment, meaning = book.contract.comment(field.full_name), book.meaning(field.full_name)
    kind = type_name(field)
    named = f"`{field.name}`"
    if field.json_name != field.name:
        named += f"<br>`{field.json_name}`"
    return [
        str(field.number),
        named,
        book.type_link(kind, page) if "." in kind else f"`{kind}`",
        presence(field, required),
        unit_of(field.name, kind, comment),
        "<br>".join(dict.fromkeys([*_rules(field), *_marks(book, field)])),
        terms(meaning),
        prose(meaning.text) + (" Deprecated." if field.GetOptions().deprecated else ""),
    ]


def presence(field: FieldDescriptor, required: bool) -> str:
    """How a field may be absent, in the words that the index explains."""
    if field.is_repeated:
        return "required, repeated" if required else "repeated"
    if field.containing_oneof is not None and len(field.containing_oneof.fields) > 1:
        return f"one of `{field.containing_oneof.name}`"
    if required:
        return "required"
    if field.has_presence:
        return "optional"
    if field.enum_type is not None:
        return "else unspecified"
    return f"else {_DEFAULTS.get(type_name(field), '0')}"


def _rules(field: FieldDescriptor) -> Iterator[str]:
    names = {v.number: v.name for v in field.enum_type.values} if field.enum_type else {}
    for rule in words.of_field(field_rules(field), names):
        if rule.expression:
            yield f"rule `{rule.id}`"
        elif rule.id not in _SAID and rule.words != "not unspecified":
            yield rule.words


def _marks(book: Book, field: FieldDescriptor) -> Iterator[str]:
    code_table = field_option(field, "code_table")
    if code_table:
        known = book.tables.get(code_table)
        target = f"{CODES}/{known.files[0] if known and known.files else 'README.md'}"
        yield f"code table {link(code_table, target)}"
    group = field_option(field, "disclosure")
    if group:
        yield f"group {link(group, f'{MARKS}#disclosure-groups')}"
    if field_option(field, "authority"):
        yield link("authority", f"{MARKS}#authority")
    for name, value in other_options(field):
        yield f"{name.replace('_', ' ')} `{value}`"


def value_table(book: Book, enum: EnumDescriptor) -> list[str]:
    """The table of an enum's values, in the order of the contract."""
    rows = []
    for value in enum.values:
        meaning = book.meaning(f"{enum.full_name}.{value.name}")
        rows.append([str(value.number), f"`{value.name}`", terms(meaning), prose(meaning.text)])
    return table(("No.", "Value", "中文", "Meaning"), rows)


def rule_blocks(message: Descriptor) -> Iterator[list[str]]:
    """The rules of a message that need more than a cell: id, what it asks for, expression."""
    for oneof in message.oneofs:
        for rule in words.of_oneof(oneof.name, oneof_rules(oneof)):
            yield [f"- {rule.words} (`{rule.id}`)"]
    for rule in words.of_message(message_rules(message)):
        yield _rule(rule, "")
    for field in message.fields:
        for rule in words.of_field(field_rules(field)):
            if rule.expression:
                yield _rule(rule, f" on `{field.name}`")


def _rule(rule: words.RuleInWords, where: str) -> list[str]:
    lines = [f"- `{rule.id}`{where}: {prose(rule.words)}"]
    if rule.expression:
        block = fenced(wrapped_expression(rule.expression), "cel")
        lines += [f"  {line}" for line in ["", *block]]
    return [line.rstrip() for line in lines]
