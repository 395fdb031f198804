"""Messages that keep the standard rules of the contract (not those in CEL), and near misses."""

import re
from collections.abc import Callable
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from hypothesis import strategies as st

from schemas.json_schema.rules import rules_of
from tests.support.arbitrary import messages

Draw = Callable[[Any], Any]


@st.composite
def lawful(draw: Draw, descriptor: Any, depth: int = 0) -> Message:
    """A message of a type; what need not be there is there sometimes, seldom if it is deep."""
    made: Any = GetMessageClass(descriptor)()
    if descriptor.full_name == "google.protobuf.Timestamp":
        return draw(messages(descriptor))  # type: ignore[no-any-return]
    chosen = {o.name: draw(st.sampled_from([f.name for f in o.fields])) for o in descriptor.oneofs}
    for field in descriptor.fields:
        oneof, rules = field.containing_oneof, rules_of(field)
        if oneof is not None and chosen[oneof.name] != field.name:
            continue
        needed = rules.required or not field.has_presence
        if needed or draw(st.integers(0, 1 + depth)) == 0:
            _set(draw, made, field, rules, depth)
    return made  # type: ignore[no-any-return]


def _set(draw: Draw, made: Any, field: Any, rules: Any, depth: int) -> None:
    if field.is_repeated:
        told = rules.repeated
        least = max(told.min_items, 1 if rules.required else 0)
        most = max(least, min(2, told.max_items or 2)) if depth < 3 else least
        item = _value(field, told.items, depth)
        unique = (lambda value: value) if told.unique else None
        values = draw(st.lists(item, min_size=least, max_size=most, unique_by=unique))
        getattr(made, field.name).extend(values)
    elif field.message_type is not None:
        getattr(made, field.name).CopyFrom(draw(_value(field, rules, depth)))
    else:
        setattr(made, field.name, draw(_value(field, rules, depth)))


def _value(field: Any, rules: Any, depth: int) -> st.SearchStrategy[Any]:
    if field.message_type is not None:
        return lawful(field.message_type, depth + 1)
    if field.enum_type is not None:
        refused = set(rules.enum.not_in)
        return st.sampled_from(
            [v.number for v in field.enum_type.values if v.number not in refused]
        )
    if field.type == FieldDescriptor.TYPE_STRING:
        return _text(rules.string)
    if field.type == FieldDescriptor.TYPE_BYTES:
        length = rules.bytes.len
        return st.binary(min_size=length, max_size=length or 8)
    if field.type == FieldDescriptor.TYPE_BOOL:
        return st.booleans()
    return _number(getattr(rules, str(rules.WhichOneof("type") or "double")), field)


def _text(told: Any) -> st.SearchStrategy[str]:
    least, most = told.min_len, told.max_len or 10_000
    if not told.pattern:
        letters = st.characters(exclude_categories=["Cs"])
        return st.text(letters, min_size=least, max_size=min(most, least + 9))
    found = st.from_regex(re.compile(told.pattern.replace("$", r"\Z"), re.ASCII))
    return found.filter(lambda text: least <= len(text) <= most)


def _number(told: Any, field: Any) -> st.SearchStrategy[Any]:
    rules = {rule.name: value for rule, value in told.ListFields()}
    if "in" in rules:
        return st.sampled_from(list(rules["in"]))
    low, high = rules.get("gte", rules.get("gt")), rules.get("lte", rules.get("lt"))
    if field.type == FieldDescriptor.TYPE_DOUBLE:
        return st.floats(
            low,
            high,
            allow_nan=False,
            exclude_min="gt" in rules,
            exclude_max="lt" in rules,
            allow_infinity=False if rules.get("finite") or None not in (low, high) else None,
        )
    low = (0 if low is None else low) + ("gt" in rules)
    return st.integers(low, (1 << 31) - 1 if high is None else high - ("lt" in rules))


def spots(message: Any, depth: int = 0) -> list[tuple[Any, Any]]:
    """(Message, field) of everything in it that can be changed."""
    found = [(message, field) for field in message.DESCRIPTOR.fields]
    for field, value in message.ListFields():
        if field.message_type is not None and not field.message_type.full_name.startswith("google"):
            for item in value if field.is_repeated else [value]:
                found += spots(item, depth + 1)
    return found


@st.composite
def near_misses(draw: Draw, descriptor: Any) -> Message:
    """A lawful message in which one field has been given any value, or none."""
    made = draw(lawful(descriptor))
    owner, field = draw(st.sampled_from(spots(made)))
    owner.ClearField(field.name)
    if draw(st.booleans()):
        other: Any = draw(messages(descriptor=owner.DESCRIPTOR))
        alone = type(owner)()
        if field.is_repeated:
            getattr(alone, field.name).extend(getattr(other, field.name))
        elif field.message_type is not None:
            getattr(alone, field.name).SetInParent()
        else:
            setattr(alone, field.name, getattr(other, field.name))
        owner.MergeFrom(alone)
    return made  # type: ignore[no-any-return]
