"""The instant of a scope: one clock far ahead of all others does not carry it off."""

from collections.abc import Sequence
from datetime import datetime
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.facts.latest import APART_US, latest_us
from pipelines.facts.state import fold
from pipelines.pictures.picture import Staleness, evaluate
from tests.support.builders import NOW
from tests.support.situation import after, exercise, incident, text, us, warning

FAR = after(days=73 * 365)
YEAR = APART_US


@pytest.mark.parametrize(
    ("told", "latest"),
    [
        ([], 0),
        ([us(FAR)], us(FAR)),
        ([us(FAR), us(NOW)], us(NOW)),
        ([us(FAR), us(FAR), us(NOW)], us(NOW)),
        ([5, 5 + YEAR], 5 + YEAR),
        ([5, 6 + YEAR], 5),
        ([5, 5 + YEAR, 6 + 2 * YEAR], 5 + YEAR),
    ],
)
def test_who_is_far_ahead_of_all_others_is_left_out(told: Sequence[int], latest: int) -> None:
    assert {latest_us(order) for order in permutations(told)} == {latest}


@given(st.lists(st.integers(0, 1 << 60), min_size=1))
def test_it_is_always_an_instant_that_somebody_told(told: list[int]) -> None:
    assert latest_us(told) in told


def instant(*told: datetime) -> datetime:
    """The instant of an exercise in which participants told these times last, all sealed in 2100."""
    messages = [
        incident(f"{code}/flood/1", told=at, sealed=after(days=74 * 365), **exercise())
        for code, at in zip(("310000", "320000", "330000"), told, strict=True)
    ]
    summary = evaluate("exercise/drill", fold(messages), None, Staleness()).summary
    return summary.as_of_time.ToDatetime(NOW.tzinfo)


def test_an_exercise_goes_on_though_one_participant_tells_of_2099() -> None:
    later = after(hours=2)
    assert instant(NOW, later, FAR) == later
    assert instant(NOW, later, later) == later


def test_in_an_exercise_nothing_is_told_after_it_was_sealed() -> None:
    """A time of telling in 2099 does not outdate what the others told."""
    told = [
        warning(**exercise(), expireTime=text(after(days=1))),
        incident("320000/flood/1", told=FAR, sealed=NOW, **exercise()),
    ]
    summary = evaluate("exercise/drill", fold(told), None, Staleness()).summary
    assert summary.as_of_time.ToDatetime(NOW.tzinfo) == NOW
    assert [w.participant for w in summary.warnings] == ["310000"]
