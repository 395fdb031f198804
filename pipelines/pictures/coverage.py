"""Coverage: who has told how much, and who is silent.

Of one whose clock is ahead it can't be said how fresh it is: it counts as silent, not as fresh for ever.
"""

from datetime import timedelta

from pipelines.facts.known import Known
from pipelines.facts.scope import PARTICIPANTS, timestamp
from pipelines.questions.checks import AHEAD_US
from yrd.situation.v1.situation_pb2 import ParticipantCoverage


def evaluate(known: Known, as_of_us: int, staleness: timedelta) -> list[ParticipantCoverage]:
    """One line for each participant, those that never spoke included."""
    return [_line(known, participant, as_of_us, staleness) for participant in PARTICIPANTS]


def _line(
    known: Known, participant: str, as_of_us: int, staleness: timedelta
) -> ParticipantCoverage:
    seen = known.coverage.get(participant)
    if seen is None:
        return ParticipantCoverage(participant=participant, stale=True)
    silent_us = as_of_us - seen.last_told_us
    limit_us = staleness / timedelta(microseconds=1)
    return ParticipantCoverage(
        participant=participant,
        message_count=sum(r.end - r.start for r in seen.ranges),
        last_sequence=seen.ranges[-1].end - 1,
        last_told_time=timestamp(seen.last_told_us),
        stale=silent_us > limit_us or silent_us < -AHEAD_US,
    )
