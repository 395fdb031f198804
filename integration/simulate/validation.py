"""What the model says of runs that real gateways made, beside what these measured."""

import numpy as np

from integration.simulate.arrivals import PRIORITIES, ROUTINE, Arrivals
from integration.simulate.figures import Figure, Figures
from integration.simulate.fluid import History
from integration.simulate.mesh import build
from integration.simulate.provinces import participants
from integration.simulate.run import simulate
from integration.simulate.table import Column, Table

BENCH = {"movement": 0.72, "waybill": 0.12, "resource": 0.1, "incident": 0.06}
"""Shares of the load of `make bench`."""
PADDED, CORES = 1024.0, 2.0
"""Bytes of a message of that load, and the cores that all gateways share."""
LOOPBACK = 1e5
"""Mbit/s within one machine: more than anyone can use."""
PEERS = (0, 1, 2, 4)
"""Shanghai, Jiangsu, Zhejiang and the joint room, as in `make bench`."""


def figures_of_bench(figures: Figures) -> Figures:
    """The figures with the benchmark's messages, all of one size, and no way between the gateways."""

    def sized(figure: Figure, value: float) -> Figure:
        return figure.model_copy(update={"value": value})

    streams = {
        name: stream.model_copy(
            update={
                "size": sized(stream.size, PADDED),
                "whole": sized(stream.whole, stream.whole.value + PADDED - stream.size.value),
                "redacted": sized(
                    stream.redacted, stream.redacted.value + PADDED - stream.size.value
                ),
            }
        )
        for name, stream in figures.streams.items()
    }
    machines = figures.machines
    near = machines.model_copy(
        update={
            "uplink": sized(machines.uplink, LOOPBACK),
            "delay": sized(machines.delay, 0.0),
            "border_delay": sized(machines.border_delay, 0.0),
        }
    )
    return figures.model_copy(update={"streams": streams, "machines": near})


def _run(figures: Figures, peers: tuple[int, ...], count: int, seconds: int, cut: int) -> History:
    """The first of the delta's five publishes at once; for `cut` seconds nobody is reached. Steps of 1 s."""
    places = [participants(4)[at] for at in peers]
    made = figures_of_bench(figures)
    mesh = build(places, made, host_cores=CORES, delivered=False)
    counts = np.zeros((seconds, len(places), len(made.streams), len(PRIORITIES)), dtype=np.int64)
    for number, name in enumerate(made.streams):
        counts[0, 0, number, ROUTINE] = round(count * BENCH.get(name, 0.0))
    everything = np.ones(len(mesh.links), dtype=bool)
    return simulate(mesh, Arrivals(counts, 1.0), lambda step: everything & (step >= cut))


def _seconds(history: History, since: int) -> float:
    """Until all is held everywhere; the last step counts as far as it was needed."""
    total = history.arrived[-1][history.mesh.log]
    lacks = (total - history.held).max(axis=1)
    done = int(np.flatnonzero(lacks == 0)[0])
    rate = lacks[done - 2] - lacks[done - 1] if done >= since + 2 else lacks[done - 1]
    return done - since + float(lacks[done - 1] / max(rate, 1))


def throughput(figures: Figures) -> float:
    """Messages a second from publish until three peers hold them, all on one machine, as `make bench`."""
    count = 200_000
    return count / _seconds(_run(figures, PEERS, count, 120, 0), 0)


def catch_up(figures: Figures) -> float:
    """Entries a second that a peer takes which lacks many, as `make bench-catch-up`."""
    count, cut = 1_000_000, 100
    return count / _seconds(_run(figures, PEERS[:2], count, 300, cut), cut)


def table(figures: Figures) -> Table:
    """Both, beside what real gateways did."""
    runs = figures.runs
    rows = [
        (zh, en, found, measured.value, 100 * (found / measured.value - 1), measured.source)
        for zh, en, found, measured in (
            ("四网关吞吐", "throughput of four gateways", throughput(figures), runs.throughput),
            ("追赶", "catching up", catch_up(figures), runs.catch_up),
        )
    ]
    columns = (
        Column("zh", "项目", "zh"),
        Column("en", "run", "en"),
        Column("model", "模型 条/秒", "model, 1/s", 0),
        Column("measured", "实测 条/秒", "measured, 1/s", 0),
        Column("error", "误差 %", "error, %", 0),
        Column("source", "出处", "source"),
    )
    return Table("validation", "模型与真实网关", "The model beside real gateways", columns, rows)
