"""Handovers at a border: how they stand, and what is overdue since when."""

from datetime import datetime

import pytest

from pipelines.hazmat import evaluate
from tests.support.builders import NOW
from tests.support.hazmat import handover, known_at, moved, tanker, view, watch
from tests.support.situation import after, text, us
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.hazmat_watch_pb2 import HandoverState, HandoverStatus, HazmatNoticeKind

DUE = {"expectedCrossingTime": text(after(minutes=40))}
NOTICED = handover("NOTICED", changes=DUE)
ACCEPTED = handover("ACCEPTED", "330000", 5)
REFUSED = handover("REFUSED", "330000", 5, {"refusal": "HANDOVER_REFUSAL_SAFETY"})
CROSSED = moved("BORDER_CROSSED", 38, changes={"fromProvince": "310000", "toProvince": "330000"})


def status(*told: Message, at: datetime = NOW) -> HandoverStatus:
    (found,) = watch(tanker(), *told, at=at).handovers
    return found


def test_a_notice_waits_for_its_answer() -> None:
    found = status(NOTICED)
    assert found.state == HandoverState.HANDOVER_STATE_NOTICED
    assert (found.from_province, found.to_province) == ("310000", "330000")
    assert (found.due_time.ToMicroseconds(), found.rule) == (us(after(minutes=15)), "answer")
    assert not found.overdue
    assert found.expected_time.ToMicroseconds() == us(after(minutes=40))


def test_an_answer_that_does_not_come_is_overdue() -> None:
    assert not status(NOTICED, at=after(minutes=14)).overdue
    assert status(NOTICED, at=after(minutes=15)).overdue


def test_the_notice_may_state_until_when() -> None:
    stated = DUE | {"answerByTime": text(after(minutes=5))}
    found = status(handover("NOTICED", changes=stated), at=after(minutes=6))
    assert (found.overdue, found.rule) == (True, "stated")


def test_once_accepted_the_vehicle_is_awaited() -> None:
    found = status(NOTICED, ACCEPTED, at=after(minutes=20))
    assert found.state == HandoverState.HANDOVER_STATE_ACCEPTED
    assert (found.due_time.ToMicroseconds(), found.overdue) == (us(after(minutes=100)), False)
    assert status(NOTICED, ACCEPTED, at=after(minutes=100)).overdue


def test_once_crossed_it_is_to_be_closed() -> None:
    found = status(NOTICED, ACCEPTED, CROSSED, at=after(minutes=40))
    assert (found.state, found.rule) == (HandoverState.HANDOVER_STATE_CROSSED, "close")
    assert found.due_time.ToMicroseconds() == us(after(minutes=98))
    assert CROSSED.header.message_id in found.message_ids


@pytest.mark.parametrize("author", ["310000", "330000"])
def test_either_side_closes_it(author: str) -> None:
    closed = handover("CLOSED", author, 45, {"stopReason": "EXCHANGE_STOP_REASON_LEFT_AREA"})
    told = [tanker(), NOTICED, ACCEPTED, CROSSED, closed]
    assert watch(*told, at=after(minutes=50)).handovers == []


def test_a_refusal_is_noticed_with_the_trip() -> None:
    found = status(NOTICED, REFUSED, at=after(minutes=6))
    assert found.state == HandoverState.HANDOVER_STATE_REFUSED
    assert found.refusal == REFUSED.border_handover.refusal
    assert not found.HasField("due_time")
    seen = view(tanker(), NOTICED, REFUSED, at=after(minutes=6))
    kinds = [n.kind for n in seen.notices]
    assert HazmatNoticeKind.HAZMAT_NOTICE_KIND_HANDOVER_REFUSED in kinds


def test_a_new_notice_after_a_refusal_asks_again() -> None:
    again = handover("NOTICED", minutes=10, changes=DUE)
    found = status(NOTICED, REFUSED, again, at=after(minutes=12))
    assert found.state == HandoverState.HANDOVER_STATE_NOTICED
    assert found.due_time.ToMicroseconds() == us(after(minutes=25))


def test_a_notice_that_is_missing_is_shown_once_it_is_due() -> None:
    """Ten kilometres at 60 km/h: less than half an hour."""
    found = status(moved(changes={"speedKmh": 60}))
    assert found.state == HandoverState.HANDOVER_STATE_UNNOTICED
    assert (found.handover_id, found.rule, found.overdue) == ("", "notice", True)


def test_far_from_the_border_no_notice_is_due() -> None:
    far = moved(at=(31.4, 121.5), code="310113", changes={"speedKmh": 60})
    assert watch(tanker(), far).handovers == []


def test_a_handover_of_a_trip_that_is_not_known_is_shown() -> None:
    found = watch(NOTICED, ACCEPTED, at=after(minutes=6)).handovers
    assert [h.state for h in found] == [HandoverState.HANDOVER_STATE_ACCEPTED]


def test_a_trip_that_is_over_needs_no_handover() -> None:
    told = [tanker(), NOTICED, moved("ARRIVED", 60)]
    assert watch(*told, at=after(minutes=61)).handovers == []


def test_overdue_ones_come_first_and_are_counted() -> None:
    other = handover("NOTICED", changes=DUE | {"waybillId": "310000/w/2"}, entity="310000/h/2")
    other.border_handover.answer_by_time.FromMicroseconds(us(NOW))
    found = watch(tanker(), NOTICED, other)
    assert [h.overdue for h in found.handovers] == [True, False]
    assert {c.key: c.count for c in found.counts.handovers} == {"noticed": 2, "overdue": 1}


def test_an_answer_to_a_notice_that_is_not_known_is_asked_about() -> None:
    known = known_at((tanker(), ACCEPTED), after(minutes=6))
    evaluate(known, [])
    assert {q.kind for q in known.questions} == {"handover_without_notice"}
