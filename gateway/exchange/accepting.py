"""Which checked drafts a log takes: one message under an id, revisions and states in order."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from gateway.errors import GatewayError, MessageIdReused, RevisionStale, TransitionRefused
from gateway.exchange.checking import CheckedDraft
from gateway.store.port import AcceptedEntry, Standing
from gateway.store.recent import Entity
from schemas.states.machine import START
from schemas.states.steps import follow, may_follow

_NOWHERE = Standing()


class Acceptance(NamedTuple):
    """What becomes of drafts, in order: refused, in the log already, or the place among those taken.

    `taken`: the drafts that the log takes; `places`: by their message_ids (16 bytes), in that order;
    `standings`: where the entity of each stands behind it; `newest`: and behind all of them.
    """

    answers: list[GatewayError | AcceptedEntry | int]
    taken: list[CheckedDraft]
    places: dict[bytes, int]
    standings: list[Standing]
    newest: dict[Entity, Standing]


def accept(
    drafts: Iterable[tuple[CheckedDraft, bytes, Entity]],
    known: Mapping[bytes, AcceptedEntry],
    known_standings: Mapping[Entity, Standing],
    first: int,
) -> Acceptance:
    """Decides on drafts, each with its message_id as 16 bytes; those taken get places from `first` on.

    What the log has of these ids and entities is known.
    """
    accepted = Acceptance([], [], {}, [], {})
    answers, taken, places, standings, newest = accepted
    for draft, message_id, key in drafts:
        before = newest.get(key) or known_standings.get(key) or _NOWHERE
        step = draft.step
        state = follow(before.state, step) if step else ""
        if message_id in places:
            place = places[message_id]
            same = taken[place].digest == draft.digest
            answers.append(place if same else _reused(draft, first + place))
        elif message_id in known:
            there = known[message_id]
            same = there.digest == draft.digest
            answers.append(there if same else _reused(draft, there.sequence))
        elif (revision := draft.revision) <= before.revision or state is None:
            answers.append(_refusal(draft, before))
        else:
            newest[key] = standing = Standing(revision, state)
            places[message_id] = place = len(taken)
            taken.append(draft)
            standings.append(standing)
            answers.append(place)
    return accepted


def _reused(draft: CheckedDraft, sequence: int) -> GatewayError:
    """The answer where there is an entry under the draft's id, of other content."""
    return MessageIdReused(
        f"header.message_id {draft.message_id} was used for other content: "
        "give this message its own id",
        message_id=draft.message_id,
        sequence=sequence,
    )


def _refusal(draft: CheckedDraft, before: Standing) -> GatewayError:
    if draft.revision <= before.revision or draft.step is None:
        return RevisionStale(
            f"header.revision {draft.revision} of {draft.entity_id} is not newer than "
            f"{before.revision}: send revision {before.revision + 1} or higher",
            entity_id=draft.entity_id,
            revision=draft.revision,
            known_revision=before.revision,
        )
    state, choice = before.state or START, ", ".join(may_follow(before.state, draft.step))
    return TransitionRefused(
        f"{draft.step.step!r} may not follow: {draft.entity_id} is {state!r}; "
        + (
            f"possible now: {choice}"
            if choice
            else "nothing can follow, use an entity_id of its own"
        ),
        entity_id=draft.entity_id,
        state=state,
        step=draft.step.step,
        allowed=choice,
    )
