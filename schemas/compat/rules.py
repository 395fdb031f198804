"""Rules: what one side accepts and the other refuses.

A tightened rule is a break: a sender that did nothing wrong is refused. Patterns, CEL expressions and
other rules that can't be compared count as tightened unless they are the same. A loosened rule is a
note: gateways of the older release quarantine what only the newer rule allows.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from schemas.compat import rule_atoms
from schemas.compat.finding import Change, Surface
from schemas.compat.model import Enum, Field, Message, Model
from schemas.compat.pairs import field_pairs, shared
from schemas.compat.rule_atoms import Atoms

_ASKED = re.compile(r"\s*!\s*has\(this\.(?P<field>\w+)\)\s*\|\|")
_OWN = ("disclosure", "code_table", "authority")


def compare(old: Model, new: Model) -> Iterator[Change]:
    """Changes of rules on what both sides have, and of our own options there."""
    for before, after in shared(old.messages, new.messages):
        yield from _between(before, after)
        yield from _oneofs(before, after)
        yield from _option("PUBLISHER", before.name, before.publisher, after.publisher)
        for field, other in field_pairs(before, after):
            yield from _field(f"{before.name}.{field.name}", field, other)
    strict = _closed(old) | _closed(new)
    for enum, other_enum in shared(old.enums, new.enums):
        if enum.name in strict:
            yield from _enum(enum, other_enum)


def _change(rule: str, where: str, old: str = "", new: str = "") -> Change:
    return Change(surface=Surface.RULES, rule=rule, where=where, old=old, new=new)


def _field(where: str, field: Field, other: Field) -> Iterator[Change]:
    if field.kind == other.kind and (field.cardinality == "repeated") == (
        other.cardinality == "repeated"
    ):
        yield from _atoms(where, *map(rule_atoms.atoms, (field.rules, other.rules)))
    for name in _OWN:
        was, now = getattr(field.own, name), getattr(other.own, name)
        yield from _option(name.upper(), where, _text(was), _text(now))


def _text(value: str | bool) -> str:
    return value if isinstance(value, str) else "true" * value


def _option(name: str, where: str, was: str, now: str) -> Iterator[Change]:
    if was != now:
        what = "ADDED" if not was else "REMOVED" if not now else "CHANGED"
        yield _change(f"{name}_{what}", where, was, now)


def _atoms(where: str, old: Atoms, new: Atoms) -> Iterator[Change]:
    for name in sorted({*old, *new}):
        verdict = rule_atoms.judge(name, old.get(name), new.get(name))
        if verdict:
            was, now = (rule_atoms.told(name, atoms.get(name)) for atoms in (old, new))
            yield _change(f"RULE_{verdict}", where, was, now)


def _between(before: Message, after: Message) -> Iterator[Change]:
    """Rules of a message. One that asks first for a field which is new spares every older sender."""
    added = {f.name for f in after.fields if before.by_name(f.name) is None}
    spared = {rule.id for rule in after.rules.cel if _asks_first(rule.expression, added)}
    for change in _atoms(before.name, *map(rule_atoms.atoms, (before.rules, after.rules))):
        sparing = change.rule == "RULE_ADDED" and any(
            change.new.startswith(f"cel {name}:") for name in spared
        )
        yield replace(change, rule="RULE_OF_NEW_FIELD_ADDED") if sparing else change


def _asks_first(expression: str, added: set[str]) -> bool:
    """Whether it reads "!has(this.field) || …" of an added field, and has no other branch around it."""
    found = _ASKED.match(expression)
    return found is not None and found["field"] in added and "?" not in expression


def _oneofs(before: Message, after: Message) -> Iterator[Change]:
    for name, required in after.oneofs.items():
        was = before.oneofs.get(name, False)
        if required and not was:
            yield _change("RULE_ADDED", f"{after.name}.{name}", "", "oneof required")
    for name, required in before.oneofs.items():
        if required and name in after.oneofs and not after.oneofs[name]:
            yield _change("RULE_REMOVED", f"{before.name}.{name}", "oneof required", "")


def _closed(model: Model) -> set[str]:
    """Enums that some field takes only in their defined values."""
    fields = (field for message in model.messages.values() for field in message.fields)
    return {f.type_name for f in fields if f.kind == "enum" and _defined_only(f)}


def _defined_only(field: Field) -> bool:
    return field.rules.enum.defined_only or field.rules.repeated.items.enum.defined_only


def _enum(before: Enum, after: Enum) -> Iterator[Change]:
    for number, name in before.written.items():
        if number not in after.written:
            yield _change("DEFINED_VALUE_REMOVED", f"{before.name}.{name}", f"{name} = {number}")
    for number, name in after.written.items():
        if number not in before.written:
            where = f"{after.name}.{name}"
            yield _change("DEFINED_VALUE_ADDED", where, "", f"{name} = {number}")
