"""Rules of protovalidate taken apart into atoms, and what a change of an atom means.

An atom's name is the rule's id with the way to it, such as "string.max_len" or
"repeated.items.string.pattern". lt and lte are one atom, "below", gt and gte another, "above"; a CEL rule
is an atom of its own with its id in the name.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from buf.validate.validate_pb2 import FieldRules, Ignore, MessageRules, Rule

Atoms = Mapping[str, Any]

_UPPER = {"below", "max_len", "max_bytes", "max_items", "max_pairs", "within"}
_LOWER = {"above", "min_len", "min_bytes", "min_items", "min_pairs"}
_WITHOUT_MEANING = {"example"}
_WHOLE_NUMBERS = {f"{sign}{kind}" for sign in ("", "u", "s") for kind in ("int32", "int64")} | {
    f"{sign}fixed{bits}" for sign in ("", "s") for bits in (32, 64)
}
_BOUNDS = {"lt": "below", "lte": "below", "gt": "above", "gte": "above"}


def atoms(rules: FieldRules | MessageRules) -> dict[str, Any]:
    """The atoms of a field's or a message's rules."""
    found = dict(_collect("", rules))
    for name in [name for name in found if name.endswith(".above")]:
        head = name.removesuffix("above")
        above, below = found[name], found.get(f"{head}below")
        if below is not None and above[0] > below[0]:
            # protovalidate takes such a pair as "outside of the range": one atom that can't be ranked
            found[f"{head}outside"] = f"{below[0]} to {above[0]}"
            del found[name], found[f"{head}below"]
    return found


def _collect(prefix: str, rules: Message) -> Iterator[tuple[str, Any]]:
    numbers = prefix.rstrip(".").rpartition(".")[2] in _WHOLE_NUMBERS
    for descriptor, value in rules.ListFields():
        name = descriptor.name
        if name in _WITHOUT_MEANING or value is False:
            continue
        if name == "cel":
            yield from ((f"{prefix}cel {rule.id}", _cel(rule)) for rule in value)
        elif name == "cel_expression":
            yield from ((f"{prefix}cel {text}", text) for text in value)
        elif name == "oneof" and descriptor.is_repeated:
            yield from (
                (
                    f"{prefix}oneof {' '.join(one.fields)}",
                    "required" if one.required else "at most one",
                )
                for one in value
            )
        elif name in _BOUNDS:
            yield f"{prefix}{_BOUNDS[name]}", _bound(name, _plain(value), whole=numbers)
        elif descriptor.is_repeated:
            yield f"{prefix}{name}", frozenset(_plain(item) for item in value)
        elif isinstance(value, Message) and not isinstance(value, Timestamp | Duration):
            yield from _collect(f"{prefix}{name}.", value)
        else:
            yield f"{prefix}{name}", _plain(value)


def _cel(rule: Rule) -> str:
    return " ".join(rule.expression.split())


def _plain(value: Any) -> Any:
    if isinstance(value, Timestamp | Duration):
        return value.seconds * 1_000_000_000 + value.nanos
    return value


def _bound(name: str, value: Any, *, whole: bool) -> tuple[Any, int]:
    """(value, order) such that a larger pair lies higher; of whole numbers only inclusive ones."""
    if whole and name in ("lt", "gt"):
        return (value - 1, 0) if name == "lt" else (value + 1, 0)
    return value, {"lt": -1, "lte": 0, "gte": 0, "gt": 1}[name]


def judge(name: str, old: Any, new: Any) -> str | None:
    """ADDED, REMOVED, TIGHTENED, LOOSENED, CHANGED (can't be compared), or None for no change."""
    if old == new:
        return None
    leaf = name.rpartition(".")[2]
    if leaf == "ignore":
        return "LOOSENED" if (new or 0) > (old or 0) else "TIGHTENED"
    if old is None or new is None:
        return "ADDED" if old is None else "REMOVED"
    looser = _looser(name, leaf, old, new)
    return "CHANGED" if looser is None else "LOOSENED" if looser else "TIGHTENED"


def _looser(name: str, leaf: str, old: Any, new: Any) -> bool | None:
    """Whether the new value allows all that the old one did; None if that can't be told."""
    if leaf in _UPPER | _LOWER:
        return bool((new > old) == (leaf in _UPPER))
    if leaf in ("in", "not_in"):
        return bool(new > old if leaf == "in" else new < old)
    return bool(new != "required") if name.startswith("oneof ") else None


def told(name: str, value: Any) -> str:
    """An atom in words; empty if there is none."""
    if value is None:
        return ""
    head, _, leaf = name.rpartition(".")
    if leaf in ("below", "above"):
        signs = {-1: "<", 0: "<=" if leaf == "below" else ">=", 1: ">"}
        return f"{head} {signs[value[1]]} {value[0]}"
    if leaf == "ignore":
        return f"{name} = {Ignore.Name(value)}"
    if isinstance(value, frozenset):
        return f"{name} = [{', '.join(map(str, sorted(value)))}]"
    if value is True:
        return name
    return f"{name}: {value}" if name.startswith("cel ") else f"{name} = {value}"
