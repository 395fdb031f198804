"""Erasure notices of peers: reading one, and which of them speak of an entry."""

from collections.abc import Callable, Collection, Sequence
from typing import Protocol
from uuid import UUID

from gateway.log.checkpoint import log_origin
from gateway.log.sealing import Opened, SealError, as_draft, open_entry
from gateway.replication.mirror import ERASURE_NOTICE
from gateway.store.port import Entry
from gateway.store.upkeep import Erased
from schemas.rules import violations_received
from yrd.exchange.v1.message_pb2 import Leaf
from yrd.governance.v1.governance_pb2 import ErasureNotice

SPAN = 20_000  # entries among which is looked for notices at once


def read_notice(entry: Entry) -> tuple[Opened | None, ErasureNotice | None, str]:
    """The notice, or what is wrong with it."""
    try:
        opened = open_entry(entry.leaf or b"", [part.data for part in entry.parts])
        draft = as_draft(opened)
    except SealError as error:
        return None, None, str(error)
    broken = violations_received(draft, frozenset(opened.absent_groups))
    if broken:
        return None, None, f"breaks the contract: {broken[0].field}: {broken[0].message}"
    notice = draft.erasure_notice
    if log_origin(notice.participant) != entry.log:
        return None, None, f"speaks for {notice.participant}"
    return opened, notice, ""


class ErasureReader(Protocol):
    """What notices speak of. Safe from any thread."""

    def erased(self, first: int, last: int) -> dict[int, dict[str, Erased]]:
        """Groups destroyed of entries with offsets from first to last, and by what."""
        ...

    def of_types(self, types: Sequence[str], after: int, upto: int) -> list[Entry]:
        """Readable entries of these types with offsets in (after, upto]."""
        ...


class Notices:
    """Finds what notices say of single entries. `last_offset`: of the newest entry here."""

    def __init__(self, reader: ErasureReader, last_offset: Callable[[], int]) -> None:
        self._reader, self._last_offset = reader, last_offset

    def about(self, entry: Entry, groups: Collection[str]) -> dict[str, str]:
        """Those of the groups of a peer's entry that its origin has told to destroy, or whose term was over.

        Each with the reason in words. For what was never here all that came behind the entry is looked
        through.
        """
        done = self._reader.erased(entry.offset, entry.offset).get(entry.offset, {})
        told = {group: _why(erased) for group, erased in done.items() if erased.notice}
        # a notice is routine: it never comes ahead of what it speaks of
        for after in range(entry.offset, self._last_offset(), SPAN):
            if told.keys() >= set(groups):
                break
            for found in self._reader.of_types((ERASURE_NOTICE,), after, after + SPAN):
                if found.log == entry.log and found.sequence > entry.sequence:
                    told = _named(found, entry) | told
        return {group: told[group] for group in groups if group in told}


def _why(erased: Erased) -> str:
    if erased.clause:
        return f"it was destroyed here, since the term of {erased.clause} was over"
    return _by_notice(str(UUID(bytes=erased.notice)))


def _by_notice(message_id: str) -> str:
    return f"it was erased by notice {message_id}"


def _named(found: Entry, entry: Entry) -> dict[str, str]:
    """Groups of an entry that a notice names, each with the reason in words."""
    opened, notice, _ = read_notice(found)
    if opened is None or notice is None:
        return {}
    message_id = Leaf.FromString(entry.leaf or b"").header.message_id
    return {
        group: _by_notice(opened.leaf.header.message_id)
        for message in notice.messages
        if (message.sequence, message.message_id) == (entry.sequence, message_id)
        for group in message.groups
    }
