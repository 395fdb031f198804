"""Sharing a capacity fairly among those that want some of it. Pure."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def max_min(wanted: Floats, group: Ints, capacity: Floats) -> Floats:
    """What each gets: nobody more than it wants, nobody more than another whose wish is not met.

    `group` says whose capacity each draws on. All in one unit.
    """
    total = np.bincount(group, wanted, len(capacity))
    if not (total > capacity).any():
        return wanted
    order = np.lexsort((wanted, group))
    sizes = np.bincount(group, minlength=len(capacity))
    firsts = np.cumsum(sizes) - sizes
    kind, want = group[order], wanted[order]
    before = np.cumsum(want) - want  # of smaller wishes, in this group and those before it
    start = np.concatenate([before, [0.0]])[firsts]
    smaller = before - start[kind]
    rank = np.arange(len(want)) - firsts[kind]
    met = smaller + want * (sizes[kind] - rank) <= capacity[kind]
    spent = np.bincount(kind, want * met, len(capacity))
    unmet = sizes - np.bincount(kind, met, len(capacity)).astype(int)
    level = (capacity - spent) / np.maximum(unmet, 1)
    given = np.empty_like(want)
    given[order] = np.where(met, want, level[kind])
    return given
