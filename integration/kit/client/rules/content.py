"""What is wrong with a draft as such."""

from collections.abc import Iterator

from integration.kit.client.events import ACCEPTED, PERMANENT, Attempt, Events
from integration.kit.client.rules.sighting import Sighting, distinct, example
from integration.kit.client.script import Script
from schemas.message_ids import as_bytes
from yrd.exchange.v1.message_pb2 import Mode

HOUR = 3600.0
BEIJING = 8 * HOUR
NEAR = 900.0
"""Seconds by which a time may miss eight hours and still be taken for Beijing time."""
ID_TIME_SECONDS = HOUR
_TIME_RULES = ("header.time_in_future", "header.reported_before_occurred")
_BY_OUTCOME = {
    "NOT_AUTHORITY": ("client.not_authority", "refused with NOT_AUTHORITY"),
    "MESSAGE_TOO_LARGE": ("client.too_large", "refused with MESSAGE_TOO_LARGE"),
    "MALFORMED_REQUEST": ("client.malformed", "bytes that are no yrd.exchange.v1.Draft"),
    "NOT_PERMITTED": ("client.not_permitted", "a type that the system may not publish"),
}


def contract(events: Events, _: Script) -> Iterator[Sighting]:
    """Broken rules, but for times that are wrong by the time zone, which is told apart."""
    for attempt in distinct(events):
        draft = attempt.draft
        if not draft.type or draft.unknown or draft.outcome == "MESSAGE_TOO_LARGE":
            continue  # a gateway looks no further
        in_beijing_time = bool(_time_zone(attempt))
        for broken in draft.violations:
            if not (in_beijing_time and broken.rule in _TIME_RULES):
                seen = f"{broken.field or 'draft'}: rule {broken.rule}: {broken.message}"
                yield Sighting("client.contract_violated", seen, example(attempt))


def unknown_fields(events: Events, _: Script) -> Iterator[Sighting]:
    """Fields or types that this contract does not have."""
    for attempt in distinct(events):
        if attempt.draft.unknown:
            seen = f"unknown fields in {attempt.draft.type}".replace(
                " in ?", ", or an unknown type"
            )
            yield Sighting("client.unknown_fields", seen, example(attempt))


def outcomes(events: Events, _: Script) -> Iterator[Sighting]:
    """Refusals that the other rules don't tell."""
    for attempt in distinct(events):
        found = _BY_OUTCOME.get(attempt.draft.outcome)
        if found:
            yield Sighting(*found, example(attempt))


def time_zone(events: Events, _: Script) -> Iterator[Sighting]:
    """Times eight hours off."""
    for attempt in distinct(events):
        for seen in _time_zone(attempt):
            yield Sighting("client.time_zone", seen, example(attempt))


def _time_zone(attempt: Attempt) -> list[str]:
    draft, now = attempt.draft, attempt.request.at
    told = {"occurred_time": draft.occurred, "reported_time": draft.reported}
    ahead = [
        f"header.{name} is 8 hours in the future"
        for name, time in told.items()
        if time is not None and abs(time - now - BEIJING) <= NEAR
    ]
    made = _id_time(draft.message_id)
    twice = draft.reported is not None and abs(now - draft.reported - BEIJING) <= NEAR
    if twice and made is not None and abs(made - now) <= NEAR:
        return [*ahead, "header.reported_time is 8 hours before the message was made"]
    return ahead


def id_time(events: Events, _: Script) -> Iterator[Sighting]:
    """Ids whose time is not when the message was made."""
    for attempt in distinct(events):
        made, reported = _id_time(attempt.draft.message_id), attempt.draft.reported
        if made is None or reported is None or _time_zone(attempt):
            continue
        if abs(made - reported) > ID_TIME_SECONDS:
            seen = "the time in message_id is more than an hour from reported_time"
            yield Sighting("client.id_not_uuid7_time", seen, example(attempt))


def _id_time(message_id: str) -> float | None:
    """Seconds since 1970 from a UUID of version 7 (RFC 9562, section 5.7); None for another."""
    try:
        data = as_bytes(message_id)
    except ValueError:
        return None
    return int.from_bytes(data[:6], "big") / 1000 if data[6] >> 4 == 7 else None


def entity_prefix(events: Events, _: Script) -> Iterator[Sighting]:
    """Entity ids that could be another participant's."""
    for attempt in distinct(events):
        entity = attempt.draft.entity_id
        if entity and not entity.startswith(events.participant):
            seen = f"entity ids that don't begin with {events.participant}"
            yield Sighting("client.entity_prefix", seen, example(attempt))


def mode(events: Events, _: Script) -> Iterator[Sighting]:
    """Messages that claim to be real."""
    for attempt in distinct(events):
        if attempt.draft.mode == Mode.MODE_ACTUAL:
            yield Sighting("client.mode", "mode ACTUAL in a test", example(attempt))


def revisions(events: Events, _: Script) -> Iterator[Sighting]:
    """Revisions that don't rise, in the order in which messages first came."""
    newest: dict[tuple[str, str], int] = {}
    known = set()
    for tried in events.attempts.values():
        draft = tried[0].draft
        entity, what = (draft.type, draft.entity_id), draft.content("header.message_id")
        if draft.revision <= newest.get(entity, 0) and what not in known:
            seen = "a revision that is not above the one before it"
            yield Sighting(
                "client.revision_not_rising",
                seen,
                f"{example(tried[0])}, behind r{newest[entity]}",
            )
        known.add(what)
        if not any(attempt.draft.outcome in PERMANENT for attempt in tried):
            newest[entity] = max(draft.revision, newest.get(entity, 0))


def steps(events: Events, _: Script) -> Iterator[Sighting]:
    """Steps that may not follow, unless what is missing before them was refused or not stored."""
    missing: set[tuple[str, str]] = set()
    for tried in events.attempts.values():
        draft = tried[0].draft
        entity = draft.type, draft.entity_id
        refused = next((a for a in tried if a.draft.outcome == "TRANSITION_REFUSED"), None)
        if refused and entity not in missing:
            seen = f"a step of {draft.type} that may not follow"
            yield Sighting("client.step_out_of_order", seen, example(refused))
        if any(attempt.draft.outcome != ACCEPTED for attempt in tried):
            missing.add(entity)


RULES = (
    contract,
    unknown_fields,
    outcomes,
    time_zone,
    id_time,
    entity_prefix,
    mode,
    revisions,
    steps,
)
