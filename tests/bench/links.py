"""What a link costs by entry and by batch: `make bench-links`, or this module with --help.

The figures that `yrd simulate` computes with (integration/simulate/figures.yaml). One origin publishes
vehicle movements: 320000 and 330000 may see them whole, from 340000 they are withheld, and to `joint` a
subscriber listens. In batches as quickly as they go a message costs what an entry costs; a few a second, one
by one, each has a commit, a batch and a receipt of its own, and costs these as well. With one peer, then with
all of them: the difference at the origin is what a peer costs. Processor time of each process, what idling
costs taken off, so that it matters little what else the machine does; and the growth of each store.
"""

import argparse
import os
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from gateway.audit.reading import open_readonly
from integration.drill.load import generate
from integration.stack import Stack, prepare
from tests.bench.exchange import BATCH, GIVE_UP_SECONDS, machine, own_size, publish_all
from yrd.exchange.v1.message_pb2 import Draft

ORIGIN, WHOLE, WITHHELD, LISTENED = "310000", ("320000", "330000"), "340000", "joint"
ALL = (*WHOLE, WITHHELD, LISTENED)
POLL_SECONDS, IDLE_SECONDS = 0.05, 5.0
TICKS = os.sysconf("SC_CLK_TCK")


def movements(count: int, seed: int, size_bytes: int) -> list[Draft]:
    """Vehicle movements, padded to a size; 0: as they are."""
    start = datetime.now(UTC) - timedelta(days=300) + seed * timedelta(days=1)
    made = generate(ORIGIN, count * 2, seed, start, size_bytes)
    return list(islice((d for d in made if d.HasField("vehicle_movement")), count))


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def processor(stack: Stack) -> dict[str, float]:
    """Seconds that each gateway has used; the checking processes of the origin under "checkers"."""
    found = {name: _ticks(process.pid) / TICKS for name, process in stack.processes.items()}
    found["checkers"] = sum(map(_ticks, _children(stack.processes[ORIGIN].pid))) / TICKS
    return found


def stored(stack: Stack) -> dict[str, int]:
    """Bytes in use in each store, wherever they lie."""
    return {name: _stored(stack.members[name].store) for name in stack.processes}


def _stored(path: Path) -> int:
    with closing(open_readonly(path)) as connection:
        (pages,), (size,) = (
            connection.execute(f"PRAGMA {name}").fetchone() for name in ("page_count", "page_size")
        )
    return int(pages * size)


@dataclass(frozen=True, slots=True)
class Used:
    """For a message: microseconds of each process beyond idling, bytes in each store."""

    microseconds: Mapping[str, float]
    stored_bytes: Mapping[str, float]


def idle(stack: Stack) -> dict[str, float]:
    """Processor seconds a second while nothing is published."""
    before = processor(stack)
    time.sleep(IDLE_SECONDS)
    return {name: (used - before[name]) / IDLE_SECONDS for name, used in processor(stack).items()}


def _settle(stack: Stack, size: int) -> None:
    """Waits until every peer that runs has cosigned so much."""
    client, peers = stack.members[ORIGIN].client(), set(stack.processes) - {ORIGIN}
    give_up = time.monotonic() + GIVE_UP_SECONDS
    while time.monotonic() < give_up:
        held = {link.participant: link.cosigned_size for link in client.status().links}
        if all(held.get(peer, 0) >= size for peer in peers):
            return
        time.sleep(POLL_SECONDS)
    raise SystemExit(f"peers did not hold {size} entries after {GIVE_UP_SECONDS:g} s")


def measure(stack: Stack, made: Sequence[Draft], rate: float | None) -> Used:
    """Publishes, in batches or (with a rate, messages/s) one by one, until all peers hold all."""
    client = stack.members[ORIGIN].client(timeout_seconds=GIVE_UP_SECONDS)
    resting, target = idle(stack), own_size(client) + len(made)
    before, sizes, began = processor(stack), stored(stack), time.perf_counter()
    if rate is None:
        publish_all(client, made)
    else:
        _one_by_one(stack, made, rate)
    _settle(stack, target)
    seconds, after, now = time.perf_counter() - began, processor(stack), stored(stack)
    spent = {n: after[n] - before.get(n, 0.0) - resting.get(n, 0.0) * seconds for n in after}
    return Used(
        {name: 1e6 * used / len(made) for name, used in spent.items()},
        {name: (size - sizes[name]) / len(made) for name, size in now.items()},
    )


def _one_by_one(stack: Stack, made: Sequence[Draft], rate: float) -> None:
    begin = time.perf_counter()
    with stack.members[ORIGIN].client().sender() as sender:
        for number, draft in enumerate(made):
            time.sleep(max(0.0, begin + number / rate - time.perf_counter()))
            if not (result := sender.send(draft).result()).HasField("accepted"):
                raise SystemExit(f"refused: {result.error.message}")


@contextmanager
def listening(stack: Stack, name: str) -> Iterator[None]:
    """A subscriber of everything at a gateway."""
    client = stack.members[name].client()
    subscription = client.subscribe(after_offset=client.status().last_offset)
    batches = iter(subscription)
    reader = threading.Thread(target=lambda: [None for _ in batches], daemon=True)
    reader.start()
    try:
        yield
    finally:
        subscription.cancel()
        reader.join()


def rows(stack: Stack, chosen: argparse.Namespace) -> Iterator[tuple[str, Used]]:
    """Each run with its name."""
    few, number = int(chosen.rate * chosen.seconds), 10

    def load(count: int, seed: int) -> list[Draft]:
        return movements(count, seed, chosen.size)

    for peers in (WHOLE[:1], ALL):
        stack.start([n for n in (ORIGIN, *peers) if n not in stack.processes])
        measure(stack, load(2 * BATCH, number), None)  # connections, caches, checking processes
        name = f"{len(peers)} peer{'s' * (len(peers) > 1)}"
        for round_ in range(1, chosen.runs + 1):
            seed = number + round_
            yield f"{name}, in batches", measure(stack, load(chosen.messages, seed), None)
            yield f"{name}, one by one", measure(stack, load(few, seed + 100), chosen.rate)
        number += 20
    with listening(stack, LISTENED):
        yield "4 peers, in batches, subscriber", measure(stack, load(chosen.messages, 90), None)
        yield "4 peers, one by one, subscriber", measure(stack, load(few, 91), chosen.rate)


def line(name: str, used: Used) -> str:
    """A run as a line of the table."""
    order = (ORIGIN, "checkers", *ALL)
    micro = " | ".join(f"{used.microseconds.get(p, 0):,.0f}" for p in order)
    disk = " | ".join(f"{used.stored_bytes.get(p, 0):,.0f}" for p in (ORIGIN, WHOLE[0], WITHHELD))
    return f"| {name} | {micro} | {disk} |"


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--messages", type=int, default=20_000, help="in a run in batches")
    parser.add_argument("--rate", type=float, default=20.0, help="messages/s one by one")
    parser.add_argument("--seconds", type=float, default=15.0, help="how long one by one")
    parser.add_argument("--size", type=int, default=0, help="pad messages to so many bytes")
    parser.add_argument("--runs", type=int, default=2, help="of each kind")
    return parser.parse_args()


def main() -> None:
    """Runs the benchmark and prints its table."""
    chosen = arguments()
    each = sum(d.ByteSize() for d in movements(1000, 1, chosen.size)) / 1000
    with tempfile.TemporaryDirectory(prefix="yrd-bench-") as folder:
        stack = prepare(Path(folder))
        try:
            print(f"µs of processor and bytes stored, for a movement of {each:.0f} bytes")
            print(
                "| run | origin | its checkers | 320000 | 330000 | 340000 withheld | joint", end=""
            )
            print(" | bytes at origin | at 320000 | at 340000 |")
            print("|---" + "|---:" * 9 + "|")
            for name, used in rows(stack, chosen):
                print(line(name, used), flush=True)
        finally:
            stack.stop()
    print("\n".join(["", *(f"{name}: {value}" for name, value in machine().items())]))


if __name__ == "__main__":
    main()
