"""Code tables: a value that was taken must go on being taken."""

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.compat.finding import Change, Surface

Tables = Mapping[str, Any]
"""As `schemas.codes.snapshot` gives them."""

_FORM = ("pattern", "digits", "elsewhere")
_SHOWN = 5


def compare(old: Tables, new: Tables) -> Iterator[Change]:
    """Changes of the tables that both revisions have, and tables that are gone."""
    for table, before in old.items():
        where = f"schemas.codes.{table}"
        if table not in new:
            yield _change("CODES_GONE", where, table, "")
        else:
            yield from _table(where, before, new[table])


def _table(where: str, old: Any, new: Any) -> Iterator[Change]:
    if old["open"] != new["open"]:
        rule = "CODES_CLOSED" if old["open"] else "CODES_OPENED"
        yield _change(rule, where, _openness(old), _openness(new))
    for scheme in sorted(old["lists"].keys() | new["lists"].keys()):
        before, after = old["lists"].get(scheme), new["lists"].get(scheme)
        if before is None:
            # an open table took whatever there was under that name
            yield _change("SCHEME_BOUND" if old["open"] else "SCHEME_ADDED", where, "", scheme)
        elif after is None:
            yield _change("SCHEME_FREED" if new["open"] else "SCHEME_GONE", where, scheme, "")
        else:
            yield from _list(where, scheme, before, after)


def _list(where: str, scheme: str, old: Any, new: Any) -> Iterator[Change]:
    for key in _FORM:
        if old[key] != new[key]:
            yield _change("CODES_FORM", where, f"{scheme}: {key} {old[key]}", f"{key} {new[key]}")
    if old["complete"] != new["complete"]:
        rule = "CODES_FREED" if old["complete"] else "CODES_BOUND"
        yield _change(rule, where, _completeness(scheme, old), _completeness(scheme, new))
    refused = set(new["refused"]) - set(old["refused"])
    lost = refused | (set(old["values"]) - set(new["values"]) if new["complete"] else set())
    taken = set(new["values"]) - set(old["values"]) if old["complete"] else set()
    if lost:
        yield _change("CODES_REMOVED", where, f"{scheme}: {_some(lost)}", "")
    if taken:
        yield _change("CODES_ADDED", where, "", f"{scheme}: {_some(taken)}")


def _change(rule: str, where: str, old: str, new: str) -> Change:
    return Change(surface=Surface.RULES, rule=rule, where=where, old=old, new=new)


def _openness(table: Any) -> str:
    return "open" if table["open"] else "closed"


def _completeness(scheme: str, found: Any) -> str:
    return f"{scheme}: {'complete' if found['complete'] else 'partial'}"


def _some(values: set[str]) -> str:
    shown = ", ".join(sorted(values)[:_SHOWN])
    return shown if len(values) <= _SHOWN else f"{shown} and {len(values) - _SHOWN} more"
