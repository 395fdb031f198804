"""Laws of the watch: input order does not matter; before its deadline a view does not change."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.facts.facts import Facts
from pipelines.facts.known import Known
from pipelines.facts.state import fold
from pipelines.hazmat import TripView, context_of, told_by_waybill, trip_view
from pipelines.hazmat.context import Context
from pipelines.hazmat.sources import sources
from pipelines.hazmat.zones import watched, zones_at
from pipelines.nature.warnings import controls, warnings
from tests.support.builders import NOW, place
from tests.support.hazmat import (
    JINSHAN,
    TANKER,
    evaluate_known,
    handover,
    leak,
    moved,
    tanker,
    view,
)
from tests.support.situation import after, control, text, us, warning, waybill
from yrd.exchange.v1.message_pb2 import Message

minutes = st.integers(-300, 300)
places = st.sampled_from(
    [
        (JINSHAN, "310116"),
        ((30.75, 121.05), "330482"),
        (None, "330482"),
        ((30.79, 121.06), "330421"),
        ((31.9, 118.8), "320100"),
    ]
)
KINDS = ("DEPARTED", "POSITION", "CHECKPOINT", "STOPPED", "DEVIATED", "OFFLINE", "ARRIVED")


@st.composite
def movements(draw: st.DrawFn) -> Message:
    at, code = draw(places)
    speed = draw(st.sampled_from([None, 0, 30, 70, 95]))
    changes: dict[str, Any] = {"road": draw(st.sampled_from(["", "G15", "S32", "G320"]))}
    if speed is not None:
        changes["speedKmh"] = speed
    entity = draw(st.sampled_from(["310000/trip/chlorine", "330000/seen/chlorine"]))
    return moved(draw(st.sampled_from(KINDS)), draw(minutes), at, code, entity, changes=changes)


@st.composite
def crossings(draw: st.DrawFn) -> Message:
    changes = {"fromProvince": "310000", "toProvince": "330000"}
    return moved("BORDER_CROSSED", draw(minutes), changes=changes)


@st.composite
def handovers(draw: st.DrawFn) -> Message:
    step = draw(st.sampled_from(["NOTICED", "ACCEPTED", "REFUSED", "CLOSED"]))
    changes: dict[str, Any] = {}
    if step == "NOTICED":
        changes["expectedCrossingTime"] = text(after(minutes=draw(minutes)))
        if draw(st.booleans()):
            changes["answerByTime"] = text(after(minutes=draw(minutes)))
    if step == "REFUSED":
        changes["refusal"] = "HANDOVER_REFUSAL_ROAD_CLOSED"
    author = "330000" if step in ("ACCEPTED", "REFUSED") else "310000"
    return handover(step, author, draw(minutes), changes)


@st.composite
def alerts(draw: st.DrawFn) -> Message:
    kind = draw(st.sampled_from(["LEAK", "FIRE", "CRASH", "SPEEDING"]))
    changes: dict[str, Any] = {"kind": f"HAZMAT_ALERT_KIND_{kind}"}
    if draw(st.booleans()):
        changes |= {"windFromDegrees": 90, "windMps": draw(st.sampled_from([1, 4, 9]))}
    told = after(minutes=draw(minutes))
    ends: dict[str, Any] = (
        {"expireTime": text(told + timedelta(hours=5))} if draw(st.booleans()) else {}
    )
    own = draw(st.sampled_from([TANKER, "330000/waybill/other"]))
    return leak(changes | {"waybillId": own}, told=told, **ends)


@st.composite
def rules(draw: st.DrawFn) -> Message:
    start = draw(minutes)
    span = {"startTime": text(after(minutes=start)), "endTime": text(after(minutes=start + 90))}
    if draw(st.booleans()):
        issued = {"issueTime": span["startTime"], "expireTime": span["endTime"]}
        changes = {"color": "WARNING_COLOR_RED", "area": {"adminCodes": ["310116", "330400"]}}
        return warning("310000/warning/1", changes | issued)
    kind = draw(st.sampled_from(["ROAD", "AREA"]))
    area = {"circle": {"center": place("310116", JINSHAN)["point"], "radiusMeters": 4000}}
    changes = {
        "kind": f"CONTROL_KIND_{kind}",
        "area": area if kind == "AREA" else {"adminCodes": ["310000"]},
    }
    return control("310000/control/1", changes | span)


messages = st.lists(st.one_of(movements(), crossings(), handovers(), alerts(), rules()), max_size=9)
starts = st.builds(
    lambda planned, urban: tanker(
        **({"plannedArrivalTime": text(after(minutes=planned))} if planned > -60 else {}),
        urbanDelivery=urban,
    ),
    minutes,
    st.booleans(),
)


def whole_context(known: Known) -> Context:
    at = known.as_of_us
    now, later, _ = zones_at(sources(known, told_by_waybill(known).waybills, (), {}), at)
    ends = [zone.until_us for zone in later if zone.until_us is not None]
    found = controls(known, at), warnings(known, at)
    return context_of(known, *found, watched([*now, *later]), min(ends, default=None))


def looked_at(known: Known, context: Context, as_of_us: int, turned: bool = False) -> TripView:
    told = told_by_waybill(known)
    moves, alerted, offered = (
        list(group.get(TANKER, ())) for group in (told.movements, told.alerts, told.handovers)
    )
    for messages in (moves, alerted, offered) if turned else ():
        messages.reverse()
    return trip_view(told.waybills[TANKER], moves, alerted, offered, context, as_of_us)


@settings(max_examples=60, deadline=None)
@given(starts, messages, st.integers(-400, 400), st.data())
def test_before_its_deadline_a_view_does_not_change(
    start: Message, told: list[Message], at: int, data: st.DataObject
) -> None:
    """From one deadline to the next, as long as the context holds; it is then as good as a new one."""
    states = fold([start, *told])
    known = Known(states, us(after(minutes=at)))
    context, now = whole_context(known), known.as_of_us
    for _ in range(20):
        seen = looked_at(known, context, now)
        anew = looked_at(known, whole_context(Known(states, now)), now)
        assert anew._replace(deadline_us=None) == seen._replace(deadline_us=None)
        last = us(after(days=40)) if seen.deadline_us is None else seen.deadline_us - 1
        assert now <= last
        for later in (last, data.draw(st.integers(now, last))):
            again = looked_at(known, context, later, turned=True)
            assert again._replace(deadline_us=None) == seen._replace(deadline_us=None)
            assert again.deadline_us == seen.deadline_us
        if seen.deadline_us is None or seen.deadline_us == context.until_us:
            break
        now = seen.deadline_us


@settings(max_examples=50, deadline=None)
@given(starts, messages, st.integers(-400, 400), st.randoms(use_true_random=False))
def test_order_does_not_matter(
    start: Message, told: list[Message], at: int, random: Random
) -> None:
    shuffled = [start, *told]
    random.shuffle(shuffled)
    one, other = (Known(fold(m), us(after(minutes=at))) for m in ([start, *told], shuffled))
    assert evaluate_known(one) == evaluate_known(other)
    assert one.questions == other.questions


@settings(max_examples=50, deadline=None)
@given(starts, st.lists(messages, min_size=2, max_size=3), st.integers(-400, 400), st.data())
def test_what_is_remembered_changes_nothing(
    start: Message, batches: list[list[Message]], at: int, data: st.DataObject
) -> None:
    """Messages in batches, each looked at some time after the one before."""
    facts, memo, told = Facts(), dict[str, Any](), [start]
    for batch in batches:
        told += batch
        facts.update(fold(told))
        now = us(after(minutes=at))
        with_memo, anew = Known(facts, now, memo), Known(fold(told), now)
        assert evaluate_known(with_memo) == evaluate_known(anew)
        assert with_memo.questions == anew.questions
        at += data.draw(st.sampled_from([0, 1, 20, 200]))


@settings(max_examples=50, deadline=None)
@given(starts, messages, st.integers(-400, 400))
def test_one_trip_alone_is_seen_as_it_is_among_others(
    start: Message, told: list[Message], at: int
) -> None:
    other = waybill("330000/waybill/9", {"departureTime": text(NOW)})
    known = Known(fold([start, *told, other]), us(after(minutes=at)))
    among = {trip.waybill_id: trip for trip in evaluate_known(known).trips}
    alone = {trip.waybill_id: trip for trip in evaluate_known(
        Known(fold([start, *told]), us(after(minutes=at)))
    ).trips}  # fmt: skip
    assert among.get(TANKER) == alone.get(TANKER)


@pytest.mark.parametrize("at", [-120, 0, 600])
def test_a_deadline_comes_after_what_is_seen(at: int) -> None:
    seen = view(tanker(), moved(), at=after(minutes=at))
    assert seen.deadline_us is None or seen.deadline_us > us(after(minutes=at))


def test_a_zone_that_ends_with_its_alert_is_a_deadline() -> None:
    ends = after(minutes=9)
    told = leak({"waybillId": ""}, expireTime=text(ends))
    known = Known(fold([tanker(), moved(), told]), us(NOW))
    seen = looked_at(known, whole_context(known), known.as_of_us)
    assert seen.inside == (("310000/alert/chlorine", True),)
    assert seen.deadline_us == us(ends)
