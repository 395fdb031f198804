"""Small meshes for tests: some provinces, any load, any outages, and time to drain."""

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from integration.simulate.arrivals import Arrivals, arrivals
from integration.simulate.figures import load
from integration.simulate.fluid import History
from integration.simulate.mesh import Mesh, build
from integration.simulate.outages import Outage, touched, up
from integration.simulate.provinces import participants
from integration.simulate.run import simulate

FIGURES = load()
SECONDS, BUSY_STEPS, STEPS = 10.0, 60, 180


@dataclass(frozen=True)
class Small:
    """What comes in during the first third; the rest is for recovery."""

    mesh: Mesh
    arrivals: Arrivals
    outages: tuple[Outage, ...]

    def run(self, times: int = 1) -> History:
        """Simulates it, with so many times the messages."""
        cuts = [touched(outage, self.mesh) for outage in self.outages]
        made = Arrivals(self.arrivals.counts * times, SECONDS)

        def is_up(step: int) -> np.ndarray:
            return up(self.outages, cuts, step * SECONDS / 3600, len(self.mesh.links))

        return simulate(self.mesh, made, is_up)


def small(
    count: int,
    factor: float,
    seed: int = 1,
    outages: tuple[Outage, ...] = (),
    *,
    joint: bool = True,
    relays: bool = False,
) -> Small:
    """A mesh of the first provinces."""
    places = participants(count, joint=joint, relays=relays)
    made = arrivals(places, FIGURES, BUSY_STEPS * SECONDS / 3600, SECONDS, seed, factor)
    quiet = np.zeros((STEPS - BUSY_STEPS, *made.counts.shape[1:]), dtype=np.int64)
    counts = np.concatenate([made.counts, quiet])
    return Small(build(places, FIGURES), Arrivals(counts, SECONDS), outages)


def outages(codes: tuple[str, ...]) -> st.SearchStrategy[tuple[Outage, ...]]:
    """Some in the busy time."""
    begin, length = st.integers(0, 40), st.integers(1, 20)
    hour = SECONDS / 3600
    one = st.builds(
        lambda code, start, steps: Outage(code, "", start * hour, steps * hour),
        st.sampled_from(codes),
        begin,
        length,
    )
    return st.lists(one, max_size=2).map(tuple)


@st.composite
def smalls(draw: st.DrawFn) -> Small:
    """Any of them; up to what their gateways can drain in time."""
    count = draw(st.integers(2, 6))
    some = draw(outages(tuple(place.code for place in participants(count))))
    return small(
        count,
        draw(st.sampled_from((0.05, 1.0, 8.0))),
        draw(st.integers(0, 5)),
        some,
        joint=draw(st.booleans()),
        relays=draw(st.booleans()),
    )
