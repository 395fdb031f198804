"""What a message costs as a store grows: `make bench-growth`, or this module with --help.

A log is made longer step by step, by the gateway's own commits. At each length are measured: sealing and
storing the next messages (processor time), finding a message by its id, reading a page from anywhere,
an inclusion proof, and how long a gateway takes from its start until it serves.
"""

import argparse
import random
import socket
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from gateway import config as configs
from gateway.log.checkpoint import log_origin
from gateway.store.sqlite import SqliteStore
from integration.stack import Member, prepare
from schemas.message_ids import as_bytes
from tests.bench import gap
from tests.bench.exchange import machine
from yrd.exchange.v1.message_pb2 import Leaf

PARTICIPANT = "310000"
LENGTHS = (10_000, 100_000, 1_000_000, 10_000_000)
MEASURED, LOOKUPS, PAGE = 20_000, 500, 500


@dataclass(frozen=True, slots=True)
class Row:
    """At one length: microseconds for a message, or for a look-up; seconds; bytes an entry."""

    entries: int
    store_us: float
    find_us: float
    page_us: float
    proof_us: float
    start_seconds: float
    bytes_each: float


def measure(member: Member, start: Callable[[], float], length: int, size_bytes: int) -> Row:
    """Fills the store up to a length and measures there."""
    missing = length - _size(member)
    if missing > 0:
        gap.write(member.config, missing, size_bytes)
    seconds = start()
    began = time.process_time()
    gap.write(member.config, MEASURED, size_bytes)
    store_us = (time.process_time() - began) / MEASURED * 1e6
    config = configs.load(member.config)
    path = config.data_dir / "gateway.db"
    store = SqliteStore(path, PARTICIPANT)
    try:
        found = _lookups(store, log_origin(PARTICIPANT), length)
    finally:
        store.close()
    return Row(length, store_us, *found, seconds, path.stat().st_size / (length + MEASURED))


def _size(member: Member) -> int:
    path = configs.load(member.config).data_dir / "gateway.db"
    if not path.exists():
        return 0
    store = SqliteStore(path, PARTICIPANT)
    try:
        return store.last_offset()
    finally:
        store.close()


def _lookups(store: SqliteStore, log: str, length: int) -> tuple[float, float, float]:
    chance = random.Random(length)
    places = [chance.randrange(length - PAGE) for _ in range(LOOKUPS)]
    ids = [_id(store, log, place) for place in places]
    tree = store.tree(log)
    return (
        _each(lambda n: store.find(ids[n])),
        _each(lambda n: store.received(places[n], PAGE)) / PAGE,
        _each(lambda n: tree.inclusion_proof(places[n], length)),
    )


def _id(store: SqliteStore, log: str, index: int) -> bytes:
    (entry,) = store.entries(log, index, index + 1)
    return as_bytes(Leaf.FromString(entry.leaf or b"").header.message_id)


def _each(look: Callable[[int], object]) -> float:
    began = time.perf_counter()
    for number in range(LOOKUPS):
        look(number)
    return (time.perf_counter() - began) / LOOKUPS * 1e6


def table(rows: list[Row]) -> str:
    """The measurements as a table (Markdown)."""
    lines = [
        "| entries | seal and store | find by id | read, each of 500 | inclusion proof | start to serving "
        "| bytes an entry |",
        "|---:|---:|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {row.entries:,} | {row.store_us:.1f} µs | {row.find_us:.0f} µs | {row.page_us:.1f} µs "
        f"| {row.proof_us:.0f} µs | {row.start_seconds:.2f} s | {row.bytes_each:,.0f} |"
        for row in rows
    ]
    return "\n".join(lines)


def _serving(member: Member) -> float:
    """When a gateway takes calls. A client that was refused tries again only a second later."""
    host, _, port = member.address.rpartition(":")
    while True:
        try:
            socket.create_connection((host, int(port)), timeout=1.0).close()
        except OSError:
            time.sleep(0.01)
        else:
            member.client().status()
            return time.perf_counter()


def main() -> None:
    """Runs the benchmark and prints its table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--most", type=int, default=LENGTHS[-1], help="longest log")
    parser.add_argument("--size", type=int, default=1024, help="bytes of each message")
    parser.add_argument("--folder", type=Path, help="where to work (default: a temporary one)")
    chosen = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory(prefix="yrd-bench-", dir=chosen.folder) as folder:
        stack = prepare(Path(folder))

        def start() -> float:
            began = time.perf_counter()
            with ThreadPoolExecutor(1) as beside:
                serving = beside.submit(_serving, stack.members[PARTICIPANT])
                stack.start([PARTICIPANT])
            stack.stop()
            return serving.result() - began

        for length in LENGTHS:
            if length <= chosen.most:
                rows.append(measure(stack.members[PARTICIPANT], start, length, chosen.size))
                print(f"{length:,} entries: {rows[-1].store_us:.1f} µs a message", flush=True)
    print("\n" + table(rows) + "\n\n" + "\n".join(f"{k}: {v}" for k, v in machine().items()))


if __name__ == "__main__":
    main()
