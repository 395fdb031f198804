"""Drafts of acts: the header that a message of a person takes over from what it answers."""

from collections.abc import Iterable

from google.protobuf.timestamp_pb2 import Timestamp

from integration.acts.seam import Known, Said, message_id
from pipelines.facts.scope import ACTUAL, micros
from yrd.exchange.v1.message_pb2 import DataLevel, Draft, Header, Mode, Priority

MOST_INCIDENTS = 50
"""Incidents that a header may name."""


def instant(known: Known, scope: str, *not_before: Header) -> Timestamp:
    """Now; in an exercise, the newest instant that was told there."""
    time = Timestamp()
    if scope == ACTUAL:
        time.FromMilliseconds(known.now_ms)
        return time
    shown = known.picture(scope)
    told = [header.reported_time for header in not_before]
    told += [shown.summary.as_of_time] if shown is not None else []
    time.CopyFrom(max(told, key=micros, default=time))
    return time


def draft(
    known: Known,
    scope: str,
    key: str,
    stem: str,
    basis: Header | None = None,
    before: Header | None = None,
    part: str = "",
) -> Draft:
    """A draft without a body, of the participant's own.

    `stem` is the word in a new entity's id. `basis`: header of what it answers or follows, whose urgency and
    incidents it takes over; `before`: of the entity's last revision; `part` tells an act's messages apart.
    """
    made = Draft()
    header = made.header
    header.message_id = message_id(key, part)
    header.entity_id = f"{known.me}/{stem}/{header.message_id[-12:]}"
    header.revision = 1
    if before is not None:
        header.entity_id, header.revision = before.entity_id, before.revision + 1
    header.mode = Mode.MODE_ACTUAL if scope == ACTUAL else Mode.MODE_EXERCISE
    header.exercise_id = "" if scope == ACTUAL else scope.removeprefix("exercise/")
    header.priority, header.data_level = Priority.PRIORITY_URGENT, DataLevel.DATA_LEVEL_GENERAL_2
    if basis is not None:
        header.priority, header.data_level = basis.priority, basis.data_level
        header.incident_ids.extend(basis.incident_ids)
        header.in_reply_to = basis.message_id
    header.occurred_time.CopyFrom(
        instant(known, scope, *(h for h in (basis, before) if h is not None))
    )
    header.reported_time.CopyFrom(header.occurred_time)
    return made


def name_incidents(header: Header, incident_ids: Iterable[str]) -> None:
    """Adds incidents that a message belongs to, each once."""
    wanted = dict.fromkeys([*header.incident_ids, *filter(None, incident_ids)])
    header.ClearField("incident_ids")
    header.incident_ids.extend([*wanted][:MOST_INCIDENTS])


def mode(scope: str) -> Said:
    """The mode in words, for a warning."""
    if scope == ACTUAL:
        return Said("【实战】", "ACTUAL:")
    return Said("【演练】非真实事件，", "EXERCISE, nothing is real:")


def will(scope: str, zh: str, en: str) -> Said:
    """What will happen, behind the mode."""
    found = mode(scope)
    return Said(f"{found.zh}{zh}", f"{found.en} {en}")
