"""One sighting of a sender doing something, and how it is told."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from integration.kit.client.events import Attempt, Events


@dataclass(frozen=True, slots=True)
class Sighting:
    """Sightings of one rule with the same `seen` are told together, each with its example."""

    rule: str
    seen: str
    example: str = ""
    remedy: str = ""


def clock(instant: float) -> str:
    """A time of day in UTC, to the millisecond."""
    return datetime.fromtimestamp(instant, UTC).strftime("%H:%M:%S.%f")[:-3] + "Z"


def example(attempt: Attempt) -> str:
    """A draft: id, entity, revision, when it came."""
    draft = attempt.draft
    named = draft.message_id or "(no id)"
    return f"{named} {draft.entity_id} r{draft.revision} {clock(attempt.request.at)}"


def distinct(events: Events) -> Iterator[Attempt]:
    """Every draft once, however often the very same came."""
    known = set()
    for attempt in events.drafts():
        if attempt.draft.parts not in known:
            known.add(attempt.draft.parts)
            yield attempt
