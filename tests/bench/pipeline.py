"""How fast messages become states: `make bench-pipeline`, or this file with --help.

Side by side over the same serialised messages, with as many processes each: the Beam graph (decode → fold →
merge per key) and a loop written by hand that does the same work, with the same functions and without Beam.
They must agree to the byte. Processor time is that of all processes, from their start to their end.
"""

import argparse
import json
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

from integration.drill.load import generate
from pipelines.facts.state import Folding, merge_all, serialise
from pipelines.facts.taking_in import take_in
from pipelines.running.graph import run
from tests.bench.exchange import machine
from tests.bench.processes import processor_seconds
from yrd.exchange.v1.message_pb2 import Message
from yrd.state.v1.state_pb2 import State

BATCH = 500
ORIGINS = ("310000", "320000", "330000", "340000")

States = dict[str, bytes]
_shares: list[Sequence[list[bytes]]] = []


def messages(count: int, size_bytes: int) -> list[bytes]:
    """Serialised messages of four provinces, as the graph is given them."""
    begin = datetime.now(UTC) - timedelta(days=30)
    made: list[bytes] = []
    for number, origin in enumerate(ORIGINS):
        drafts = generate(origin, count // len(ORIGINS), number, begin, size_bytes)
        for sequence, draft in enumerate(drafts):
            message = Message.FromString(draft.SerializeToString())
            message.stamp.origin, message.stamp.sequence = origin, sequence
            message.stamp.sealed_time.CopyFrom(draft.header.reported_time)
            made.append(message.SerializeToString())
    return made


def batched(made: Sequence[bytes]) -> list[list[bytes]]:
    """In batches, as they are read."""
    return [list(made[start : start + BATCH]) for start in range(0, len(made), BATCH)]


def by_hand(batches: Sequence[list[bytes]], processes: int) -> States:
    """The same work without Beam: each process folds its share, then what they found is merged.

    Processes are forked with their shares in memory, so that these cost nothing to hand on.
    """
    _shares[:] = [batches[n::processes] for n in range(processes)]
    with ProcessPoolExecutor(processes, get_context("fork")) as pool:
        parts = list(pool.map(_fold_share, range(processes)))
    return {key: merged(p[key] for p in parts if key in p) for key in sorted({*_keys(parts)})}


def _keys(parts: Iterable[States]) -> Iterator[str]:
    for part in parts:
        yield from part


def merged(states: Iterable[bytes]) -> bytes:
    """One state of several."""
    return serialise(merge_all(State.FromString(data) for data in states))


def _fold_share(number: int) -> States:
    folding = Folding()
    for batch in _shares[number]:
        take_in(folding, batch)
    return {key.text(): serialise(state) for key, state in folding.states().items()}


def with_beam(batches: Sequence[list[bytes]], processes: int) -> States:
    """The graph that the live run and the backfill use."""
    return run(batches, [], None, processes).states


def main() -> None:
    """Runs both and prints a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--events", type=int, default=1_000_000, help="messages in a run")
    parser.add_argument("--size", type=int, default=500, help="bytes of each message")
    parser.add_argument("--processes", type=int, default=2, help="processes of each way")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there, too")
    chosen = parser.parse_args()
    batches = batched(messages(chosen.events, chosen.size))
    count = sum(map(len, batches))
    print(f"{count:,} messages made", flush=True)
    found, rates, costs = {}, {}, {}
    for name, way in (("by hand", by_hand), ("Beam graph", with_beam)):
        before, started = processor_seconds(), time.perf_counter()
        found[name] = way(batches, chosen.processes)
        rates[name] = count / (time.perf_counter() - started)
        costs[name] = (processor_seconds() - before) / count * 1e6
        print(f"{name}: {rates[name]:,.0f} messages/s, {costs[name]:.1f} µs each", flush=True)
    if found["by hand"] != found["Beam graph"]:
        raise SystemExit("the two ways differ: this measures nothing")
    entities = sum(len(State.FromString(d).entities.held) for d in found["by hand"].values())
    title = f"decode → fold → merge, {chosen.processes} processes"
    print(f"\n| {title} | messages/s | of by hand | µs of processor |")
    print("|---|---:|---:|---:|")
    for name, rate in rates.items():
        print(f"| {name} | {rate:,.0f} | {rate / rates['by hand']:.2f} | {costs[name]:.1f} |")
    print(f"\n{entities:,} slots under {len(found['by hand'])} keys")
    print("\n".join(f"{name}: {value}" for name, value in machine().items()))
    if chosen.json:
        chosen.json.write_text(
            json.dumps({"rates": rates, "costs": costs, "events": count}, indent=1)
        )


if __name__ == "__main__":
    main()
