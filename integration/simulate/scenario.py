"""A simulation as it is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from integration.simulate.arrivals import Typhoon, arrivals
from integration.simulate.fair import Bools
from integration.simulate.figures import Figures
from integration.simulate.mesh import Mesh, build
from integration.simulate.outages import Outage, check, touched, up
from integration.simulate.provinces import participants
from integration.simulate.report import Report
from integration.simulate.run import simulate


@dataclass(frozen=True, slots=True)
class Scenario:
    """Who takes part, for how long, at which load, and what happens.

    `seconds`: of a step; `factor`: so many times the load of the figures.
    """

    figures: Figures
    count: int = 31
    hours: float = 24.0
    seconds: float = 5.0
    seed: int = 7
    factor: float = 1.0
    joint: bool = True
    relays: bool = False
    typhoon: Typhoon | None = None
    outages: Sequence[Outage] = field(default=())


def run(scenario: Scenario) -> Report:
    """Simulates it. Raises OutageError."""
    places = participants(scenario.count, joint=scenario.joint, relays=scenario.relays)
    mesh = build(places, scenario.figures)
    for outage in scenario.outages:
        check(outage, mesh, scenario.hours)
    made = arrivals(
        places,
        scenario.figures,
        scenario.hours,
        scenario.seconds,
        scenario.seed,
        scenario.factor,
        scenario.typhoon,
    )
    cuts = [touched(outage, mesh) for outage in scenario.outages]
    is_up = partial(_up, scenario, mesh, cuts)
    return Report(simulate(mesh, made, is_up), scenario.outages)


def _up(scenario: Scenario, mesh: Mesh, cuts: Sequence[Bools], step: int) -> Bools:
    hour = step * scenario.seconds / 3600
    return up(scenario.outages, cuts, hour, len(mesh.links))
