"""Stored entries as the messages that readers get, checked before they are first delivered."""

from collections import OrderedDict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from gateway.errors import DataLoss
from gateway.log.instants import micros, timestamp
from gateway.log.merkle import leaf_hash
from gateway.log.sealing import Opened, SealError, as_draft, as_message, open_entry
from gateway.store.port import Entry
from gateway.store.round import Round
from schemas.instants import is_time
from schemas.rules import violations_received
from yrd.exchange.v1.message_pb2 import Header, Message

KEPT, KEPT_BYTES = 4096, 8192
"""Messages kept, and the bytes of the largest: large ones are opened anew, so memory stays bounded."""
ERASURES_KNOWN = 16


@dataclass(frozen=True, slots=True)
class QuarantineJob:
    """Marks entries that must not be delivered."""

    entries: tuple[Entry, ...]
    lazy: bool = True
    weight: int = 1

    def stage(self, round_: Round) -> None:
        """Marks them."""
        for entry in self.entries:
            round_.quarantine(entry)


@dataclass(slots=True)
class Delivery:
    """Messages to deliver, and entries that turned out to break the contract."""

    messages: list[Message] = field(default_factory=list)
    broken: list[Entry] = field(default_factory=list)


class Opener:
    """Opens entries; what was opened lately is kept for the next reader. Safe from any thread.

    A peer's message is checked against the contract when it is first opened. One's own were checked
    when they were published.
    """

    def __init__(self, own_log: str) -> None:
        self._own_log = own_log
        self._kept: OrderedDict[int, Message | None] = OrderedDict()
        self._erased: deque[frozenset[int]] = deque(maxlen=ERASURES_KNOWN)
        self._not_to_keep: frozenset[int] = frozenset()

    def forget(self, offsets: frozenset[int]) -> None:
        """Forgets entries of which something was destroyed.

        Who read one of them before and opens it only now must not bring it back.
        """
        self._erased.append(offsets)
        self._not_to_keep = frozenset().union(*self._erased)
        for offset in offsets:
            self._kept.pop(offset, None)

    def open(self, entries: Iterable[Entry]) -> Delivery:
        """Messages of readable entries. Raises DataLoss if stored bytes fail their hash."""
        delivery = Delivery()
        for entry in entries:
            message = self._message(entry, delivery)
            if message is not None:
                delivery.messages.append(message)
        return delivery

    def _message(self, entry: Entry, delivery: Delivery) -> Message | None:
        try:
            return self._kept[entry.offset]
        except KeyError:
            pass
        opened = _opened(entry)
        try:
            message = _checked(opened, entry, own=entry.log == self._own_log)
        except SealError as error:
            if entry.log == self._own_log:
                raise _damaged(entry, str(error)) from None
            message = None
        if message is None:
            delivery.broken.append(entry)
        if message is None or _size(entry) <= KEPT_BYTES:
            self._keep(entry.offset, message)
        return message

    def _keep(self, offset: int, message: Message | None) -> None:
        self._kept[offset] = message
        if offset in self._not_to_keep:
            self._kept.pop(offset, None)
        while len(self._kept) > KEPT:
            try:
                self._kept.popitem(last=False)
            except KeyError:  # another thread was quicker
                return


def _size(entry: Entry) -> int:
    return len(entry.leaf or b"") + sum(len(part.data) for part in entry.parts)


def _opened(entry: Entry) -> Opened:
    if entry.leaf is None or leaf_hash(entry.leaf) != entry.hash:
        raise _damaged(entry, "the leaf does not have its hash")
    try:
        return open_entry(entry.leaf, [part.data for part in entry.parts])
    except SealError as error:
        raise _damaged(entry, str(error)) from None


def _checked(opened: Opened, entry: Entry, *, own: bool) -> Message | None:
    """The message, or None if it breaks the contract. Raises SealError if it can't be read."""
    if not own and _breaks_contract(opened):
        return None
    message = as_message(opened)
    receipt = message.receipt
    receipt.received_time.CopyFrom(timestamp(entry.received_us))
    receipt.disposition = entry.disposition  # type: ignore[assignment]  # an enum's number
    receipt.absent_groups.extend(opened.absent_groups)
    receipt.offset = entry.offset
    receipt.expired = _expired(message.header, entry.received_us)
    return message


def _expired(header: Header, received_us: int) -> bool:
    """Whether the message was of no use any more when it came."""
    return header.HasField("expire_time") and micros(header.expire_time) <= received_us


def _breaks_contract(opened: Opened) -> bool:
    if not is_time(opened.leaf.stamp.sealed_time):
        return True
    return bool(violations_received(as_draft(opened), frozenset(opened.absent_groups)))


def _damaged(entry: Entry, what: str) -> DataLoss:
    return DataLoss(
        f"stored entry {entry.sequence} of {entry.log} is damaged: {what}; run `yrd audit verify`",
        log=entry.log,
        index=entry.sequence,
    )
