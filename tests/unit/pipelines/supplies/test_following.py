"""What is kept from one step to the next never changes what views say: only what it costs."""

from collections.abc import Callable
from fractions import Fraction
from math import inf
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.facts.facts import Facts
from pipelines.facts.known import Known
from pipelines.facts.scope import ACTUAL
from pipelines.facts.state import fold
from pipelines.pictures.picture import Staleness, evaluate
from pipelines.supplies import resources
from pipelines.supplies.exact import exact, nearest
from pipelines.supplies.stocktake import take
from tests.support.builders import place
from tests.support.situation import after, incident, resource, text, us
from tests.support.stores import WATER, lot, stocked
from yrd.exchange.v1.message_pb2 import Message

FOAM = {"scheme": "yrd-capability", "value": "hazmat.foam"}
CODES = ["310116", "310100", "310000", "320509", "990000"]
amounts = st.sampled_from([0, 0.1, 0.2, 0.7, 5, 20, -1, 1e308])
days = st.integers(-1, 33)


@st.composite
def news(draw: Callable[[Any], Any]) -> Message:
    """A resource of some kind, maybe nonsense; or an incident with people moved, maybe its end."""
    revision, name = draw(st.integers(1, 3)), draw(st.sampled_from("abc"))
    header: dict[str, Any] = {"revision": revision}
    if draw(st.booleans()):
        header["expireTime"] = text(after(days=draw(days)))
    origin = draw(st.sampled_from(["310000", "320000"]))
    if draw(st.integers(0, 3)) == 0:
        moved = {"casualties": {"evacuated": draw(st.integers(0, 9))}, "place": place("310116")}
        ends = {"kind": "REPORT_KIND_FINAL"} if draw(st.booleans()) else {}
        return incident(f"{origin}/flood/{name}", moved | ends, **header)
    made = _stock(draw, f"{origin}/{name}", header)
    stock = made.resource_status.stock
    stock.total, stock.available, stock.committed = 1.5e308, draw(amounts), 0
    if draw(st.booleans()):
        made.resource_status.valid_until_time.FromDatetime(after(days=draw(days)))
    return made


def _stock(draw: Callable[[Any], Any], entity: str, header: dict[str, Any]) -> Message:
    code, kind = (
        draw(st.sampled_from(CODES)),
        draw(st.sampled_from(["", "SHELTER", "BASE", "VEHICLE"])),
    )
    where = {"place": place(code)}
    if kind == "SHELTER":
        people = {"kind": "RESOURCE_KIND_SHELTER", "occupants": draw(st.integers(0, 9))}
        return resource(entity, where | people, **header)
    if kind:
        able = {"kind": f"RESOURCE_KIND_{kind}", "capabilities": [FOAM]}
        return resource(entity, where | able, **header)
    lots = [lot(draw(st.integers(0, 9)), draw(days)) for _ in range(2)]
    level = {"reserveLevel": f"RESERVE_LEVEL_{draw(st.sampled_from(['TOWN', 'VILLAGE']))}"}
    changes = {"capabilities": [WATER], "lots": lots} | level
    return stocked(entity, 20, code, changes=changes, **header)


steps = st.lists(st.tuples(st.lists(news(), max_size=3), st.integers(-2, 35)), max_size=6)


@settings(deadline=None, max_examples=60)
@given(steps=steps)
def test_with_what_was_kept_and_without_it_a_picture_is_the_same(
    steps: list[tuple[list[Message], int]],
) -> None:
    facts, told, memo = Facts(), list[Message](), dict[str, Any]()
    for some, day in steps:
        told += some
        facts.update(fold(told))
        at = us(after(days=day))
        kept = evaluate(ACTUAL, facts, at, Staleness(), memo)
        assert kept == evaluate(ACTUAL, Facts(fold(told)), at, Staleness())


def test_what_was_not_asked_for_meanwhile_is_made_up_for() -> None:
    facts, memo, told = Facts(), dict[str, Any](), list[Message]()
    for number in range(7):
        told.append(stocked(f"310000/store/{number}", number))
        facts.update(fold(told))
        known = Known(facts, us(after()), memo)
        take(known, us(after()))
        if number in (0, 1, 5):
            found = resources.evaluate(known, us(after()))
            assert found == resources.evaluate(Known(fold(told), us(after())), us(after()))


def test_a_stocktake_is_taken_anew_only_when_something_counts_otherwise() -> None:
    facts = Facts(fold([stocked(changes={"lots": [lot(5, 40)]})]))
    memo: dict[str, Any] = {}

    def at(days: float) -> Any:
        return take(Known(facts, us(after(days=days)), memo), us(after(days=days)))

    first = at(0)
    assert at(9) is first
    soon = at(10)
    assert soon is not first
    assert at(39) is soon
    assert at(40) is not soon
    assert at(0) == first


def test_only_the_resource_that_is_news_is_looked_at_again() -> None:
    facts, memo = Facts(fold([stocked("310000/a"), stocked("310000/b")])), dict[str, Any]()
    before = take(Known(facts, us(after()), memo), us(after()))
    facts.update(fold([stocked("310000/b", revision=2)]))
    later = take(Known(facts, us(after()), memo), us(after()))
    assert later[0] is before[0]
    assert later[1] is not before[1]


finite = st.floats(allow_nan=False, allow_infinity=False)


@given(numbers=st.lists(finite, max_size=9), more=st.lists(finite, max_size=3))
def test_what_is_taken_off_again_leaves_no_trace(numbers: list[float], more: list[float]) -> None:
    total = sum(map(exact, [*numbers, *more])) - sum(map(exact, more))
    assert total == sum(map(exact, numbers))
    whole = sum(map(Fraction, numbers))
    try:
        assert nearest(total) == float(whole)
    except OverflowError:
        assert nearest(total) == (inf if whole > 0 else -inf)


@pytest.mark.parametrize("number", [0.0, 5e-324, -0.1, 1.5, 1.7976931348623157e308])
def test_a_number_is_the_nearest_to_itself(number: float) -> None:
    assert nearest(exact(number)) == number
    assert (nearest(2**3000), nearest(-(2**3000))) == (inf, -inf)
