"""Disclosure groups that a peer left out of an entry which it sent. Pure."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from gateway.sharing.due import Due
from gateway.store.port import Entry
from yrd.exchange.v1.message_pb2 import Leaf


class Absent(NamedTuple):
    """A group that is not here: the clauses by which it was due, or why it was not."""

    group: str
    clauses: tuple[str, ...] = ()
    not_due: str = ""


def absent_groups(entry: Entry, leaf: Leaf) -> list[str]:
    """Groups that the entry has a digest of, and that are not held with it."""
    here = {part.group for part in entry.parts}
    named = dict.fromkeys(digest.group for digest in leaf.disclosure_digests)
    return [group for group in named if group not in here]


def judged(
    groups: Sequence[str], found: Due, notices: Callable[[Collection[str]], Mapping[str, str]]
) -> tuple[Absent, ...]:
    """What became of groups of an entry. `notices` gives those destroyed, each with the reason."""
    owed = [group for group in groups if group in found.groups]
    erased = notices(owed) if owed else {}
    return tuple(_judged(group, found, erased) for group in groups)


def _judged(group: str, found: Due, erased: Mapping[str, str]) -> Absent:
    if group in found.groups:
        if group in erased:
            return Absent(group, not_due=erased[group])
        return Absent(group, found.groups[group])
    if group in found.ended:
        what = f"{found.ended[group]}, and what is withdrawn need not be sent any more"
        return Absent(group, not_due=f"it was disclosed at its place, but {what}")
    if found.clauses:
        return Absent(group, not_due=f"{', '.join(found.clauses)} gave the entry without it")
    return Absent(group, not_due=found.why)


def named(absent: Iterable[Absent]) -> str:
    """Groups in words, each with the clauses that disclosed it or why it was not due."""
    return "; ".join(f"{one.group} ({one.not_due or ', '.join(one.clauses)})" for one in absent)
