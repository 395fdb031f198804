"""The functions that prove messages right: one for each type, made when its first message comes."""

import math
from collections.abc import Callable
from functools import cache
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from buf.validate import validate_pb2
from schemas.quick.cel import Unread, parse
from schemas.quick.expression import Kind, Translation
from schemas.quick.fields import conditions, is_required, rules_of
from schemas.quick.patterns import Constants

# google.protobuf.Timestamp: years 1 to 9999
_FIRST_SECOND, _LAST_SECOND, _NANOS = -62_135_596_800, 253_402_300_799, 1_000_000_000

Proof = Callable[[Any], bool]
_MESSAGE: Any = validate_pb2.message
_ONEOF: Any = validate_pb2.oneof


def surely_valid(message: Message) -> bool:
    """Whether the message is proved to keep its rules. False says nothing: ask protovalidate."""
    proof = proof_of(message.DESCRIPTOR)
    try:
        return proof is not None and proof(message)
    except (IndexError, TypeError, ValueError):
        return False  # what CEL calls an error


@cache
def proof_of(descriptor: Descriptor) -> Proof | None:
    """The function for a type; None if some rule of it, or below it, is not read here."""
    try:
        return make(descriptor)
    except Unread:
        return None


def make(descriptor: Descriptor) -> Proof:
    """The function for a type. Raises Unread naming the rule that can't be read."""
    constants = Constants()
    lines = _lines(descriptor, constants)
    body = "\n".join(f"    {line}" for line in [*lines, "return True"])
    names = {
        **constants.values,
        "_time": _time,
        "_at": _at,
        "_holds": _holds,
        "_finite": math.isfinite,
    }
    # the source is made of the contract's own rules, never of what is received
    exec(f"def proof(this):\n{body}\n", names)
    made: Proof = names["proof"]
    return made


def _lines(descriptor: Descriptor, constants: Constants) -> list[str]:
    lines: list[str] = []
    for described in descriptor.fields:
        lines += _field(described, constants)
    for oneof in descriptor.oneofs:
        if oneof.GetOptions().Extensions[_ONEOF].required:
            lines.append(f"if this.WhichOneof({oneof.name!r}) is None: return False")
    return lines + _message_rules(descriptor, constants)


def _message_rules(descriptor: Descriptor, constants: Constants) -> list[str]:
    rules: Any = descriptor.GetOptions().Extensions[_MESSAGE]
    for option, _ in rules.ListFields():
        if option.name != "cel":
            raise Unread(f"option {option.name} of {descriptor.full_name}")
    translation = Translation(constants, {"this": Kind(descriptor)})
    return [
        f"if not {translation.rule(parse(rule.expression))}: return False" for rule in rules.cel
    ]


def _field(described: FieldDescriptor, constants: Constants) -> list[str]:
    """Lines for one field. A field that tracks presence is only looked at where it is set."""
    name, required = described.name, is_required(described)
    checks = [
        f"if not ({condition}): return False" for condition in conditions(described, constants)
    ]
    checks += _below(described, constants)
    if not checks and not required:
        return []
    get = f"value = this.{name}"
    if not described.has_presence:
        return [get, *(["if not value: return False"] if required else []), *checks]
    present = f"this.HasField({name!r})"
    if required:
        return [f"if not {present}: return False", *([get, *checks] if checks else [])]
    return [f"if {present}:", *(f"    {line}" for line in [get, *checks])]


def _below(described: FieldDescriptor, constants: Constants) -> list[str]:
    """A call for the messages in the field, if their type has rules at all."""
    kind = described.message_type
    if kind is None or not _has_rules(kind):
        return []
    if kind.GetOptions().map_entry:
        raise Unread(f"map {described.full_name}")
    proof = constants.function(make(kind))
    if described.is_repeated:
        return [f"for each in value:\n        if not {proof}(each): return False"]
    return [f"if not {proof}(value): return False"]


@cache
def _has_rules(descriptor: Descriptor) -> bool:
    """Whether a type or one below it has rules. Raises Unread for types that contain themselves."""
    return _rules_within(descriptor, ())


def _rules_within(descriptor: Descriptor, above: tuple[str, ...]) -> bool:
    if descriptor.full_name in above:
        raise Unread(f"{descriptor.full_name} contains itself")
    options = descriptor.GetOptions()
    if options.HasExtension(_MESSAGE):
        return True
    if any(oneof.GetOptions().HasExtension(_ONEOF) for oneof in descriptor.oneofs):
        return True
    inside = (*above, descriptor.full_name)
    return any(
        bool(rules_of(f).ListFields())
        or (f.message_type is not None and _rules_within(f.message_type, inside))
        for f in descriptor.fields
    )


def _time(time: Any) -> tuple[int, int]:
    seconds, nanos = time.seconds, time.nanos
    if not (0 <= nanos < _NANOS and _FIRST_SECOND <= seconds <= _LAST_SECOND):
        raise ValueError(f"{seconds} s {nanos} ns is no time")
    return seconds, nanos


def _at(items: Any, index: int) -> Any:
    if index < 0:
        raise IndexError(index)  # CEL counts from the front only
    return items[index]


def _holds(result: object) -> bool:
    return result is True or result == ""
