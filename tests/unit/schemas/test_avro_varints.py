"""Integers as Avro writes them, with and without loops."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.avro.varints import instant, long

EDGES = [0, 1, (1 << 48) - 1, 1 << 48, 1_780_000_000_000_000, (1 << 54) - 1, 1 << 54]


@given(st.sampled_from(EDGES) | st.integers(-(1 << 58), 1 << 58))
def test_a_time_is_written_as_any_other_number(micros: int) -> None:
    assert instant(micros) == long(micros)


@pytest.mark.parametrize("micros", [1 << 48, (1 << 54) - 1])
def test_times_of_our_days_have_eight_bytes(micros: int) -> None:
    assert len(instant(micros)) == 8
