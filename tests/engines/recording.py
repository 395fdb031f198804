"""What the tests of this process tried with engines, kept for the summary at their end.

A test of a fault has the marker `fault(ENGINE, FAULT)`, may take a `seed`, and measures by `recovery`.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from tests.engines.tried import Tried

SEEN: list[Tried] = []
"""Of all tests of this process."""
MARKER = "fault"
_RECOVERED = "recovered_seconds"


@dataclass(frozen=True, slots=True)
class Rounds:
    """A plugin: each test of a fault runs so many times, with seeds from 1 on."""

    count: int


def give_seeds(metafunc: pytest.Metafunc) -> None:
    """To a test of a fault that does not name its own."""
    definition = metafunc.definition
    named = [str(mark.args[0]) for mark in definition.iter_markers("parametrize")]
    if definition.get_closest_marker(MARKER) is None or "seed" in named:
        return
    rounds = [p.count for p in metafunc.config.pluginmanager.get_plugins() if isinstance(p, Rounds)]
    if "seed" not in metafunc.fixturenames:
        metafunc.fixturenames.append("seed")
    metafunc.parametrize("seed", range(1, 1 + sum(rounds or [1])))


def record(item: pytest.Item, report: pytest.TestReport) -> None:
    """Keeps what became of a test, once it is over or could not begin."""
    if report.when != "call" and report.passed:
        return
    marker = item.get_closest_marker(MARKER)
    engine, fault = map(str, marker.args) if marker else ("", "")
    recoveries = tuple(float(str(v)) for name, v in report.user_properties if name == _RECOVERED)
    SEEN.append(Tried(item.nodeid, report.outcome, report.duration, engine, fault, recoveries))


@dataclass(frozen=True, slots=True)
class Recovery:
    """Measures how long it took until all was as if nothing had been."""

    tell: Callable[[str, object], None]

    @contextmanager
    def measured(self) -> Iterator[None]:
        """From the moment at which the cause is gone until the block ends well."""
        begun = time.monotonic()
        yield
        self.tell(_RECOVERED, round(time.monotonic() - begun, 2))
