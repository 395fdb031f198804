"""The exchange beside what people would use instead: `make bench-peers`, or this file with --help.

Everyone gets the same load on the same machine in the same run: messages of 1 KB to one origin, copied
to three others. Each peer is set up from its own distribution; disks are synced alike where the peer can,
and by its defaults as well. Ours validates, applies agreements, signs, and returns receipts over mutual TLS.
"""

import argparse
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from integration.engines.cache import CACHE
from integration.engines.processes import EngineMissing
from integration.stack import prepare
from tests.bench import exchange
from tests.bench.peers import jetstream, mirrormaker
from tests.bench.peers.load import Load, Measured


@dataclass(frozen=True, slots=True)
class Contender:
    """Someone to be measured; `throughput_ratio` is what we want to be better by (0: not compared)."""

    name: str
    measure: Callable[[Load], Measured]
    throughput_ratio: float = 0.0


def ours(load: Load) -> Measured:
    """The exchange under that load."""
    with tempfile.TemporaryDirectory(prefix="yrd-bench-") as folder:
        stack = prepare(Path(folder))
        try:
            stack.start([exchange.ORIGIN, *exchange.PEERS])
            exchange.throughput(stack, exchange.drafts(exchange.WARM_UP, 0, load.size))
            fast = exchange.throughput(stack, exchange.drafts(load.messages, 1, load.size))
            slow = exchange.latency(stack, load.rate, load.seconds, 2, load.size)
        finally:
            stack.stop()
    return Measured(
        "Yangtze Delta exchange",
        fast.durable,
        slow.acknowledged_p50,
        slow.acknowledged_p99,
        slow.delivered_p50,
        slow.delivered_p99,
        "validated, agreements, signed, receipts, mutual TLS, synced each commit",
    )


def contenders(cache: Path) -> list[Contender]:
    """Everyone, ourselves first."""
    synced = "synced alike"
    return [
        Contender("ours", ours),
        Contender(f"kafka, {synced}", partial(mirrormaker.measure, cache=cache, synced=True), 2),
        Contender("kafka", partial(mirrormaker.measure, cache=cache, synced=False), 2),
        Contender(f"nats, {synced}", partial(jetstream.measure, cache=cache, synced=True), 5),
        Contender("nats", partial(jetstream.measure, cache=cache, synced=False)),
    ]


def table(rows: list[tuple[Contender, Measured]], load: Load) -> str:
    """The measurements as a table (Markdown); ratios are ours divided by theirs."""
    mine = rows[0][1]
    lines = [
        f"| {load.messages:,} messages of {load.size} bytes | copied to 3/s | ours is | wanted "
        f"| at {load.rate:,}/s: delivered p50 | p99 | acknowledged p50 | p99 |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for who, row in rows:
        times = (row.delivered_p50, row.delivered_p99, row.acknowledged_p50, row.acknowledged_p99)
        wanted = f"{who.throughput_ratio:g} ×" if who.throughput_ratio else ""
        ratio = "" if row is mine else f"{mine.copied / row.copied:.1f} ×"
        lines.append(
            f"| {row.name} ({row.notes}) | {row.copied:,.0f} | {ratio} | {wanted} | "
            + " | ".join(f"{time:.1f} ms" for time in times)
            + " |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measures everyone and prints the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--messages", type=int, default=50_000, help="messages as fast as they go")
    parser.add_argument("--size", type=int, default=1024, help="bytes of each")
    parser.add_argument("--rate", type=int, default=1000, help="messages/s for the latency")
    parser.add_argument("--seconds", type=int, default=10, help="how long the latency runs")
    parser.add_argument(
        "--cache", type=Path, default=CACHE, help="where the peers' programs are kept"
    )
    chosen = parser.parse_args()
    load = Load(chosen.size, chosen.messages, chosen.rate, chosen.seconds)
    chosen.cache.mkdir(parents=True, exist_ok=True)
    rows, absent = [], []
    for who in contenders(chosen.cache):
        print(f"{who.name} …", flush=True)
        try:
            rows.append((who, who.measure(load)))
        except EngineMissing as error:
            absent.append(f"left out: {who.name}: {error}")
    print("\n" + table(rows, load))
    print("\n" + "\n".join([*absent, *(f"{k}: {v}" for k, v in exchange.machine().items())]))


if __name__ == "__main__":
    main()
