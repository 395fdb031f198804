"""Deliveries to one peer while another catches up: `make bench-beside`, or this module with --help.

An origin and a first peer hold a long log, a second peer has none of it. Messages are published one by one
at a fixed rate and timed until a subscriber at the first peer has them: alone, then while the second catches
up. All gateways, the publisher and the subscriber share this machine.
"""

import argparse
import tempfile
import time
from pathlib import Path

from integration.stack import Stack, prepare
from tests.bench import gap
from tests.bench.catch_up import held
from tests.bench.exchange import Latency, latency, machine

ORIGIN, STEADY, LATE = "310000", "330000", "320000"
POLL_SECONDS = 0.2
SLICE_SECONDS = 5.0
"""Catching up is measured in slices of so long, for as long as it lasts."""


def wait_held(stack: Stack, peer: str, size: int) -> float:
    """Seconds until a peer has the log up to `size`."""
    began = time.perf_counter()
    while held(stack.members[peer]) < size:
        time.sleep(POLL_SECONDS)
    return time.perf_counter() - began


def measure(stack: Stack, size: int, rate: float, size_bytes: int) -> list[tuple[str, Latency]]:
    """The rows: alone, then each slice that ended before the second peer had caught up."""
    steady = (STEADY,)
    latency(stack, rate, 1.0, 1, size_bytes, steady)
    rows = [("alone", latency(stack, rate, SLICE_SECONDS, 2, size_bytes, steady))]
    stack.start([LATE])
    for number in range(1, 1000):
        row = latency(stack, rate, SLICE_SECONDS, 2 + number, size_bytes, steady)
        done = held(stack.members[LATE])
        if done >= size:
            break
        rows.append((f"while the other catches up, {done:,} entries", row))
        print(rows[-1][0], row, flush=True)
    return rows


def main() -> None:
    """Measures and prints a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--entries", type=int, default=1_000_000, help="length of the log")
    parser.add_argument("--size", type=int, default=1024, help="bytes of each message")
    parser.add_argument("--rate", type=float, default=1000.0, help="messages/s")
    parser.add_argument("--folder", type=Path, help="where to work (default: a temporary one)")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="yrd-bench-", dir=chosen.folder) as folder:
        stack = prepare(Path(folder))
        stack.start([ORIGIN])  # it seals its agreements; what lies before them is for nobody
        stack.stop()
        made = gap.write(stack.members[ORIGIN].config, chosen.entries, chosen.size)
        print(f"{made.entries:,} entries written in {made.seconds:.1f} s", flush=True)
        try:
            stack.start([ORIGIN, STEADY])
            print(f"the first peer has them after {wait_held(stack, STEADY, made.size):.1f} s")
            rows = measure(stack, made.size, chosen.rate, chosen.size)
        finally:
            stack.stop()
    print(f"\n| at {chosen.rate:,.0f}/s | acknowledged p50 / p99, ms | delivered p50 / p99, ms |")
    print("|---|---:|---:|")
    for name, row in rows:
        acknowledged = f"{row.acknowledged_p50:.1f} / {row.acknowledged_p99:.1f}"
        delivered = f"{row.delivered_p50:.1f} / {row.delivered_p99:.1f}"
        print(f"| {name} | {acknowledged} | {delivered} |")
    print("\n" + "\n".join(f"{k}: {v}" for k, v in machine().items()))


if __name__ == "__main__":
    main()
