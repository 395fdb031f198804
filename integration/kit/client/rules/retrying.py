"""What a sender does when it got no answer, or not the one that it hoped for."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from integration.kit.client.events import Attempt, Events
from integration.kit.client.rules.sighting import Sighting, clock, example
from integration.kit.client.script import Script

HOT_ATTEMPTS = 10
HOT_SECONDS = 1.0
EARLY = 0.9
"""Part of a wait that must have passed: clocks and networks are not exact."""
NOT_CONTENT = ("header.message_id", "header.reported_time", "header.traceparent")


def lost(events: Events, script: Script) -> Iterator[Sighting]:
    """Messages that were never sent again; those that may yet come are told apart."""
    ids = Counter(_content(tried) for tried in events.attempts.values())
    for tried in events.attempts.values():
        if any(attempt.settled for attempt in tried) or ids[_content(tried)] > 1:
            continue
        last = tried[-1].request
        since = events.ended - (last.answered or last.at)
        behind = f"after {last.fault or last.refusal or 'no answer'}"
        if since >= script.patience_seconds + (last.retry_seconds or 0):
            yield Sighting("client.no_retry", f"not sent again {behind}", example(tried[-1]))
        else:
            yield Sighting("client.unfinished", f"not sent again yet {behind}", example(tried[-1]))


def _content(tried: Sequence[Attempt]) -> tuple[tuple[str, bytes], ...]:
    """What the message says, whatever its id and the time of telling."""
    return tried[0].draft.content(*NOT_CONTENT)


def other_id(events: Events, _: Script) -> Iterator[Sighting]:
    """The same content under several ids: after a refusal, or as a second message."""
    first: dict[tuple[tuple[str, bytes], ...], list[Attempt]] = {}
    for tried in events.attempts.values():
        before = first.setdefault(_content(tried), tried)
        if before is tried:
            continue
        how = f"{example(tried[0])}, first as {example(before[-1])}"
        if any(_told_before(events, attempt, tried[0]) for attempt in before):
            yield Sighting("client.refused_resent", "the same content under a new id", how)
        else:
            yield Sighting("client.retry_new_id", "the same content under another id", how)


def changed(events: Events, _: Script) -> Iterator[Sighting]:
    """Other content under an id that may be taken."""
    for tried in events.attempts.values():
        for before, after in pairwise(tried):
            if before.draft.parts != after.draft.parts and not before.refused:
                paths = ", ".join(_differing(before, after))
                yield Sighting("client.retry_changed", f"changed: {paths}", example(after))


def _differing(before: Attempt, after: Attempt) -> list[str]:
    """Paths whose digest differs or that only one of the two has."""
    apart = set(before.draft.parts) ^ set(after.draft.parts)
    return sorted({path for path, _ in apart})


def refused_resent(events: Events, _: Script) -> Iterator[Sighting]:
    """Refused drafts, sent again as they were."""
    for tried in events.attempts.values():
        for place, before in enumerate(tried):
            again = [a for a in tried[place + 1 :] if _unchanged(events, before, a)]
            if again:
                seen = f"sent again unchanged after {before.draft.outcome}"
                yield Sighting("client.refused_resent", seen, example(again[0]))
                break


def accepted_resent(events: Events, _: Script) -> Iterator[Sighting]:
    """Messages sent again although they were known to be accepted."""
    for tried in events.attempts.values():
        told = next((a for a in tried if a.confirmed), None)
        again = [a for a in tried if told and _is_answer_known(events, told, a)]
        if again:
            yield Sighting(
                "client.accepted_resent", "sent again after it was accepted", example(again[0])
            )


def _unchanged(events: Events, before: Attempt, after: Attempt) -> bool:
    return _told_before(events, before, after) and before.draft.parts == after.draft.parts


def _told_before(events: Events, before: Attempt, after: Attempt) -> bool:
    """Whether its refusal had been told when the other was sent.

    A step that may not follow may do so once the one before it has come.
    """
    if before.draft.outcome == "TRANSITION_REFUSED" or not before.refused:
        return False
    return _is_answer_known(events, before, after)


def _is_answer_known(events: Events, before: Attempt, after: Attempt) -> bool:
    """Whether the sender had the answer to one attempt when it made the other."""
    answered = before.request.answered
    known = answered is not None and after.request.at > answered
    return known and events.certain(before.request)


def too_early(events: Events, _: Script) -> Iterator[Sighting]:
    """Repeats before RetryInfo allows them; a sender that knows no pause at all is told as hot."""
    told: set[int] = set()
    for tried in events.attempts.values():
        if _is_hot(tried):
            continue
        for before, after in pairwise(tried):
            first, wait = before.request, before.request.retry_seconds
            if not wait or first.number in told or not _is_answer_known(events, before, after):
                continue
            waited = after.request.at - (first.answered or first.at)
            if waited < wait * EARLY:
                told.add(first.number)
                yield Sighting(
                    "client.retry_too_early",
                    f"sent again too early after {first.refusal}",
                    f"{example(after)}: waited {max(waited, 0):.2f} s of {wait:g} s",
                )


def hot(events: Events, _: Script) -> Iterator[Sighting]:
    """Repeats in a loop without a pause."""
    for tried in events.attempts.values():
        if _is_hot(tried):
            seen = f"{HOT_ATTEMPTS} attempts or more within {HOT_SECONDS:g} s"
            how = f"{example(tried[0])}: {len(tried)} attempts until {clock(tried[-1].request.at)}"
            yield Sighting("client.retry_hot", seen, how)


def _is_hot(tried: Sequence[Attempt]) -> bool:
    at = list({attempt.request.number: attempt.request.at for attempt in tried}.values())
    windows = zip(at, at[HOT_ATTEMPTS - 1 :], strict=False)
    return any(last - first <= HOT_SECONDS for first, last in windows)


def missing(events: Events, script: Script) -> Iterator[Sighting]:
    """Fewer messages than announced: given up after a refusal, or for some other reason."""
    came = len(events.attempts)
    if events.expected is None or came >= events.expected:
        return
    seen = f"{came} of {events.expected} messages came"
    refusal = _stopped_at(events, script)
    if refusal:
        yield Sighting("client.batch_abandoned", f"{seen}, none after a refusal", example(refusal))
    else:
        yield Sighting("client.fewer_than_expected", seen)


def _stopped_at(events: Events, script: Script) -> Attempt | None:
    """The first refused draft of the last request that brought something new, if there is one."""
    if not events.attempts:
        return None
    newest = max(tried[0].request.number for tried in events.attempts.values())
    last = [tried for tried in events.attempts.values() if tried[0].request.number == newest]
    refused = (attempt for tried in last for attempt in tried if attempt.refused)
    found = next(refused, None)
    if found is None or found.request.answered is None:
        return None
    return found if events.ended - found.request.answered >= script.patience_seconds else None


RULES = (lost, other_id, changed, refused_resent, accepted_resent, too_early, hot, missing)
