"""What was said about pictures is heard in the order in which it was said, whichever records it came in."""

from datetime import timedelta

from tests.support.objecting import answered, sealed
from tests.support.situation import after, incident, us
from tests.unit.pipelines.beam.test_keeping import Told, streamed
from yrd.exchange.v1.message_pb2 import Draft

WRONG = incident("320000/flood/1", told=after(days=900), sealed=after(), sequence=0)
"""A report of years ahead: it is objected to."""
RIGHT = incident("320000/flood/1", revision=2, sealed=after(days=2), sequence=1)


def objections(told: list[Told]) -> list[Draft]:
    drafts = [Draft.FromString(data) for _, data in streamed([(told, None)])]
    return [draft for draft in drafts if draft.HasField("objection")]


def test_an_answer_is_heard_after_what_it_answers() -> None:
    begun, corrected = us(after()), (us(after(days=2)), RIGHT)
    raised, taken_back = objections([(begun, WRONG), corrected])
    answer = answered(raised, "REJECTED")
    answer.header.reported_time.FromDatetime(
        raised.header.reported_time.ToDatetime() + timedelta(hours=1)
    )
    hour = 3_600_000_000
    late = us(after(days=1)) + 4 * hour
    told = [(begun, WRONG), (late - hour, answer), (late, sealed(raised)), corrected]
    assert objections(told) == []  # settled by its answer, so it is not taken back
    assert (raised.header.revision, taken_back.header.revision) == (1, 2)
