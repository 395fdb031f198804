"""Which stored entries a reader wants."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from gateway.store.port import Entry
from yrd.exchange.v1.message_pb2 import Disposition, Leaf
from yrd.exchange.v1.service_pb2 import Filter

READABLE = (Disposition.DISPOSITION_WHOLE, Disposition.DISPOSITION_REDACTED)


ANSWER_BYTES = 16 << 20
"""About the most in one answer: clients take no more than 32 MiB unless they are told to."""


class Wanted:
    """A filter, ready to be applied to entries before they are parsed."""

    def __init__(self, filter_: Filter) -> None:
        self._types = frozenset(filter_.types)
        self._logs = frozenset(f"yrd/{origin}" for origin in filter_.origins)
        self._incidents = frozenset(filter_.incident_ids)
        self._modes = frozenset(filter_.modes)

    def of(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """Those of the entries that are readable and wanted."""
        return filter(self._wants, entries)

    def _wants(self, entry: Entry) -> bool:
        if entry.disposition not in READABLE or entry.leaf is None:
            return False
        if self._types and entry.type not in self._types:
            return False
        if self._logs and entry.log not in self._logs:
            return False
        return not (self._incidents or self._modes) or self._header_matches(entry.leaf)

    def _header_matches(self, leaf: bytes) -> bool:
        header = Leaf.FromString(leaf).header
        if self._modes and header.mode not in self._modes:
            return False
        return not self._incidents or not self._incidents.isdisjoint(
            (header.entity_id, *header.incident_ids)
        )


@dataclass(frozen=True, slots=True)
class Selected:
    """Entries for one answer, and the offset up to which nothing else is wanted.

    `whole`: all that was received has been looked at.
    """

    entries: list[Entry]
    offset: int
    whole: bool
    size_bytes: int


def select(
    received: Sequence[Entry], wanted: Wanted, after: int, most: int, budget: int = ANSWER_BYTES
) -> Selected:
    """The first wanted entries behind `after` that fit into one answer, one at least."""
    chosen: list[Entry] = []
    taken = 0
    for entry in wanted.of(received):
        size = len(entry.leaf or b"") + sum(len(part.data) for part in entry.parts)
        if len(chosen) == most or (chosen and taken + size > budget):
            return Selected(chosen, chosen[-1].offset, False, taken)
        chosen.append(entry)
        taken += size
    return Selected(chosen, received[-1].offset if received else after, True, taken)
