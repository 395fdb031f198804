"""What was published about each warning, and which publication stands at an instant (预警的发布、更新与解除).

An update or a cancellation replaces what it names in references, if its own participant issued that, and
issued it before. A publication that names itself names nothing, as in published feeds.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from pipelines.known import Known
from pipelines.scope import expired, micros, told_us
from yrd.exchange.v1.message_pb2 import Message
from yrd.warning.v1.warning_pb2 import WarningAction

HOUR_US = 3_600_000_000
EARLY_US = HOUR_US
"""By how much an instant may lie after it was told: clocks differ."""

Entity = tuple[str, str]
"""Origin and entity id."""


class Name(NamedTuple):
    """Identifier of a publication. Identifiers are one participant's own."""

    origin: str
    identifier: str


@dataclass(frozen=True, slots=True)
class Published:
    """Publications that had begun at an instant."""

    begun: tuple[Message, ...]
    """All that are known, oldest revision of each warning first."""
    standing: tuple[Message, ...]
    """Newest of each warning, if it is in force."""


def publications(known: Known, at_us: int) -> Published:
    """What had been published at an instant, and what of it is in force."""
    return known.once(f"warnings published at {at_us}", lambda: _publications(known, at_us))


def _publications(known: Known, at_us: int) -> Published:
    begun = [m for m in every(known) if micros(m.early_warning.issue_time) <= at_us]
    newest = {entity(m): m for m in begun}
    gone = replaced(begun)
    standing = [m for m in newest.values() if _in_force(m, at_us) and name(m) not in gone]
    return Published(tuple(begun), tuple(sorted(standing, key=entity)))


def every(known: Known) -> list[Message]:
    """Publications that are kept, each once. One that was issued in a far future was never issued.

    Of a warning whose newest publication is over and gone the older ones count no more.
    """
    newest = known.newest("early_warning")
    alive = {entity(m) for m in newest}
    kept = [m for m in known.kept("early_warning") if entity(m) in alive]
    found = {(*entity(m), m.header.revision): m for m in (*kept, *newest) if not too_early(m)}
    return [found[key] for key in sorted(found)]


def too_early(message: Message) -> bool:
    """Whether it says that it was issued long after it was told."""
    return micros(message.early_warning.issue_time) > told_us(message) + EARLY_US


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


def by_name(messages: Iterable[Message]) -> Mapping[Name, list[Message]]:
    """Publications by name; careless feeds use a name twice."""
    found: dict[Name, list[Message]] = {}
    for message in messages:
        found.setdefault(name(message), []).append(message)
    return found


def replaced(begun: Iterable[Message]) -> set[Name]:
    """Publications that another warning of the same participant replaced, having been issued later."""
    begun = list(begun)
    named = by_name(begun)
    return {
        reference
        for message in begun
        for reference in references(message)
        for other in named.get(reference, ())
        if entity(other) != entity(message) and issued(other) < issued(message)
    }


def _in_force(message: Message, at_us: int) -> bool:
    warning = message.early_warning
    if warning.action == WarningAction.WARNING_ACTION_CANCEL or expired(message, at_us):
        return False
    return not warning.HasField("expire_time") or at_us < micros(warning.expire_time)
