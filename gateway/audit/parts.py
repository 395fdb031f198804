"""Disclosures of one entry: those that are here, and those that were destroyed."""

from collections.abc import Iterator, Sequence
from hashlib import sha256

from gateway.audit.facts import Facts
from gateway.audit.reading import Part


def absent_groups(facts: Facts) -> list[str]:
    """Groups of the leaf of which no disclosure is here."""
    found = {part.group for part in facts.parts}
    return [group for group in facts.digests if group not in found]


def part_problems(facts: Facts, parts: Sequence[Part], gone: Sequence[Part]) -> Iterator[str]:
    """What is wrong with the disclosures of an entry. `gone` are those of `parts` that are destroyed."""
    if [part.place for part in parts] != list(range(len(parts))):
        yield "its disclosures do not lie in the places 0, 1, …"
    for part in facts.parts:
        if facts.digests.get(part.group) != sha256(part.data).digest():
            yield f"the disclosure of group {part.group!r} is not the one in the leaf"
        if part.group in facts.erased:
            yield f"the disclosure of group {part.group!r} is here, though it is noted as erased"
    for part in gone:
        if any(part.data) or part.group not in facts.erased:
            yield f"the disclosure of group {part.group!r} is zeros, and no erasure is noted"
    for group in facts.erased:
        if group not in facts.digests:
            yield f"an erasure is noted of group {group!r}, which it never had"
