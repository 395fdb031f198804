"""Lines of Python that look at one field of a message, and return False where a rule may be broken."""

from collections.abc import Callable
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from schemas.instants import FIRST_SECOND, LAST_SECOND, NANOS
from schemas.quick.cel import Unread
from schemas.quick.expression import Locals, kind_of
from schemas.quick.fields import conditions, is_required
from schemas.quick.own import listed
from schemas.quick.patterns import Constants

Below = Callable[[Descriptor], Callable[[Any], bool] | None]
"""The proof for a type further down; None if it has nothing to prove. Raises Unread."""

_IN_RANGE = f"0 <= nanos < {NANOS} and {FIRST_SECOND} <= seconds <= {LAST_SECOND}"


def lines_for(
    described: FieldDescriptor, constants: Constants, known: Locals, named: bool, below: Below
) -> list[str]:
    """The lines for a field. What they read stays in a variable, which `known` then names.

    A field that tracks presence is only looked at where it is set; one that a rule of the whole
    message names (`named`) is read in any case. Raises Unread.
    """
    value, kind = f"{described.name}_", kind_of(described)
    if kind.is_time:
        return _time(described, value, constants, known)
    wanted = listed(described, value, conditions(described, value, constants), constants)
    checks = [f"if not ({condition}): return False" for condition in wanted]
    checks += _below(described, value, constants, below)
    if described.has_presence:
        return _where_set(described, value, checks, known)
    required = is_required(described)
    if not (checks or required or named):
        return []
    known.values[described.name] = value
    get = f"{value} = this.{described.name}"
    if required:
        return [get, f"if not {value}: return False", *checks]
    empty = [] if described.is_repeated else described.default_value
    if checks and constants.hold(wanted, value, empty):
        return [get, f"if {value}:", *_indented(checks)]
    return [get, *checks]


def _where_set(
    described: FieldDescriptor, value: str, checks: list[str], known: Locals
) -> list[str]:
    name, required = described.name, is_required(described)
    get = f"{value} = this.{name}"
    if required:
        missing = f"if not this.HasField({name!r}): return False"
        return [missing, *([get, *checks] if checks else [])]
    if not checks:
        return []
    known.present[name] = value
    return [
        f"{value} = this.{name} if this.HasField({name!r}) else None",
        f"if {value} is not None:",
        *_indented(checks),
    ]


def _time(described: FieldDescriptor, value: str, constants: Constants, known: Locals) -> list[str]:
    """The variable gets (seconds, nanos), which are ordered as times are."""
    name = described.name
    if conditions(described, value, constants):
        raise Unread(f"rules of the time {described.full_name}")
    known.times[name] = known.present[name] = value
    absent = "return False" if is_required(described) else f"{value} = None"
    return [
        f"if this.HasField({name!r}):",
        f"    time = this.{name}",
        f"    {value} = seconds, nanos = time.seconds, time.nanos",
        f"    if not ({_IN_RANGE}): return False",
        f"else: {absent}",
    ]


def _below(described: FieldDescriptor, value: str, constants: Constants, below: Below) -> list[str]:
    """A call for the messages in the field."""
    kind = described.message_type
    if kind is None:
        return []
    if kind_of(described).message_is_time:
        return [f"if not all(map(_is_time, {value})): return False"]
    if kind.GetOptions().map_entry:
        raise Unread(f"map {described.full_name}")
    proof = below(kind)
    if proof is None:
        return []
    name = constants.function(proof)
    if described.is_repeated:
        return [f"for each in {value}:", f"    if not {name}(each): return False"]
    return [f"if not {name}({value}): return False"]


def _indented(lines: list[str]) -> list[str]:
    return [f"    {line}" for line in lines]
