"""Which item of a later picture is which of an earlier one: by key, or by the reports in it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

Entities = frozenset[str]
"""Entity ids of the reports that an item holds to be one; none for most items."""


class Matches(NamedTuple):
    """Keys of both are the same item; of the others, those of before that joined another are not gone."""

    same: frozenset[str]
    joined: Mapping[str, str]
    """By key of before: the key of after that has a report of it now."""


def entities(element: Any) -> Entities:
    """Of a joint incident or earthquake: its reports."""
    if not hasattr(element, "joint_id"):
        return frozenset()
    return frozenset(member.entity_id for member in element.members)


def match(before: Mapping[str, Entities], after: Mapping[str, Entities]) -> Matches:
    """Matches by key; what is gone by the reports in it, the smallest key if they are in several."""
    now = {one: key for key in sorted(after, reverse=True) for one in after[key]}
    gone = sorted(before.keys() - after.keys())
    found = {key: [now[one] for one in before[key] if one in now] for key in gone}
    joined = {key: min(into) for key, into in found.items() if into}
    return Matches(frozenset(before.keys() & after.keys()), joined)
