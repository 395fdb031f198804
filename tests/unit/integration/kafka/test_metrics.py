"""The lag of a bridge: it grows from the moment at which something may be behind, and ends with it."""

import pytest

from integration.kafka import metrics
from integration.kafka.metrics import Meter


class Clock:
    """Told the time by hand."""

    now = 1000.0

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(metrics, "time", made)
    return made


def lag(meter: Meter) -> float | None:
    labels = {"bridge": "b", "direction": "out"}
    return meter.registry.get_sample_value("yrd_bridge_lag_seconds", labels)


def test_it_is_behind_from_its_start_until_all_is_there(clock: Clock) -> None:
    meter = Meter("b", "out")
    clock.now += 3
    meter.begins()
    assert lag(meter) == 3
    meter.behind_since(None)
    clock.now += 9
    assert lag(meter) == 0


def test_while_a_side_is_away_it_grows_from_the_moment_of_that(clock: Clock) -> None:
    meter = Meter("b", "out")
    meter.behind_since(None)
    clock.now += 5
    meter.waits()
    clock.now += 7
    meter.waits()
    meter.begins()
    assert lag(meter) == 7


def test_a_message_that_is_not_through_counts_from_when_it_came(clock: Clock) -> None:
    meter = Meter("b", "out")
    meter.behind_since(990.0)
    meter.waits()
    assert lag(meter) == 10


def test_clocks_that_differ_make_no_negative_lag(clock: Clock) -> None:
    meter = Meter("b", "out")
    meter.behind_since(1002.0)
    assert lag(meter) == 0
