"""Laws that hold for every mesh, load and outage."""

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.replication.urgent import BEHIND
from integration.simulate.arrivals import LIFE, ROUTINE
from integration.simulate.fluid import History
from integration.simulate.lags import delivered_in, entitled, of_links
from integration.simulate.outages import Outage, affected
from integration.simulate.recovery import recovery
from integration.simulate.report import Report
from tests.unit.simulate.meshes import SECONDS, STEPS, Small, small, smalls

QUICK = settings(max_examples=15, deadline=None)
CUT = (Outage("320000", "", 20 * SECONDS / 3600, 30 * SECONDS / 3600),)


@QUICK
@given(smalls())
def test_all_that_is_due_arrives_exactly_once(one: Small) -> None:
    history = one.run()
    assert Report(history, one.outages).arrived_once
    assert (history.held[-1] == history.arrived[-1][one.mesh.log]).all()
    for went in history.went:  # and what went ahead was due, and no more of it than there is
        same = [
            w.count
            for w in history.went
            if (w.link, w.cohort, w.priority) == (went.link, went.cohort, went.priority)
        ]
        assert sum(same) <= entitled(history, went.link)[went.cohort, went.priority]


@QUICK
@given(smalls())
@example(small(6, 2000.0, relays=True))  # relays lag, too
def test_each_log_comes_in_its_order_and_from_who_holds_it(one: Small) -> None:
    history = one.run()
    assert (np.diff(history.held, axis=0) >= 0).all()
    before = one.mesh.before
    for link, log in enumerate(one.mesh.log.tolist()):
        there = history.sealed[:, log] if before[link] < 0 else history.held[:, before[link]]
        assert (history.held[:, link] <= there).all()
        assert (np.diff(delivered_in(history, link)) >= 0).all()
    assert not np.diff(history.held, axis=0)[~history.up[1:]].any()  # nothing over what is cut


@QUICK
@given(smalls())
@example(small(4, 40.0, outages=CUT))  # much goes ahead
def test_nobody_does_more_than_a_process_and_a_line_can(one: Small) -> None:
    history, full = one.run(), SECONDS * 1e6 * 1.0001
    assert (history.least <= history.used * 1.0001).all()
    assert (history.used <= full).all()
    machines, batch = one.mesh.figures.machines, one.mesh.figures.sizes.batch.value
    line = machines.uplink.value * 1e6 / 8 * SECONDS
    batches = len(one.mesh.links) * history.prices.batches.max() * SECONDS
    assert (history.sent <= line + batches * batch).all()
    assert (history.got <= line + batches * batch).all()


def _mean(history: History, priority: int) -> float:
    lags = of_links(history, np.ones(len(history.mesh.links), dtype=bool))[priority]
    middles = np.arange(len(lags.counts))
    return float((lags.counts * middles).sum() / lags.delivered)


@settings(max_examples=8, deadline=None)
@given(st.integers(2, 5), st.sampled_from((0.2, 1.0, 4.0)), st.integers(2, 6), st.booleans())
def test_more_load_never_makes_it_quicker(count: int, factor: float, times: int, cut: bool) -> None:
    one = small(count, factor, outages=CUT if cut else ())
    assert _mean(one.run(times), ROUTINE) >= _mean(one.run(), ROUTINE) - 1e-6


def test_without_an_outage_nothing_waits_for_the_next_step() -> None:
    history = small(6, 1.0).run()
    assert (history.held == history.sealed[:, history.mesh.log]).all()
    assert not history.went
    lags = of_links(history, np.ones(len(history.mesh.links), dtype=bool))
    assert all(lag.longest < 1.0 for lag in lags)


def test_after_an_outage_what_is_urgent_comes_first() -> None:
    one = small(4, 40.0, outages=CUT)
    history = one.run()
    lacked = (history.sealed[:, one.mesh.log] - history.held).max()
    assert lacked > BEHIND
    assert any(went.priority == LIFE for went in history.went)
    found = recovery(history, CUT[0])
    assert found.life is not None and found.inward is not None and found.outward is not None
    assert found.life < max(found.inward, found.outward)
    links = affected(CUT[0], one.mesh)
    life, urgent, routine = of_links(history, links)
    assert life.quantile(0.99) < routine.quantile(0.99)
    assert not (life.missing or urgent.missing or routine.missing)


def test_an_outage_of_nobody_else_changes_nothing_for_the_others() -> None:
    calm, cut = small(4, 1.0).run(), small(4, 1.0, outages=CUT).run()
    others = ~affected(CUT[0], calm.mesh)
    assert (calm.held[:, others] == cut.held[:, others]).all()


def test_a_process_that_is_too_busy_lags_and_loses_nothing() -> None:
    history = small(3, 2000.0).run()
    assert len(history.held) == STEPS
    assert (history.sealed[30] < history.arrived[30]).any()
    assert (history.held <= history.sealed[:, history.mesh.log]).all()
