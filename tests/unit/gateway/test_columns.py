"""Records out of columns are the named tuples that one would make one by one."""

from itertools import repeat

import pytest

from gateway.store.columns import records
from gateway.store.port import Standing


def test_records_are_of_their_kind() -> None:
    made = records(Standing, [1, 2], repeat("open"))
    assert made == [Standing(1, "open"), Standing(2, "open")]
    assert [(type(one), one.state) for one in made] == [(Standing, "open")] * 2


def test_a_column_for_each_field() -> None:
    with pytest.raises(TypeError, match="Standing has 2 fields, not 1"):
        records(Standing, [1])
