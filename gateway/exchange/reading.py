"""Stored entries as the messages that readers get."""

from collections.abc import Sequence

from gateway.errors import DataLoss
from gateway.log.instants import timestamp
from gateway.log.merkle import leaf_hash
from gateway.log.sealing import SealError, as_message, open_entry
from gateway.store.port import Entry
from yrd.exchange.v1.message_pb2 import Disposition, Leaf, Message
from yrd.exchange.v1.service_pb2 import Filter

READABLE = (Disposition.DISPOSITION_WHOLE, Disposition.DISPOSITION_REDACTED)


def message_of(entry: Entry) -> Message:
    """The message of a readable entry. Raises DataLoss if its bytes fail their hash."""
    if entry.leaf is None or leaf_hash(entry.leaf) != entry.hash:
        raise _damaged(entry, "the leaf does not have its hash")
    try:
        opened = open_entry(entry.leaf, [part.data for part in entry.parts])
        message = as_message(opened)
    except SealError as error:
        raise _damaged(entry, str(error)) from None
    receipt = message.receipt
    receipt.received_time.CopyFrom(timestamp(entry.received_us))
    receipt.disposition = entry.disposition  # type: ignore[assignment]  # an enum's number
    receipt.absent_groups.extend(opened.absent_groups)
    receipt.offset = entry.offset
    return message


def _damaged(entry: Entry, what: str) -> DataLoss:
    return DataLoss(
        f"stored entry {entry.index} of {entry.log} is damaged: {what}; run `yrd audit verify`",
        log=entry.log,
        index=entry.index,
    )


class Wanted:
    """A filter, ready to be applied to entries before they are parsed."""

    def __init__(self, filter_: Filter) -> None:
        self._types = frozenset(filter_.types)
        self._logs = frozenset(f"yrd/{origin}" for origin in filter_.origins)
        self._incidents = frozenset(filter_.incident_ids)
        self._modes = frozenset(filter_.modes)

    def messages(self, entries: Sequence[Entry]) -> list[Message]:
        """Messages of the entries that are readable and wanted."""
        return [message_of(entry) for entry in entries if self._wants(entry)]

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
