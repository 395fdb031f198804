"""Rules of the contract (buf.validate) as far as JSON Schema can say them.

What it can't say stands in "x-rules": each with its id and, for CEL, message and expression, else
the rule's value.
"""

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from google.protobuf.descriptor import FieldDescriptor

from buf.validate import validate_pb2
from schemas.json_schema.values import NO_NUMBERS, Schema, is_wide, plain_value

_RULES: Any = validate_pb2
_BEYOND_ECMA = re.compile(r"\(\?[^:]|\\[AzZpPQEC]|\[\[:")
_BOUNDS = {"gt": "exclusiveMinimum", "gte": "minimum", "lt": "exclusiveMaximum", "lte": "maximum"}


@dataclass(slots=True)
class Ruled:
    """A value's schema with its rules. `zero` is whether an absent value (zero, empty) keeps them."""

    schema: Schema
    zero: bool = True
    left: list[Schema] = field(default_factory=list)

    def keep(self, rule_id: str, value: Any) -> None:
        """Notes a rule that JSON Schema can't say."""
        shown = value if isinstance(value, bool | int | float | str) else str(value).strip()
        self.left.append({"id": rule_id, "value": shown})


def rules_of(field_: FieldDescriptor) -> Any:
    """The field's rules; empty if it has none."""
    rules = field_.GetOptions().Extensions[_RULES.field]
    always = rules.ignore == _RULES.IGNORE_ALWAYS
    return _RULES.FieldRules() if always else rules


def ruled(field_: FieldDescriptor, rules: Any) -> Ruled:
    """One value of a field with its rules. Raises ValueError for a type that has no projection."""
    found = Ruled(plain_value(field_))
    kind = rules.WhichOneof("type")
    told = getattr(rules, kind) if kind else None
    if field_.enum_type is not None:
        _enum(found, field_, told)
    elif field_.type == FieldDescriptor.TYPE_DOUBLE:
        _double(found, told)
    elif told is not None and kind != "repeated":
        _each(found, field_, kind, told)
    found.left += cel(rules)
    if rules.required and not field_.has_presence:
        found.zero = False
        _not_zero(found, field_)
    return found


def cel(rules: Any) -> list[Schema]:
    """CEL rules of a field or of a message."""
    named = [
        {"id": r.id, **({"message": r.message} if r.message else {}), "expression": r.expression}
        for r in rules.cel
    ]
    return [*named, *({"id": text, "expression": text} for text in rules.cel_expression)]


def _each(found: Ruled, field_: FieldDescriptor, kind: str, told: Any) -> None:
    for rule, value in told.ListFields():
        say = _SAYINGS.get((kind, rule.name)) or (
            _NUMERIC.get(rule.name) if "int" in kind else None
        )
        if say is None or not say(found, field_, value):
            found.keep(f"{kind}.{rule.name}", value)


def _not_zero(found: Ruled, field_: FieldDescriptor) -> None:
    """`required` on a value without presence: it is not the zero that stands for its absence."""
    if field_.type in (FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES):
        found.schema["minLength"] = max(1, found.schema.get("minLength", 0))
    elif field_.enum_type is None:
        zeros = [False] if field_.type == FieldDescriptor.TYPE_BOOL else [0, "0"]
        found.schema["not"] = {"enum": zeros}


def _enum(found: Ruled, field_: Any, told: Any) -> None:
    names = {v.name: v.number for v in field_.enum_type.values}
    allowed = list(names.values())
    if told is not None:
        if told.HasField("const"):
            allowed = [n for n in allowed if n == told.const]
        if getattr(told, "in"):
            allowed = [n for n in allowed if n in getattr(told, "in")]
        allowed = [n for n in allowed if n not in told.not_in]
    found.zero = 0 in allowed
    closed = told is not None and (
        told.defined_only or told.HasField("const") or getattr(told, "in")
    )
    if rules_of(field_).required and not field_.has_presence and not field_.is_repeated:
        allowed = [n for n in allowed if n != 0]
    if len(allowed) < len(names):
        found.schema["enum"] = [name for name, number in names.items() if number in allowed]
    if not closed:
        refused = list(told.not_in) if told is not None else []
        number: Schema = {"type": "integer", "minimum": -(1 << 31), "maximum": (1 << 31) - 1}
        found.schema = {
            "anyOf": [found.schema, number | ({"not": {"enum": refused}} if refused else {})]
        }


def _double(found: Ruled, told: Any) -> None:
    rules = {rule.name: value for rule, value in told.ListFields()} if told is not None else {}
    bounds = {name: rules[name] for name in _BOUNDS if name in rules}
    if _is_reversed(bounds):
        for name in bounds:
            found.keep(f"double.{name}", rules[name])
        bounds = {}
    found.schema |= {_BOUNDS[name]: _number(value) for name, value in bounds.items()}
    if bounds:
        found.zero = all(_holds(name, value, 0.0) for name, value in bounds.items())
    for name in sorted(rules.keys() - {*_BOUNDS, "finite", "example"}):
        if not _numbers(found, name, rules[name]):
            found.keep(f"double.{name}", rules[name])
    listed = "in" in rules or "const" in rules or rules.get("finite")
    words = [word for word in NO_NUMBERS if _allows(bounds, float(word))]
    if words and not listed:
        found.schema = {"anyOf": [found.schema, {"enum": words}]}


def _allows(bounds: dict[str, float], value: float) -> bool:
    return all(_holds(name, bound, value) for name, bound in bounds.items())


def _holds(name: str, bound: float, value: float) -> bool:
    if math.isnan(value):
        return False
    return {"gt": value > bound, "gte": value >= bound, "lt": value < bound}.get(
        name, value <= bound
    )


def _is_reversed(bounds: dict[str, float]) -> bool:
    """protovalidate reads a lower bound above the upper one as "outside of both"."""
    low = bounds.get("gt", bounds.get("gte"))
    high = bounds.get("lt", bounds.get("lte"))
    return low is not None and high is not None and low > high


def _number(value: float) -> float | int:
    return int(value) if float(value).is_integer() else value


def _numbers(found: Ruled, name: str, value: Any) -> bool:
    if name == "const":
        found.schema["const"], found.zero = _number(value), found.zero and value == 0
    elif name == "in":
        found.schema["enum"] = [_number(v) for v in value]
        found.zero = found.zero and 0 in value
    elif name == "not_in":
        found.schema["not"] = {"enum": [_number(v) for v in value]}
        found.zero = found.zero and 0 not in value
    else:
        return False
    return True


def _bound(name: str) -> Callable[[Ruled, Any, Any], bool]:
    def say(found: Ruled, field_: FieldDescriptor, value: int) -> bool:
        key = _BOUNDS[name]
        plain = {"minimum": max, "exclusiveMinimum": max, "maximum": min, "exclusiveMaximum": min}
        found.schema[key] = plain[key](value, found.schema.get(key, value))
        found.zero = found.zero and _holds(name, value, 0)
        if is_wide(field_) and name in ("gt", "gte") and value >= 0:
            # of a text of digits a pattern can say that much
            found.schema["pattern"] = found.schema["pattern"].replace("-?", "")
        return not is_wide(field_)

    return say


def _of_whole(name: str) -> Callable[[Ruled, Any, Any], bool]:
    def say(found: Ruled, field_: FieldDescriptor, value: Any) -> bool:
        return not is_wide(field_) and _numbers(found, name, value)

    return say


def _length(key: str) -> Callable[[Ruled, Any, int], bool]:
    def say(found: Ruled, _: Any, value: int) -> bool:
        if key != "maxLength":
            found.schema["minLength"], found.zero = value, found.zero and value == 0
        if key != "minLength":
            found.schema["maxLength"] = value
        return True

    return say


def _bytes_length(found: Ruled, _: Any, value: int) -> bool:
    """As base64 with or without padding; a byte or two too few may pass, so the rule is kept, too."""
    found.schema |= {"minLength": -(-value * 4 // 3), "maxLength": -(-value // 3) * 4}
    found.zero = found.zero and value == 0
    return False


def _pattern(found: Ruled, _: Any, value: str) -> bool:
    if _BEYOND_ECMA.search(value):
        return False
    found.schema["pattern"] = value
    found.zero = found.zero and re.search(value, "") is not None
    return True


def _string_set(key: str) -> Callable[[Ruled, Any, Iterable[str]], bool]:
    def say(found: Ruled, _: Any, value: Any) -> bool:
        values = [value] if isinstance(value, str) else list(value)
        found.schema |= {"not": {"enum": values}} if key == "not_in" else {"enum": values}
        found.zero = found.zero and ("" in values) != (key == "not_in")
        return True

    return say


def _drop(_found: Ruled, _field: Any, _value: Any) -> bool:
    return True


Say = Callable[[Ruled, Any, Any], bool]
"""Adds a rule to the schema; whether that says all of it."""

_SAYINGS: dict[tuple[str, str], Say] = {
    ("string", "min_len"): _length("minLength"),
    ("string", "max_len"): _length("maxLength"),
    ("string", "len"): _length("both"),
    ("string", "pattern"): _pattern,
    ("string", "const"): _string_set("const"),
    ("string", "in"): _string_set("in"),
    ("string", "not_in"): _string_set("not_in"),
    ("string", "example"): _drop,
    ("bytes", "len"): _bytes_length,
}
_NUMERIC: dict[str, Say] = {
    **{name: _bound(name) for name in _BOUNDS},
    **{name: _of_whole(name) for name in ("const", "in", "not_in")},
    "example": _drop,
}
