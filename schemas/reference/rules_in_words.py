"""Rules of the contract (buf.validate options) in words, each with protovalidate's rule id.

Pure: takes the options' messages, returns values. Nothing is left out: an option that has no wording
of its own appears as "name: value".
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from buf.validate.validate_pb2 import FieldRules, MessageRules, OneofRules, Rule

Names = Mapping[int, str]
"""Number → name of an enum's values."""

_LITERALS = re.compile(r"^\^\(([\w.-]+(?:\|[\w.-]+)*)\)\$$")
_MAYBE = re.compile(r"^\^\((.*)\)\?\$$", re.DOTALL)
_STRING_LITERAL = re.compile(r"'([^']*)'")
_HANDLED = frozenset(["gt", "gte", "lt", "lte", "in", "not_in", "const", "defined_only", "example"])
_SIZES = {
    "string": ("min_len", "max_len", "character"),
    "bytes": ("min_len", "max_len", "byte"),
    "repeated": ("min_items", "max_items", "item"),
    "map": ("min_pairs", "max_pairs", "entry"),
}


@dataclass(frozen=True, slots=True)
class RuleInWords:
    """A rule: protovalidate's id, what it asks for, and for CEL rules the expression."""

    id: str
    words: str
    expression: str = ""


def of_field(rules: FieldRules, names: Names | None = None) -> list[RuleInWords]:
    """Rules of one field. `names` names the values if it is an enum, else numbers are shown."""
    found = [RuleInWords("required", "required")] if rules.required else []
    if rules.ignore:
        found.append(RuleInWords("ignore", _IGNORED.get(rules.ignore, str(rules.ignore))))
    kind = rules.WhichOneof("type")
    if kind is not None:
        found += _of_kind(kind, getattr(rules, kind), names or {})
    return [*found, *_cel(rules.cel, rules.cel_expression)]


_IGNORED = {
    1: "rules hold only where it has a value",
    3: "no rule is checked",
}


def of_message(rules: MessageRules) -> list[RuleInWords]:
    """Rules between the fields of one message."""
    oneofs = [
        RuleInWords(
            "message.oneof",
            ("exactly" if oneof.required else "at most")
            + " one of "
            + ", ".join(f"`{name}`" for name in oneof.fields),
        )
        for oneof in rules.oneof
    ]
    return [*_cel(rules.cel, rules.cel_expression), *oneofs]


def of_oneof(name: str, rules: OneofRules) -> list[RuleInWords]:
    """Rules of one oneof."""
    return [RuleInWords("required", f"one of `{name}` must be set")] if rules.required else []


def _cel(rules: Iterable[Rule], expressions: Iterable[str]) -> list[RuleInWords]:
    named = [RuleInWords(r.id, r.message or _said_by(r.expression), r.expression) for r in rules]
    return [*named, *(RuleInWords(text, f"`{text}` holds", text) for text in expressions)]


def _said_by(expression: str) -> str:
    """The texts that an expression answers with where the rule itself has none."""
    return "; or ".join(text for text in _STRING_LITERAL.findall(expression) if " " in text)


def _of_kind(kind: str, rules: Any, names: Names) -> list[RuleInWords]:
    found = [*_size(kind, rules), *_range(kind, rules), *_choice(kind, rules, names)]
    sized = (*_SIZES.get(kind, ())[:2], "len")
    for field, value in rules.ListFields():
        if field.name not in _HANDLED and field.name not in sized:
            found += _single(kind, field.name, value, names)
    return found


def _size(kind: str, rules: Any) -> Iterator[RuleInWords]:
    """Least and most are told together, under both ids."""
    if kind not in _SIZES:
        return
    least, most, unit = _SIZES[kind]
    present = {field.name: value for field, value in rules.ListFields()}
    low, high = present.get(least), present.get(most)
    if low is not None and high is not None:
        words = _counted(low, unit) if low == high else f"{low:,} to {_counted(high, unit)}"
        yield RuleInWords(f"{kind}.{least}", words)
        yield RuleInWords(f"{kind}.{most}", words)
    elif low is not None:
        yield RuleInWords(f"{kind}.{least}", f"at least {_counted(low, unit)}")
    elif high is not None:
        yield RuleInWords(f"{kind}.{most}", f"at most {_counted(high, unit)}")
    if "len" in present:
        yield RuleInWords(f"{kind}.len", _counted(present["len"], unit))


def _counted(count: int, unit: str) -> str:
    plural = "entries" if unit == "entry" else f"{unit}s"
    return f"{count:,} {unit if count == 1 else plural}"


def _range(kind: str, rules: Any) -> Iterator[RuleInWords]:
    present = {field.name: value for field, value in rules.ListFields()}
    low = next((name for name in ("gt", "gte") if name in present), None)
    high = next((name for name in ("lt", "lte") if name in present), None)
    signs = {"gt": ">", "gte": "≥", "lt": "<", "lte": "≤"}
    parts = [f"{signs[name]} {shown(present[name])}" for name in (low, high) if name is not None]
    if low is None or high is None:
        if parts:
            yield RuleInWords(f"{kind}.{low or high}", parts[0])
        return
    rule = f"{kind}.{low}_{high}"
    outside = _ordinal(present[high]) < _ordinal(present[low])
    if outside:
        yield RuleInWords(f"{rule}_exclusive", " or ".join(parts))
    elif (low, high) == ("gte", "lte"):
        yield RuleInWords(rule, f"{shown(present[low])} to {shown(present[high])}")
    else:
        yield RuleInWords(rule, " and ".join(parts))


def _ordinal(value: Any) -> Any:
    return (value.seconds, value.nanos) if hasattr(value, "seconds") else value


def _choice(kind: str, rules: Any, names: Names) -> Iterator[RuleInWords]:
    present = {field.name: value for field, value in rules.ListFields()}
    if "const" in present:
        yield RuleInWords(f"{kind}.const", f"is {_named(present['const'], names)}")
    if present.get("defined_only"):
        yield RuleInWords(f"{kind}.defined_only", "a value of the list")
    if "in" in present:
        yield RuleInWords(f"{kind}.in", f"one of {_listed(present['in'], names)}")
    if "not_in" in present:
        yield RuleInWords(f"{kind}.not_in", f"not {_listed(present['not_in'], names)}")


def _listed(values: Iterable[Any], names: Names) -> str:
    return ", ".join(_named(value, names) for value in values)


def _named(value: Any, names: Names) -> str:
    if isinstance(value, int) and value in names:
        return "unspecified" if names[value].endswith("_UNSPECIFIED") else f"`{names[value]}`"
    return shown(value)


def _single(kind: str, name: str, value: Any, names: Names) -> Iterator[RuleInWords]:
    if name in _EACH:
        for rule in of_field(value, names):
            yield replace(rule, words=f"{_EACH[name]} {rule.words}")
    elif name in _WORDINGS:
        yield RuleInWords(f"{kind}.{name}", _WORDINGS[name](value))
    elif value is True:
        yield RuleInWords(f"{kind}.{name}", f"a valid {_spoken(name)}")
    else:
        yield RuleInWords(f"{kind}.{name}", f"{_spoken(name)}: {shown(value)}")


_EACH = {"items": "each", "keys": "each key", "values": "each value"}


def _spoken(name: str) -> str:
    return name.replace("_", " ")


def pattern_in_words(pattern: str) -> str:
    """A regular expression (RE2) in words where it only lists values, else itself."""
    maybe = _MAYBE.match(pattern)
    if maybe and _balanced(maybe[1]):
        inner = f"^({maybe[1]})$" if "|" in maybe[1] else f"^{maybe[1]}$"
        return f"empty, or {pattern_in_words(inner)}"
    literals = _LITERALS.match(pattern)
    if literals:
        return "one of " + ", ".join(f"`{value}`" for value in literals[1].split("|"))
    return f"matches `{pattern}`"


def _balanced(text: str) -> bool:
    """Whether no parenthesis of the text closes one that was opened before it."""
    depth = 0
    for character in text.replace("\\(", "").replace("\\)", ""):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth < 0:
            return False
    return depth == 0


_WORDINGS: dict[str, Callable[[Any], str]] = {
    "pattern": pattern_in_words,
    "unique": lambda _: "no value twice",
    "finite": lambda _: "finite",
    "len_bytes": lambda v: _counted(v, "byte"),
    "min_bytes": lambda v: f"at least {_counted(v, 'byte')}",
    "max_bytes": lambda v: f"at most {_counted(v, 'byte')}",
    "prefix": lambda v: f"begins with `{v}`",
    "suffix": lambda v: f"ends with `{v}`",
    "contains": lambda v: f"contains `{v}`",
    "not_contains": lambda v: f"does not contain `{v}`",
    "lt_now": lambda _: "in the past",
    "gt_now": lambda _: "in the future",
    "within": lambda v: f"within {shown(v)} of now",
}


def shown(value: Any) -> str:
    """A value of a rule as people read it: 10,000; 0.5; 90 s; `text`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:g}"
    if hasattr(value, "ToJsonString"):
        return str(value.ToJsonString())
    return f"`{value}`"
