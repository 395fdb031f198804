"""All surfaces together: two contracts in, findings out."""

from collections.abc import Iterator
from dataclasses import replace

from schemas.compat import absence, avro, codes, json_form, json_schema, names, rules, wire
from schemas.compat.contract import Contract, Projected
from schemas.compat.explaining import EXPLANATIONS
from schemas.compat.finding import Change, Finding, Surface
from schemas.compat.model import Model


def compare(old: Contract, new: Contract, since: str) -> tuple[Finding, ...]:
    """Everything that a step from `old`, the release `since`, to `new` does to others.

    Sorted by where it stands, breaks before notes. Raises NotComparableError.
    """
    explained = {_explained(change, new.model, since) for change in _changes(old, new)}
    return tuple(sorted(explained, key=_order))


def _changes(old: Contract, new: Contract) -> Iterator[Change]:
    before, after = old.model, new.model
    yield from wire.compare(before, after)
    yield from json_form.compare(before, after)
    yield from names.compare(before, after)
    yield from rules.compare(before, after)
    yield from absence.compare(before, after, new.pool)
    yield from codes.compare(old.codes, new.codes)
    yield from _unprojected(Surface.AVRO, old.avro, new.avro)
    yield from avro.compare(*_projected(old.avro, new.avro))
    yield from _unprojected(Surface.JSON_SCHEMA, old.json_schemas, new.json_schemas)
    for change in json_schema.compare(*_projected(old.json_schemas, new.json_schemas)):
        yield replace(change, where=_in_proto(change.where, before, after))


def _in_proto(where: str, old: Model, new: Model) -> str:
    """A property of a type as its field in the contract, so that one thing has one name."""
    owner, _, key = where.rpartition(".")
    for model in (new, old):
        for field in model.messages[owner].fields if owner in model.messages else ():
            if field.json_name == key:
                return f"{owner}.{field.name}"
    return where


def _projected(old: Projected, new: Projected) -> tuple[Projected, Projected]:
    """Without the types that have no projection on one of the sides."""
    without = {name for side in (old, new) for name, schema in side.items() if _text(schema)}
    kept = [{n: s for n, s in side.items() if n not in without} for side in (old, new)]
    return kept[0], kept[1]


def _unprojected(surface: Surface, old: Projected, new: Projected) -> Iterator[Change]:
    for name, reason in new.items():
        if _text(reason) and not _text(old.get(name)):
            yield Change(surface=surface, rule="NO_PROJECTION", where=name, new=reason)


def _text(schema: object) -> bool:
    return isinstance(schema, str)


def _explained(change: Change, model: Model, since: str) -> Finding:
    explanation = EXPLANATIONS[change.surface, change.rule]
    words = {"where": change.where, "old": change.old, "new": change.new, "since": since}
    return Finding(
        surface=change.surface,
        severity=explanation.severity,
        rule=change.rule,
        where=change.where,
        place=model.place_of(change.where),
        old=change.old,
        new=change.new,
        why=explanation.why.format(**words),
        instead=explanation.instead.format(**words),
        since=since,
    )


def _order(finding: Finding) -> tuple[str, int, bool, str, str, str, str]:
    place = finding.place
    return (
        place.file if place else "",
        place.line if place else 0,
        not finding.breaks,
        finding.where,
        finding.surface,
        finding.rule,
        finding.old + finding.new,
    )
