"""What was published about each warning, and which publication stands at an instant (预警的发布、更新与解除).

An update or a cancellation replaces what it names in references, if its own participant issued that, and
issued it before. A publication that names itself names nothing, as in published feeds. What a later revision
of a warning names alone is its own predecessor: other warnings are replaced by a first publication, or by one
that names them beside its predecessor.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pipelines.facts.early import too_early
from pipelines.facts.known import Known
from pipelines.facts.natural_slots import may_replace_others
from pipelines.facts.scope import expired, micros
from yrd.exchange.v1.message_pb2 import Message
from yrd.warning.v1.warning_pb2 import WarningAction

HOUR_US = 3_600_000_000
ENDLESS_US = 60 * 24 * HOUR_US
"""How long a warning without an end that nobody renews is in force."""
_MEMO = "warnings published"

Entity = tuple[str, str]
"""Origin and entity id."""


class Name(NamedTuple):
    """Identifier of a publication. Identifiers are one participant's own."""

    origin: str
    identifier: str


class Published:
    """All publications that are known, and who names what."""

    def __init__(self, newest: Iterable[Message], kept: Iterable[Message]) -> None:
        newest, kept = list(newest), list(kept)
        self.early = [m for m in (*newest, *kept) if _too_early(m)]
        """Issued in a far future as they say: never issued."""
        found = {(*entity(m), m.header.revision): m for m in (*kept, *newest) if not _too_early(m)}
        self.messages = [found[key] for key in sorted(found)]
        """The others, each once, oldest revision of each warning first."""
        self.alive = {entity(m) for m in newest}
        """Warnings whose newest publication is known. Of others it is over and gone, and they with it."""
        self.named: dict[Name, list[Message]] = {}
        self.mentioned: dict[Name, list[Message]] = {}
        for message in self.messages:
            self.named.setdefault(name(message), []).append(message)
            for reference in references(message):
                self.mentioned.setdefault(reference, []).append(message)

    def replacing(self, message: Message) -> Iterator[Message]:
        """What other warnings published later to replace it."""
        for other in self.mentioned.get(name(message), ()):
            later = entity(other) != entity(message) and issued(message) < issued(other)
            if later and may_replace_others(other):
                yield other


def published(known: Known) -> Published:
    """Derived anew only when some warning is news."""
    newest, kept = known.newest("early_warning"), known.kept("early_warning")
    before = known.memo.get(_MEMO)
    if before is None or before[0] is not newest or before[1] is not kept:
        before = known.memo[_MEMO] = newest, kept, Published(newest, kept)
    found: Published = before[2]
    return found


def begun(known: Known, at_us: int) -> list[Message]:
    """What had been issued at an instant."""
    return [m for m in published(known).messages if _issued_us(m) <= at_us]


def standing(known: Known, at_us: int) -> list[Message]:
    """Publications in force at an instant, by participant and entity id."""
    return known.once(f"warnings standing at {at_us}", lambda: _standing(known, at_us))


def _standing(known: Known, at_us: int) -> list[Message]:
    all_of_them = published(known)
    newest = {entity(m): m for m in begun(known, at_us)}
    return [
        newest[key]
        for key in sorted(newest)
        if key in all_of_them.alive
        and _in_force(newest[key], at_us)
        and not any(_issued_us(m) <= at_us for m in all_of_them.replacing(newest[key]))
    ]


def _too_early(message: Message) -> bool:
    return too_early(message, _issued_us(message))


def _issued_us(message: Message) -> int:
    return micros(message.early_warning.issue_time)


def entity(message: Message) -> Entity:
    """Whose warning it is, and which."""
    return message.stamp.origin, message.header.entity_id


def name(message: Message) -> Name:
    """What others refer to it by."""
    return Name(message.stamp.origin, message.early_warning.identifier)


def references(message: Message) -> list[Name]:
    """What it replaces."""
    own = message.early_warning.identifier
    return [
        Name(message.stamp.origin, n) for n in sorted({*message.early_warning.references} - {own})
    ]


def issued(message: Message) -> tuple[int, str]:
    """When it was issued; the id settles what is left."""
    return micros(message.early_warning.issue_time), message.header.message_id


def _in_force(message: Message, at_us: int) -> bool:
    warning = message.early_warning
    if warning.action == WarningAction.WARNING_ACTION_CANCEL or expired(message, at_us):
        return False
    if not warning.HasField("expire_time"):
        return at_us < _issued_us(message) + ENDLESS_US
    return at_us < micros(warning.expire_time)
