"""What is kept from one evaluation to the next never changes what views say."""

from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.facts.facts import Facts
from pipelines.facts.known import Known
from pipelines.facts.scope import ACTUAL
from pipelines.facts.state import fold
from pipelines.pictures.picture import Staleness, evaluate
from pipelines.supplies.stocktake import take
from tests.support.situation import after, incident, text, us
from tests.support.stores import WATER, lot, stocked
from yrd.exchange.v1.message_pb2 import Message


@st.composite
def news(draw: Callable[[Any], Any]) -> Message:
    """A stock with lots and a validity, maybe nonsense; or an incident with people moved."""
    revision, name = draw(st.integers(1, 3)), draw(st.sampled_from("ab"))
    if draw(st.booleans()):
        moved = {"casualties": {"evacuated": draw(st.integers(0, 9))}}
        return incident(f"310000/flood/{name}", moved, revision=revision)
    changes: dict[str, Any] = {
        "capabilities": [WATER],
        "lots": [lot(draw(st.integers(0, 9)), draw(st.integers(-1, 33))) for _ in range(2)],
    }
    if draw(st.booleans()):
        changes["validUntilTime"] = text(after(days=draw(st.integers(-1, 33))))
    made = stocked(f"310000/store/{name}", 20, "310100", changes=changes, revision=revision)
    made.resource_status.stock.available = draw(st.sampled_from([20, 5, -1]))
    return made


steps = st.lists(st.tuples(st.lists(news(), max_size=2), st.integers(-2, 35)), max_size=6)


@settings(deadline=None, max_examples=40)
@given(steps=steps)
def test_with_what_was_kept_and_without_it_a_picture_is_the_same(
    steps: list[tuple[list[Message], int]],
) -> None:
    facts, told, memo = Facts(), list[Message](), dict[str, Any]()
    for some, days in steps:
        told += some
        facts.update(fold(told))
        at = us(after(days=days))
        kept = evaluate(ACTUAL, facts, at, Staleness(), memo)
        assert kept == evaluate(ACTUAL, Facts(fold(told)), at, Staleness())


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
