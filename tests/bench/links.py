"""What a link costs by entry and by batch: `make bench-links`, or this module with --help.

The figures that `yrd simulate` computes with (integration/simulate/figures.yaml). One origin publishes
vehicle movements: 320000 and 330000 may see them whole, from 340000 they are withheld, and to `joint` a
subscriber listens. In batches as quickly as they go a message costs what an entry costs; a few a second, one
by one, each has a commit, a batch and a receipt of its own, and costs these as well. With one peer, then with
all of them: the difference at the origin is what a peer costs. As they are and padded to 1 KB: the difference
is what bytes cost. At last all four others publish one by one, to see what batches of several origins cost a
peer. Processor time of each process, what idling costs taken off, so that it matters little what else the
machine does; and the growth of each store.
"""

import argparse
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice, product
from pathlib import Path

from gateway.audit.reading import open_readonly
from integration.drill.load import generate
from integration.stack import Stack, prepare
from tests.bench import link_costs, usage
from tests.bench.exchange import GIVE_UP_SECONDS, machine, own_size, publish_all
from tests.bench.link_costs import BATCH, CHECKING, LISTENED, ORIGIN, WHOLE, WITHHELD, Kind, Used
from yrd.exchange.v1.message_pb2 import Draft

ALL = (WHOLE, "330000", WITHHELD, LISTENED)
POLL_SECONDS, IDLE_SECONDS, PADDED = 0.05, 5.0, 1024


def movements(count: int, seed: int, size_bytes: int, origin: str = ORIGIN) -> list[Draft]:
    """Vehicle movements, padded to a size; 0: as they are."""
    start = datetime.now(UTC) - timedelta(days=300) + seed * timedelta(days=1)
    made = generate(origin, count * 2, seed, start, size_bytes)
    return list(islice((d for d in made if d.HasField("vehicle_movement")), count))


def processor(stack: Stack) -> dict[str, float]:
    """Seconds that each gateway has used, its checking processes by themselves."""
    return {name: one.cpu_seconds for name, one in usage.everyone(stack).items()}


def stored(stack: Stack) -> dict[str, int]:
    """Bytes in use in each store, wherever they lie."""
    return {name: _stored(stack.members[name].store) for name in stack.processes}


def _stored(path: Path) -> int:
    with closing(open_readonly(path)) as connection:
        (pages,), (size,) = (
            connection.execute(f"PRAGMA {name}").fetchone() for name in ("page_count", "page_size")
        )
    return int(pages * size)


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
        _one_by_one(stack, ORIGIN, made, rate)
    _settle(stack, target)
    seconds, after, now = time.perf_counter() - began, processor(stack), stored(stack)
    return Used(
        sum(draft.ByteSize() for draft in made) / len(made),
        {
            n: _beyond(after[n], before.get(n, 0.0), resting.get(n, 0.0) * seconds, made)
            for n in after
        },
        {name: (size - sizes[name]) / len(made) for name, size in now.items()},
    )


def _beyond(after: float, before: float, resting: float, made: Sequence[Draft]) -> float:
    """Microseconds a message beyond what idling costs."""
    return 1e6 * (after - before - resting) / len(made)


def _one_by_one(stack: Stack, origin: str, made: Sequence[Draft], rate: float) -> None:
    begin = time.perf_counter()
    with stack.members[origin].client().sender() as sender:
        for number, draft in enumerate(made):
            time.sleep(max(0.0, begin + number / rate - time.perf_counter()))
            if not (result := sender.send(draft).result()).HasField("accepted"):
                raise SystemExit(f"refused: {result.error.message}")


def from_several(stack: Stack, rate: float, seconds: float) -> float:
    """Microseconds of `joint` for a batch, while four origins publish one by one."""
    origins = [ORIGIN, *(name for name in ALL if name != LISTENED)]
    loads = {o: movements(int(rate * seconds), 150, 0, o) for o in origins}
    resting, before = idle(stack)[LISTENED], processor(stack)[LISTENED]
    began = time.perf_counter()
    threads = [
        threading.Thread(target=_one_by_one, args=(stack, o, made, rate))
        for o, made in loads.items()
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    time.sleep(1.0)  # for the last ones to arrive
    spent = processor(stack)[LISTENED] - before - resting * (time.perf_counter() - began)
    return 1e6 * spent / sum(map(len, loads.values()))


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


def kinds(rounds: int) -> Iterator[Kind]:
    """Runs, in the order in which gateways come up."""
    for peers, size in product((1,) * rounds + (4,) * rounds, (0, PADDED)):
        yield Kind(peers, size, single=False)
        yield Kind(peers, size, single=True)
        if peers == 4:
            yield Kind(peers, size, single=False, listened=True)


def runs(stack: Stack, chosen: argparse.Namespace) -> Iterator[tuple[Kind, Used]]:
    """Each run with what it used."""
    few, seed = int(chosen.rate * chosen.seconds), 10
    for kind in kinds(chosen.runs):
        absent = [n for n in (ORIGIN, *ALL[: kind.peers]) if n not in stack.processes]
        if absent:
            stack.start(absent)
            measure(stack, movements(2 * BATCH, seed, 0), None)  # connections, caches, checking
        made = movements(few if kind.single else chosen.messages, seed + 1, kind.size)
        rate = chosen.rate if kind.single else None
        if kind.listened:
            with listening(stack, LISTENED):
                yield kind, measure(stack, made, rate)
        else:
            yield kind, measure(stack, made, rate)
        seed += 2


def line(kind: Kind, used: Used) -> str:
    """A run as a line of the table."""
    how = "one by one" if kind.single else "in batches"
    more = ", subscriber" if kind.listened else ""
    processes = (ORIGIN, CHECKING, *ALL)
    micro = " | ".join(f"{used.microseconds.get(p, 0):,.0f}" for p in processes)
    disk = " | ".join(f"{used.stored_bytes.get(p, 0):,.0f}" for p in (ORIGIN, WHOLE, WITHHELD))
    return f"| {kind.peers} | {used.bytes_each:,.0f} | {how}{more} | {micro} | {disk} |"


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--messages", type=int, default=20_000, help="in a run in batches")
    parser.add_argument("--rate", type=float, default=20.0, help="messages/s one by one")
    parser.add_argument("--seconds", type=float, default=15.0, help="how long one by one")
    parser.add_argument("--runs", type=int, default=3, help="of each kind; costs are their means")
    return parser.parse_args()


def main() -> None:
    """Runs the benchmark and prints its table, and the costs that follow."""
    chosen, found = arguments(), defaultdict[Kind, list[Used]](list)
    with tempfile.TemporaryDirectory(prefix="yrd-bench-") as folder:
        stack = prepare(Path(folder))
        try:
            print("µs of processor and bytes stored, for a movement")
            print(
                "| peers | bytes | run | origin | checking | 320000 | 330000 | 340000 withheld",
                end="",
            )
            print(" | joint | stored at origin | at 320000 | at 340000 |")
            print("|---:|---:|---" + "|---:" * 9 + "|")
            for kind, used in runs(stack, chosen):
                found[kind].append(used)
                print(line(kind, used), flush=True)
            several = from_several(stack, chosen.rate, chosen.seconds)
        finally:
            stack.stop()
    print(f"\nfour origins one by one: {several:,.0f} µs of joint for each batch of one\n")
    means = {kind: link_costs.mean(some) for kind, some in found.items()}
    for name, cost in link_costs.costs(means, PADDED).items():
        print(f"{name}: {cost:,.1f}")
    print("\n".join(["", *(f"{name}: {value}" for name, value in machine().items())]))


if __name__ == "__main__":
    main()
