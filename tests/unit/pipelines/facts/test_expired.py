"""After its expire_time a message is of no use: it is kept, and a picture counts it as nothing."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import pytest

from pipelines.facts.state import fold
from pipelines.pictures.picture import Picture, Staleness, evaluate
from tests.support.situation import (
    after,
    alert,
    answer,
    control,
    exercise,
    incident,
    lacking,
    movement,
    offer,
    picture,
    request,
    resource,
    response,
    text,
    us,
    warning,
    waybill,
)
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.situation_pb2 import AidLineState

END = after(hours=1)
OVER: dict[str, Any] = {"expireTime": text(END)}
BEFORE, AT = after(minutes=59), END


def open_alerts(found: Picture) -> int:
    return sum(len(trip.open_alerts) for trip in found.summary.hazmat)


COUNTED: dict[str, tuple[Callable[..., Message], Callable[[Picture], int]]] = {
    "a warning": (warning, lambda p: len(p.summary.warnings)),
    "a response": (response, lambda p: len(p.summary.responses)),
    "a control": (control, lambda p: len(p.summary.controls)),
    "an alert": (alert, open_alerts),
    "a trip": (waybill, lambda p: len(p.summary.hazmat)),
    "a request": (request, lambda p: len(p.summary.aid)),
    "an incident": (incident, lambda p: p.summary.totals.open_incidents),
    "an incident's need": (lacking, lambda p: len(p.proposals)),
    "a request's need": (request, lambda p: len(p.proposals)),
    "a resource": (resource, lambda p: int(sum(r.available for r in p.summary.resources))),
}


@pytest.mark.parametrize(("make", "count"), COUNTED.values(), ids=COUNTED)
def test_it_counts_until_it_expires(
    make: Callable[..., Message], count: Callable[[Picture], int]
) -> None:
    told = [make(**OVER)]
    assert count(picture(told, BEFORE)) == count(picture([make()], AT)) > 0
    assert count(picture(told, AT)) == 0


@pytest.mark.parametrize(("make", "count"), COUNTED.values(), ids=COUNTED)
def test_one_that_came_expired_has_still_taken_the_place_of_those_before(
    make: Callable[..., Message], count: Callable[[Picture], int]
) -> None:
    assert count(picture([make(), make(revision=2, **OVER)], AT)) == 0
    assert count(picture([make(**OVER), make(revision=2)], AT)) > 0


def states(told: Sequence[Message], at: datetime) -> list[AidLineState]:
    return [line.state for line in picture(told, at).summary.aid]


def test_an_offer_covers_a_line_until_it_expires() -> None:
    told = [request(), answer(lines=[offer(6)], **OVER)]
    assert states(told, BEFORE) == [AidLineState.AID_LINE_STATE_COVERED]
    assert states(told, AT) == [AidLineState.AID_LINE_STATE_OPEN]


def test_a_truck_with_an_open_alert_is_shown_however_old_its_waybill() -> None:
    (trip,) = picture([waybill(**OVER), alert()], AT).summary.hazmat
    assert (trip.waybill_id, len(trip.open_alerts)) == ("310000/waybill/1", 1)


def test_a_truck_that_has_arrived_does_not_drive_on_when_that_message_expires() -> None:
    assert not picture([waybill(), movement("ARRIVED", **OVER)], AT).summary.hazmat


def test_a_withdrawal_that_expires_brings_no_need_back() -> None:
    withdrawn = incident(changes={"kind": "REPORT_KIND_WITHDRAWAL"}, revision=2, **OVER)
    told = [incident(), withdrawn, request(changes={"incidentId": "310000/flood/1"})]
    assert not picture(told, AT).proposals


def test_all_of_it_is_still_in_the_record() -> None:
    """Coverage counts what was told, expired or not."""
    told = [make(sequence=n, **OVER) for n, (make, _) in enumerate(COUNTED.values())]
    lines = picture(told, AT).summary.coverage
    assert sum(line.message_count for line in lines) == len(told)


def test_an_exercise_has_its_own_time() -> None:
    """However long ago it was played."""
    told, years = [warning(**exercise(), **OVER)], us(after(days=900))
    for late, counted in ([], 1), ([incident(told=AT, **exercise())], 0):
        found = evaluate("exercise/drill", fold([*told, *late]), years, Staleness())
        assert len(found.summary.warnings) == counted
