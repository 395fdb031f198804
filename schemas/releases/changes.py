"""What is new in the contract between two revisions, for its changelog."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from schemas.compat import Contract, Finding, Surface
from schemas.compat.model import Model


@dataclass(frozen=True, slots=True, order=True)
class News:
    """One thing for the changelog: the family (a package's second part), what it is, and which."""

    family: str
    what: str
    text: str


def news(old: Contract | None, new: Contract, findings: Iterable[Finding] = ()) -> list[News]:
    """What the new revision adds and changes, by family; without an old one, what there is.

    Additions come from the two contracts; `findings` tell of rules that changed, and of breaks.
    """
    if old is None:
        return [*_types(new.model)]
    return [*_added(old.model, new.model), *_found(findings)]


def _types(model: Model) -> Iterator[News]:
    bodies = model.body_types()
    for name in bodies:
        yield News(_family(name), "type", _short(name))
    for name in model.services:
        yield News(_family(name), "service", _short(name))


def _added(old: Model, new: Model) -> Iterator[News]:
    bodies = new.body_types().keys() - old.body_types().keys()
    for name in bodies:
        yield News(_family(name), "new type", _short(name))
    for kind, before, after in (
        ("message", old.messages, new.messages),
        ("enum", old.enums, new.enums),
        ("service", old.services, new.services),
    ):
        for name in _fresh(before, after):
            if name not in bodies and not _inside(name, old, new):
                yield News(_family(name), f"new {kind}", _short(name))
    yield from _parts(old, new)


def _parts(old: Model, new: Model) -> Iterator[News]:
    """New fields, values and methods of what was there before."""
    for name, message in new.messages.items():
        if name in old.messages:
            for field in message.fields:
                if old.messages[name].by_number(field.number) is None:
                    yield News(_family(name), "new field", f"{_short(name)}.{field.name}")
    for name, enum in new.enums.items():
        if name in old.enums:
            for value in _fresh(old.enums[name].numbers, enum.numbers):
                yield News(_family(name), "new value", f"{_short(name)}.{value}")
    for name, service in new.services.items():
        if name in old.services:
            for method in _fresh(old.services[name].methods, service.methods):
                yield News(_family(name), "new method", f"{_short(name)}.{method}")


def _fresh(before: Mapping[str, object], after: Mapping[str, object]) -> list[str]:
    return [name for name in after if name not in before]


def _inside(name: str, old: Model, new: Model) -> bool:
    """Whether it is nested in a message that is new, too: that one says it."""
    outer = name.rpartition(".")[0]
    return outer in new.messages and outer not in old.messages


def _found(findings: Iterable[Finding]) -> Iterator[News]:
    for finding in findings:
        change = f"{finding.old or 'nothing'} → {finding.new or 'nothing'}"
        if finding.breaks:
            text = f"{_short(finding.where)} {finding.surface} {finding.rule}, {change}"
            yield News(_family(finding.where), "break", text)
        elif finding.surface is Surface.RULES and not finding.rule.startswith("DEFINED_VALUE"):
            fresh = finding.rule == "RULE_OF_NEW_FIELD_ADDED"
            what = "new rule" if fresh else "looser rule"
            yield News(_family(finding.where), what, f"{_short(finding.where)}: {change}")


def _family(name: str) -> str:
    return name.split(".")[1]


def _short(name: str) -> str:
    """A full name without its package."""
    return ".".join(name.split(".")[3:]) or name
