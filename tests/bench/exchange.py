"""How fast the exchange is: `make bench`, or this file with --help.

Throughput: from the first publish until every message is durable at all peers (three, or --peers), which
is when the origin holds a receipt of each that covers it. Validation, agreements and signatures are on; the
gateways, each a process of its own over mutual TLS, run on this machine beside the publisher.

Latency: messages sent one by one at a fixed rate, whatever the answers do; until acknowledged, and
until delivered to a subscriber at each of the peers (synced to disk at both ends).

With --postgres all of it twice: the origin's store in SQLite, then in a PostgreSQL server that is started
for it.

Processor time: what each process used for a message of the throughput, in the run that used least.
"""

import argparse
import json
import platform
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib.metadata import version
from pathlib import Path

from client import ExchangeClient
from integration.drill.load import generate
from integration.engines import postgres
from integration.stack import Stack, prepare
from tests.bench import usage
from yrd.exchange.v1.message_pb2 import Draft
from yrd.exchange.v1.service_pb2 import PublishResult

ORIGIN, PEERS = "310000", ("320000", "330000", "joint")  # entitled to all of the load
BATCH = 500
WARM_UP = 5_000
POLL_SECONDS = 0.02
GIVE_UP_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Throughput:
    """Messages a second."""

    messages: int
    bytes_each: float
    seconds_acknowledged: float
    seconds_durable: float

    @property
    def acknowledged(self) -> float:
        """Until the origin has acknowledged all."""
        return self.messages / self.seconds_acknowledged

    @property
    def durable(self) -> float:
        """Until three peers hold all."""
        return self.messages / self.seconds_durable


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds at a rate (messages a second)."""

    rate: float
    messages: int
    acknowledged_p50: float
    acknowledged_p99: float
    delivered_p50: float
    delivered_p99: float


def drafts(count: int, seed: int, size_bytes: int) -> list[Draft]:
    """The load: realistic shares of types, each message filled up to the size."""
    # later runs tell later things, one a second, as ids made at their time do
    start = datetime.now(UTC) - timedelta(days=30) + seed * timedelta(seconds=count)
    return list(generate(ORIGIN, count, seed, start, size_bytes))


def batches(made: Sequence[Draft], size: int) -> Iterator[Sequence[Draft]]:
    """The load cut into batches."""
    for start in range(0, len(made), size):
        yield made[start : start + size]


def publish_all(client: ExchangeClient, made: Sequence[Draft]) -> None:
    """Publishes; every single message must be accepted."""
    for results in client.publish_stream(batches(made, BATCH)):
        refused = [r.error.message for r in results if not r.HasField("accepted")]
        if refused:
            raise SystemExit(f"refused: {refused[0]}")


def own_size(client: ExchangeClient) -> int:
    """Size of the origin's log."""
    return client.status().logs[0].size


def wait_durable(client: ExchangeClient, size: int, peers: Sequence[str] = PEERS) -> None:
    """Waits for receipts of the peers that cover `size` entries."""
    give_up = time.monotonic() + GIVE_UP_SECONDS
    while time.monotonic() < give_up:
        receipts = {link.participant: link.cosigned_size for link in client.status().links}
        if all(receipts[peer] >= size for peer in peers):
            return
        time.sleep(POLL_SECONDS)
    raise SystemExit(f"peers did not hold {size} entries after {GIVE_UP_SECONDS:g} s")


def throughput(stack: Stack, made: Sequence[Draft], peers: Sequence[str] = PEERS) -> Throughput:
    """Publishes as fast as the gateway takes them."""
    count = len(made)
    client = stack.members[ORIGIN].client(timeout_seconds=GIVE_UP_SECONDS)
    target = own_size(client) + count
    started = time.perf_counter()
    publish_all(client, made)
    acknowledged = time.perf_counter()
    wait_durable(client, target, peers)
    durable = time.perf_counter()
    size = sum(draft.ByteSize() for draft in made) / count
    return Throughput(count, size, acknowledged - started, durable - started)


class Arrivals:
    """Notes when each message reached a subscriber of each peer."""

    def __init__(self, stack: Stack, wanted: frozenset[str], peers: Sequence[str]) -> None:
        self._wanted, self._peers = wanted, peers
        self.times: dict[str, dict[str, float]] = {peer: {} for peer in peers}
        self._subscriptions = []
        self._complete = threading.Semaphore(0)
        for peer in peers:
            client = stack.members[peer].client()
            after = client.status().last_offset
            subscription = client.subscribe(after_offset=after)
            self._subscriptions.append(subscription)
            threading.Thread(
                target=self._listen, args=(peer, iter(subscription)), daemon=True
            ).start()

    def _listen(self, peer: str, batches_: Iterator[object]) -> None:
        seen = self.times[peer]
        for batch in batches_:
            now = time.perf_counter()
            for message in batch.messages:  # type: ignore[attr-defined]
                if message.header.message_id in self._wanted:
                    seen[message.header.message_id] = now
            if len(seen) == len(self._wanted):
                self._complete.release()
                return

    def wait(self) -> dict[str, float]:
        """When the last of the peers had it, for each message."""
        for _ in self._peers:
            if not self._complete.acquire(timeout=GIVE_UP_SECONDS):
                raise SystemExit("not every message was delivered")
        for subscription in self._subscriptions:
            subscription.cancel()
        return {m: max(self.times[peer][m] for peer in self._peers) for m in self._wanted}


def latency(
    stack: Stack,
    rate: float,
    seconds: float,
    seed: int,
    size_bytes: int,
    peers: Sequence[str] = PEERS,
) -> Latency:
    """Publishes one message after the other on a stream, each at its time."""
    made = drafts(int(rate * seconds), seed, size_bytes)
    arrivals = Arrivals(stack, frozenset(d.header.message_id for d in made), peers)
    time.sleep(0.5)
    sent, acknowledged = [0.0] * len(made), [0.0] * len(made)
    begin = time.perf_counter() + 0.1
    with stack.members[ORIGIN].client().sender() as sender:
        for number, draft in enumerate(made):
            sent[number] = due = begin + number / rate  # late sending counts as latency
            pause = due - time.perf_counter()
            if pause > 0:
                time.sleep(pause)
            sender.send(draft).add_done_callback(partial(_note, acknowledged, number))
    delivered = arrivals.wait()
    acks = [1000 * (a - s) for a, s in zip(acknowledged, sent, strict=True)]
    ends = [1000 * (delivered[d.header.message_id] - s) for d, s in zip(made, sent, strict=True)]
    return Latency(rate, len(made), *_quantiles(acks, (0.5, 0.99)), *_quantiles(ends, (0.5, 0.99)))


def _note(times: list[float], number: int, done: "Future[PublishResult]") -> None:
    if not done.result().HasField("accepted"):
        raise SystemExit(f"refused: {done.result().error.message}")
    times[number] = time.perf_counter()


def _quantiles(values: Sequence[float], which: Sequence[float]) -> list[float]:
    ordered = sorted(values)
    return [ordered[min(len(ordered) - 1, int(q * len(ordered)))] for q in which]


def machine() -> dict[str, str]:
    """What it ran on."""
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    packages = ("grpcio", "protobuf", "protovalidate", "cryptography")
    return {
        "cpu": f"{len(names) or 1} × {names[0] if names else cpu}",
        "system": platform.platform(),
        "python": platform.python_version(),
        **{name: version(name) for name in packages},
    }


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured with the origin's store in one place."""

    store: str
    rows: list[Throughput]
    slow: Latency
    spent: usage.Usage

    def as_json(self) -> dict[str, object]:
        """For a file."""
        rows = [
            asdict(r) | {"acknowledged": r.acknowledged, "durable": r.durable} for r in self.rows
        ]
        return {"store": self.store, "throughput": rows, "latency": asdict(self.slow)}


def measure(
    chosen: argparse.Namespace, store: str, server: postgres.Server | None = None
) -> Measured:
    """Gateways of their own; the origin's store is in the database server, if there is one."""
    peers = PEERS[: chosen.peers]
    with tempfile.TemporaryDirectory(prefix="yrd-bench-") as folder:
        stack = prepare(Path(folder))
        try:
            if server:
                with stack.members[ORIGIN].config.open("a") as file:
                    file.write(f"store: {server.create('bench')}\n")
            stack.start([ORIGIN, *peers])
            throughput(stack, drafts(WARM_UP, 0, chosen.size), peers)
            rows, spent = [], []
            for run in range(1, chosen.runs + 1):
                made = drafts(chosen.messages, run, chosen.size)
                before = _everyone(stack, server)
                rows.append(throughput(stack, made, peers))
                spent.append(usage.since(before, _everyone(stack, server)))
                print(f"{store}, run {run}: {rows[-1].durable:,.0f} messages/s", flush=True)
            slow = latency(stack, chosen.rate, chosen.seconds, chosen.runs + 1, chosen.size, peers)
        finally:
            stack.stop()
    return Measured(store, rows, slow, min(spent, key=usage.together))


def _everyone(stack: Stack, server: postgres.Server | None) -> usage.Usage:
    found = dict(usage.everyone(stack))
    if server:
        found["PostgreSQL"] = usage.family(server.group.pid("postgres"))
    return found


def table(found: Sequence[Measured], on: dict[str, str]) -> str:
    """The measurements as tables (Markdown)."""
    lines = [
        "| store | run | messages | bytes each | acknowledged/s | durable at all peers/s |",
        "|---|---|---:|---:|---:|---:|",
    ]
    for one in found:
        for number, row in enumerate(one.rows, 1):
            lines.append(
                f"| {one.store} | {number} | {row.messages:,} | {row.bytes_each:,.0f} "
                f"| {row.acknowledged:,.0f} | {row.durable:,.0f} |"
            )
    rate = found[0].slow.rate
    lines += [
        "",
        f"| store | at {rate:,.0f} messages/s: acknowledged p50 / p99 | delivered at all peers p50 / p99 |",
        "|---|---:|---:|",
    ]
    for one in found:
        slow = one.slow
        lines.append(
            f"| {one.store} | {slow.acknowledged_p50:.1f} / {slow.acknowledged_p99:.1f} ms "
            f"| {slow.delivered_p50:.1f} / {slow.delivered_p99:.1f} ms |"
        )
    return "\n".join([*lines, "", *(f"{name}: {value}" for name, value in on.items())])


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--peers", type=int, choices=(1, 2, 3), default=3, help="that take part, beside the origin"
    )
    parser.add_argument("--messages", type=int, default=50_000, help="messages in each run")
    parser.add_argument("--runs", type=int, default=3, help="runs of the throughput measurement")
    parser.add_argument("--size", type=int, default=1024, help="bytes of each message")
    parser.add_argument("--rate", type=float, default=1000.0, help="messages/s for the latency")
    parser.add_argument("--seconds", type=float, default=10.0, help="how long the latency runs")
    parser.add_argument(
        "--postgres", action="store_true", help="then again with the origin's store in PostgreSQL"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there, too")
    return parser.parse_args()


def main() -> None:
    """Runs the benchmark and prints its table."""
    chosen = arguments()
    found = [measure(chosen, "SQLite")]
    if chosen.postgres:
        with postgres.server() as server:
            found.append(measure(chosen, "PostgreSQL", server))
    on = machine() | ({"PostgreSQL": postgres.version()} if chosen.postgres else {})
    print("\n" + table(found, on))
    for one in found:
        print(f"\n{one.store}\n" + usage.table(one.spent, chosen.messages))
    if chosen.json:
        results = {"stores": [one.as_json() for one in found], "machine": on}
        chosen.json.write_text(json.dumps(results, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
