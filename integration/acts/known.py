"""What the page knows when a person acts: the desk's pictures, and messages by id and type."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from integration.page.desk import Desk, Shown
from schemas.catalog import type_name
from yrd.exchange.v1.message_pb2 import Message

logger = logging.getLogger(__name__)
MOST = 3000
"""Messages of a type that are kept; the oldest go first."""
PICTURES = frozenset(("situation_summary", "aid_proposal"))
"""Bodies of which the desk has the newest, and nobody needs an older one."""


class Ledger:
    """Messages by id, and of each type in the order of receipt."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._by_type: dict[str, dict[tuple[str, str], Message]] = {}
        self._by_id: dict[str, Message] = {}

    def take(self, messages: Iterable[Message]) -> None:
        """Takes messages in, in any order and with repeats."""
        for message in messages:
            name = type_name(message)
            if name is not None and message.WhichOneof("body") not in PICTURES:
                self._take(self._by_type.setdefault(name, {}), message, name)

    def _take(self, kept: dict[tuple[str, str], Message], message: Message, name: str) -> None:
        message_id = message.header.message_id
        kept.setdefault((message.stamp.origin, message_id), message)
        self._by_id.setdefault(message_id, message)  # nobody takes another's place by using its id
        if len(kept) > self._most:
            oldest = kept.pop(next(iter(kept)))
            if self._by_id.get(oldest.header.message_id) is oldest:
                del self._by_id[oldest.header.message_id]
            logger.debug("ledger_full", extra={"type": name})

    def message(self, message_id: str) -> Message | None:
        """One by its id."""
        return self._by_id.get(message_id)

    def messages(self, *types: str) -> list[Message]:
        """All of some types, in the order of receipt."""
        found = [m for name in types for m in self._by_type.get(name, {}).values()]
        return sorted(found, key=lambda m: m.receipt.offset) if len(types) > 1 else found


@dataclass(frozen=True, slots=True)
class Now:
    """What is known at an instant (seam.Known)."""

    me: str
    now_ms: int
    desk: Desk
    ledger: Ledger

    def picture(self, scope: str) -> Shown | None:
        """The newest picture of a scope."""
        known = self.desk.scopes.get(scope)
        return known.shown() if known else None

    def message(self, message_id: str) -> Message | None:
        """A message; of summaries and proposals, the newest only."""
        found = self.ledger.message(message_id)
        if found is not None:
            return found
        for scope in self.desk.scopes.values():
            for message in (scope.summary, *scope.proposals.values()):
                if message is not None and message.header.message_id == message_id:
                    return message
        return None

    def messages(self, *types: str) -> Sequence[Message]:
        """All of these types, in the order of receipt."""
        return self.ledger.messages(*types)
