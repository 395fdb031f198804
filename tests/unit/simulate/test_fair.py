"""Sharing a capacity: max-min fairness, against pouring it out drop by drop."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from integration.simulate.fair import max_min

WISHES = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 20)), min_size=1, max_size=12)
CAPACITIES = st.lists(st.integers(0, 60), min_size=3, max_size=3)


def _poured(wanted: list[int], capacity: float) -> list[float]:
    """Raises everybody's share alike until it is met or nothing is left."""
    given_ = [0.0] * len(wanted)
    while capacity > 1e-9 and any(g < w for g, w in zip(given_, wanted, strict=True)):
        thirsty = [n for n, w in enumerate(wanted) if given_[n] < w]
        drop = min(capacity / len(thirsty), *(wanted[n] - given_[n] for n in thirsty))
        for n in thirsty:
            given_[n] += drop
        capacity -= drop * len(thirsty)
    return given_


@given(WISHES, CAPACITIES)
def test_it_is_what_pouring_gives(wishes: list[tuple[int, int]], capacities: list[int]) -> None:
    group = np.array([g for g, _ in wishes])
    wanted = np.array([float(w) for _, w in wishes])
    found = max_min(wanted, group, np.array(capacities, dtype=float))
    for one, capacity in enumerate(capacities):
        theirs = [int(w) for g, w in wishes if g == one]
        assert np.allclose(found[group == one], _poured(theirs, capacity))
