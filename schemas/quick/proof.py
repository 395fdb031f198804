"""The functions that prove messages right: one for each type, made at its first message if not before."""

import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from google.protobuf.descriptor import Descriptor, OneofDescriptor
from google.protobuf.message import Message

from buf.validate import validate_pb2
from schemas.quick.cel import Unread, parse
from schemas.quick.expression import Kind, Locals, Translation, kind_of
from schemas.quick.fields import rules_of
from schemas.quick.own import has_totals, table_of
from schemas.quick.patterns import Constants
from schemas.quick.reading import lines_for

Proof = Callable[[Any], bool]
_MESSAGE: Any = validate_pb2.message
_ONEOF: Any = validate_pb2.oneof
_FIELD_OF_THIS = re.compile(r"\bthis\.(\w+)")


def surely_valid(message: Message) -> bool:
    """Whether the message is proved to keep its rules. False says nothing: ask those who judge."""
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


def make_ready(descriptors: Iterable[Descriptor]) -> None:
    """Makes the functions and reads the tables now that the first messages would otherwise wait for."""
    for descriptor in descriptors:
        proof_of(descriptor)


@cache
def make(descriptor: Descriptor) -> Proof:
    """The function for a type. Raises Unread naming the rule that can't be read."""
    constants = Constants()
    text = source(descriptor, constants)
    names = dict(constants.values)
    # the source is made of the contract's own rules, never of what is received
    exec(text, names)
    made: Proof = names["proof"]
    return made


def source(descriptor: Descriptor, constants: Constants) -> str:
    """The function as Python, over constants that it adds. Raises Unread."""
    lines = [*_lines(descriptor, constants), "return True"]
    return "\n    ".join(["def proof(this):", *lines]) + "\n"


def _lines(descriptor: Descriptor, constants: Constants) -> list[str]:
    lines, known = list[str](), Locals()
    rules = message_rules(descriptor)
    named = frozenset(name for rule in rules for name in _FIELD_OF_THIS.findall(rule))
    for described in descriptor.fields:
        lines += lines_for(described, constants, known, described.name in named, _below)
    for oneof in descriptor.oneofs:
        if is_required_oneof(oneof):
            lines.append(f"if this.WhichOneof({oneof.name!r}) is None: return False")
    if has_totals(descriptor):
        lines.append("if not _are_sums(this): return False")
    translation = Translation(constants, {"this": Kind(descriptor)}, known=known)
    return lines + [f"if not {translation.rule(parse(rule))}: return False" for rule in rules]


def is_required_oneof(oneof: OneofDescriptor) -> bool:
    """Whether one of its members must be set."""
    return bool(oneof.GetOptions().Extensions[_ONEOF].required)


def message_rules(descriptor: Descriptor) -> list[str]:
    """Expressions of the rules of the whole message."""
    rules: Any = descriptor.GetOptions().Extensions[_MESSAGE]
    for option, _ in rules.ListFields():
        if option.name != "cel":
            raise Unread(f"option {option.name} of {descriptor.full_name}")
    return [rule.expression for rule in rules.cel]


def _below(descriptor: Descriptor) -> Proof | None:
    return make(descriptor) if _has_rules(descriptor) else None


@cache
def _has_rules(descriptor: Descriptor) -> bool:
    """Whether there is anything to prove of a type or one below it.

    Raises Unread for types that contain themselves.
    """
    return _rules_within(descriptor, ())


def _rules_within(descriptor: Descriptor, above: tuple[str, ...]) -> bool:
    if descriptor.full_name in above:
        raise Unread(f"{descriptor.full_name} contains itself")
    options = descriptor.GetOptions()
    if options.HasExtension(_MESSAGE) or has_totals(descriptor):
        return True
    if any(oneof.GetOptions().HasExtension(_ONEOF) for oneof in descriptor.oneofs):
        return True
    inside = (*above, descriptor.full_name)
    return any(
        bool(rules_of(f).ListFields())
        or bool(table_of(f))
        or kind_of(f).message_is_time
        or (f.message_type is not None and _rules_within(f.message_type, inside))
        for f in descriptor.fields
    )
