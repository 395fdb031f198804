"""Runs the mesh: what each step does to the flow. Pure."""

import numpy as np

from gateway.replication.urgent import BEHIND
from integration.simulate.ahead import TIMES, Gap
from integration.simulate.arrivals import ROUTINE, Arrivals
from integration.simulate.fair import Bools, Floats, Ints, max_min
from integration.simulate.fluid import HOPS, PUBLISHED, Flow, History, Prices, Up, whole
from integration.simulate.mesh import Mesh


def simulate(mesh: Mesh, arrivals: Arrivals, up: Up) -> History:
    """The whole time. `up`: which links are up in a step."""
    steps, links, gateways = len(arrivals.counts), len(mesh.links), len(mesh.places)
    prices = Prices(mesh, arrivals.mix)
    flow = Flow(mesh, arrivals, prices, np.zeros(gateways, np.int64), np.zeros(links, np.int64))
    history = History(
        mesh,
        arrivals,
        prices,
        sealed=np.zeros((steps, gateways), np.int64),
        held=np.zeros((steps, links), np.int64),
        wait=np.zeros((steps, links), np.float32),
        used=np.zeros((steps, gateways), np.float32),
        least=np.zeros((steps, gateways), np.float32),
        sent=np.zeros((steps, gateways), np.float32),
        got=np.zeros((steps, gateways), np.float32),
        carried=np.zeros(links),
        up=np.zeros((steps, links), bool),
        went=[],
    )
    for step in range(steps):
        history.up[step] = up(step)
        _step(flow, history, step)
    return history


def _step(flow: Flow, history: History, step: int) -> None:
    mesh, prices = flow.mesh, flow.prices
    sealed, moved = _shares(flow, history.arrived[step] - flow.sealed, history.up[step])
    flow.sealed += sealed
    ahead = _urgent(flow, history, step, moved)
    moved = _move(flow, moved - ahead * TIMES)
    load = moved + ahead * TIMES
    batches, least, used = _paced(flow, sealed, load)
    history.sealed[step], history.held[step] = flow.sealed, flow.held
    history.least[step], history.used[step] = least, used
    seconds = flow.arrivals.seconds
    history.wait[step] = _wait(load, batches, sealed[mesh.log], seconds)
    size = (moved + ahead) * prices.wire + batches * mesh.figures.sizes.batch.value
    history.carried[:] += size
    history.sent[step] = np.bincount(mesh.source, size, len(mesh.places))
    history.got[step] = np.bincount(mesh.peer, size, len(mesh.places))


def _wait(load: Ints, batches: Floats, sealed: Ints, seconds: float) -> Floats:
    """Seconds between the batches of a link.

    Nothing waits that has a batch of its own; of what comes later than in its step the step says when.
    """
    alone = np.minimum(1.0, batches / np.maximum(load, 1))
    between = np.divide(seconds, batches, out=np.zeros_like(batches), where=batches > 0)
    return np.where(load > sealed, 0.0, between * (1 - alone))


def _move(flow: Flow, most: Ints) -> Ints:
    """Moves up to so many entries on each link: no more than its source holds by now."""
    before = flow.held.copy()
    for _ in range(HOPS):
        there = flow.available(flow.sealed, flow.held)
        flow.held = np.maximum(before, np.minimum(before + most, there))
    return flow.held - before


def _shares(flow: Flow, waiting: Ints, is_up: Bools) -> tuple[Ints, Ints]:
    """Messages that each gateway seals in a step, entries that each link may move."""
    mesh = flow.mesh
    sealed = _sealed(flow, waiting, is_up)
    want = flow.wanted(sealed, is_up)
    moved = want * _part(flow, sealed, want)
    slower = _hosts(flow, sealed, moved)
    return whole(sealed * slower[mesh.hosts]), whole(moved * slower[mesh.hosts[mesh.source]])


def _sealed(flow: Flow, waiting: Ints, is_up: Bools) -> Ints:
    """Publishing has what links leave of a process, and half of it at the least."""
    seal = flow.prices.seal
    most = np.minimum(waiting, whole(flow.capacity_us / seal))
    demand = _Demand(flow, flow.wanted(most, is_up))
    room = np.maximum(demand.free / 2, demand.free - demand.total)
    return np.minimum(most, whole(np.maximum(room, 0) / seal))


def _part(flow: Flow, sealed: Ints, want: Floats) -> Floats:
    """How much of what each link wants both of its processes let through."""
    demand = _Demand(flow, want)
    left = np.maximum(demand.free - sealed * flow.prices.seal, 0)
    given = max_min(demand.work, demand.whose, left)
    share = np.divide(given, demand.work, out=np.ones_like(given), where=demand.work > 0)
    return np.asarray(np.minimum(share[: len(want)], share[len(want) :]))


class _Demand:
    """What links want of processes: sending, then receiving. `free`: what batches leave of a process, µs."""

    def __init__(self, flow: Flow, want: Floats) -> None:
        mesh, prices, costs = flow.mesh, flow.prices, flow.mesh.figures.costs
        self.work = np.concatenate([want * prices.least_serve, want * prices.least_mirror])
        self.whose = np.concatenate([mesh.source, mesh.peer])
        self.total = np.bincount(self.whose, self.work, len(mesh.places))
        once = np.minimum(
            want, flow.arrivals.seconds
        )  # a batch a second comes by, whatever happens
        batches = np.concatenate([once * costs.send.value, once * costs.receive.value])
        self.free = flow.capacity_us - np.bincount(self.whose, batches, len(mesh.places))


def _hosts(flow: Flow, sealed: Ints, moved: Floats) -> Floats:
    """How much of what is wanted the machines can do on which the gateways stand."""
    mesh, prices = flow.mesh, flow.prices
    own = sealed * prices.seal
    work = np.bincount(mesh.hosts, own, len(mesh.host_cores))
    work += np.bincount(mesh.hosts[mesh.source], moved * prices.least_serve, len(work))
    work += np.bincount(mesh.hosts[mesh.peer], moved * prices.least_mirror, len(work))
    capacity = mesh.host_cores * flow.arrivals.seconds * 1e6
    return np.minimum(1.0, capacity / np.maximum(work, 1e-9))


def _urgent(flow: Flow, history: History, step: int, moved: Ints) -> Ints:
    """Entries that go ahead on each link in this step; they are noted."""
    ahead = np.zeros_like(moved)
    lacks = flow.available(flow.sealed, flow.held) - flow.held
    behind = lacks - moved > BEHIND  # of what this step brings all comes at once
    for link in [n for n in flow.gaps if not behind[n]]:
        del flow.gaps[link]
    for link in np.flatnonzero(behind & (moved > 0)).tolist():
        gap = flow.gaps.get(link)
        if gap is None:
            gap = flow.gaps[link] = Gap(link, step, _first_missing(flow, history, link))
        _extend(flow, history, gap)
        went = gap.take(int(lacks[link]), moved[link] / TIMES, step)
        history.went.extend(went)
        ahead[link] = sum(one.count for one in went)
    return ahead


def _first_missing(flow: Flow, history: History, link: int) -> int:
    """The first step of whose messages the peer holds none."""
    arrived = history.arrived[:, flow.mesh.log[link]]
    return int(np.searchsorted(arrived, flow.held[link], side="right")) + 1


def _extend(flow: Flow, history: History, gap: Gap) -> None:
    log = flow.mesh.log[gap.link]
    gap.drop_before(_first_missing(flow, history, gap.link))
    there = flow.available(flow.sealed, flow.held)[gap.link]
    stop = int(np.searchsorted(history.arrived[:, log], there, side="right"))
    seen = flow.mesh.entitled[gap.link]
    counts = flow.arrivals.counts[gap.next : stop, log][:, seen, :ROUTINE].sum(axis=1)
    gap.add(counts)


def _paced(flow: Flow, sealed: Ints, load: Ints) -> tuple[Floats, Floats, Floats]:
    """Batches on each link; processor of each gateway at a batch a second or in full ones, and as it is, µs.

    Each gateway makes its commits and batches smaller as long as its processor has time for it.
    """
    mesh, prices, costs = flow.mesh, flow.prices, flow.mesh.figures.costs
    seconds, count = flow.arrivals.seconds, len(mesh.places)
    commits = np.minimum(sealed, mesh.figures.machines.commits.value * seconds)
    most = np.minimum(np.minimum(load, prices.batches * seconds), commits[mesh.log])
    fewest = np.maximum(load / prices.batch, np.minimum(load, seconds))
    more = np.maximum(most - fewest, 0)
    least = sealed * prices.seal
    serve = load * prices.serve + fewest * costs.send.value
    mirror = load * prices.mirror + fewest * costs.receive.value
    least += np.bincount(mesh.source, serve, count) + np.bincount(mesh.peer, mirror, count)
    extra = np.maximum(commits - sealed / PUBLISHED, 0) * costs.commit.value
    extra += np.bincount(mesh.source, more * costs.send.value, count)
    extra += np.bincount(mesh.peer, more * costs.receive.value, count)
    spare = np.maximum(flow.capacity_us - least, 0)
    spent = np.minimum(1.0, spare / np.maximum(extra, 1e-9))
    batches = fewest + more * np.minimum(spent[mesh.source], spent[mesh.peer])
    return batches, least, least + extra * spent
