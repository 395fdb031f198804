"""Whatever is wanted and whatever there is: no plan is better, and none gives what it must not."""

from collections import Counter
from collections.abc import Sequence

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from pipelines.allocation import Demand, Supply, allocate, network
from tests.support.allocations import (
    demands,
    every_flow,
    fits,
    flow_of,
    named,
    supplies,
    worth,
)

QUIET = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
few = st.tuples(
    st.lists(demands(), min_size=1, max_size=3), st.lists(supplies(), max_size=3).map(named)
)
several = st.tuples(st.lists(demands(), max_size=8), st.lists(supplies(), max_size=12).map(named))
Case = tuple[list[Demand], list[Supply]]


def plans(case: Case) -> int:
    """How many plans there are to look at, at most."""
    wants, has = case
    count = 1
    for wanted in wants:
        for offered in has:
            if fits(wanted, offered):
                count *= int(min(wanted.missing, offered.spare)) + 1
    return count


@QUIET
@given(few)
def test_no_plan_is_better(case: Case) -> None:
    """Compared with every plan that there is. Markets apart are compared apart: units can't be added."""
    assume(plans(case) <= 3000)
    wants, has = case
    wants.sort(key=lambda wanted: not wanted.pressing)
    found = flow_of(allocate(wants, has), wants, has)
    best = min(worth(flow, wants, has) for flow in every_flow(wants, has))
    mine = worth(found, wants, has)
    # unmet amounts by urgency are compared in all: any best plan has the same
    assert mine[:6] == best[:6]
    if len({wanted.capability for wanted in wants}) == 1:
        assert mine == best


@QUIET
@given(several)
def test_nothing_is_given_twice_or_to_whom_it_does_not_fit(case: Case) -> None:
    wants, has = case
    plan = allocate(wants, has)
    taken = Counter[int]()
    for place, wanted in enumerate(wants):
        assert plan.given(place) <= wanted.missing
        for share in plan.of(place):
            assert share.quantity > 0
            assert fits(wanted, has[share.supply])
            taken[share.supply] += int(share.quantity)
    for place, offered in enumerate(has):
        assert taken[place] + plan.left[place] == offered.spare


@QUIET
@given(several, supplies())
def test_one_more_resource_leaves_no_more_lives_without_help(case: Case, more: Supply) -> None:
    wants, has = case
    wants.sort(key=lambda wanted: not wanted.pressing)
    with_more = named([*has, more])

    def unmet(there: Sequence[Supply]) -> list[float]:
        plan = allocate(wants, there)
        pressing = [n for n, wanted in enumerate(wants) if wanted.pressing]
        return [wants[n].missing - plan.given(n) for n in pressing]

    before, after = unmet(has), unmet(with_more)
    assert sum(after) <= sum(before)
    assert after <= before


@QUIET
@given(several)
def test_what_is_left_out_at_first_is_found_when_it_is_needed(case: Case) -> None:
    """The plan is the same whichever arcs the solver is shown first, as far as the objective goes."""
    wants, has = case
    kept, found = network.AT_FIRST, []
    try:
        for network.AT_FIRST in (0, 1000):
            found.append(worth(flow_of(allocate(wants, has), wants, has), wants, has))
    finally:
        network.AT_FIRST = kept
    assert found[0] == found[1]
