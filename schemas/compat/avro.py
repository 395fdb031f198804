"""Avro: whether each side's schema resolves data of the other side's, and what is lost.

Resolution that succeeds by a default while the writer had a value is a break where a *new* reader does
that to *old* data: the value is in the archive and nobody sees it. The other way round it is how a
contract grows, and no finding.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.avro.projection import CASE, NANOS, NUMBER
from schemas.compat.avro_resolution import resolve
from schemas.compat.finding import Change, Surface

Schemas = Mapping[str, Any]


def compare(old: Schemas, new: Schemas) -> Iterator[Change]:
    """Changes of the Avro schemas, given by type."""
    seen: set[Change] = set()
    for name, schema in old.items():
        if name not in new:
            yield _change("TYPE_REMOVED", name, name)
            continue
        changes = [*_new_reader(new[name], schema), *_old_reader(schema, new[name])]
        for change in changes:
            if change not in seen:
                seen.add(change)
                yield change


def _change(rule: str, where: str, old: str = "", new: str = "") -> Change:
    return Change(surface=Surface.AVRO, rule=rule, where=where, old=old, new=new)


def _new_reader(new: Any, old: Any) -> Iterator[Change]:
    for problem in resolve(new, old):
        if not _beside(problem.where):
            rule = f"NEW_READER_{problem.rule}"
            yield _change(rule, problem.where, problem.writer, problem.reader)


def _old_reader(old: Any, new: Any) -> Iterator[Change]:
    for problem in resolve(old, new):
        if problem.rule != "FIELD_LOST" and not _beside(problem.where):
            rule = f"OLD_READER_{problem.rule}"
            yield _change(rule, problem.where, problem.reader, problem.writer)


def _beside(where: str) -> bool:
    """Whether it is a field that stands beside another, whose finding says it already."""
    return where.endswith((NUMBER, NANOS, CASE))
