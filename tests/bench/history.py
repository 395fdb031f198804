"""What memory a long history takes in the graph: `make bench-history`, or this file with --help.

Messages of four provinces, a minute apart in their own time, each of use for six hours: trips begin and are
over, and by the terms in over.tsv all else is, too. The longest is 460 days, for first reports of incidents:
a million messages tell of 694 days, so that as much is active at their end as at the end of ten million.
They pass through the graph that a backfill uses, up to the picture at their end. Memory is that of all
processes; the spooled input on disk is none of it.
"""

import argparse
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice

from integration.drill.load import generate
from pipelines.running.graph import Instant, run
from schemas import message_ids
from tests.bench.exchange import machine
from tests.bench.pipeline import BATCH, ORIGINS
from tests.bench.processes import processor_seconds, resident_mb
from yrd.exchange.v1.message_pb2 import Message, Mode
from yrd.situation.v1.situation_pb2 import SituationSummary

BEGIN = datetime(2010, 1, 1, tzinfo=UTC)
EACH_SECONDS, ACTIVE_SECONDS = 60, 6 * 3600
ROUND = 20_000
"""Messages that are made; then they are told again, of other entities."""
SAMPLE_SECONDS = 0.5


class Memory:
    """Looks at memory again and again; the work says how far it is."""

    def __init__(self, told: float) -> None:
        self.made, self.most_mb = 0, 0.0
        self._told_seconds, self._stop = told, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._begin = time.perf_counter()

    def __enter__(self) -> "Memory":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        due = 0.0
        while not self._stop.wait(SAMPLE_SECONDS):
            now, passed = resident_mb(), time.perf_counter() - self._begin
            self.most_mb = max(self.most_mb, now)
            if passed >= due:
                due = passed + self._told_seconds
                print(
                    f"  {passed:6.0f} s, {self.made:12,} messages made: {now:6.0f} MB", flush=True
                )


def told(count: int, memory: Memory) -> Iterator[bytes]:
    """Messages, four origins by turns."""
    made = [generate(o, ROUND // len(ORIGINS), 1, BEGIN, 500) for o in ORIGINS]
    drafts = [draft for four in zip(*made, strict=True) for draft in four]
    names = [draft.header.entity_id for draft in drafts]
    templates = [draft.SerializeToString() for draft in drafts]
    del made, drafts
    begin = round(BEGIN.timestamp())
    for number in range(count):
        again, which = divmod(number, ROUND)
        message, at = Message.FromString(templates[which]), begin + number * EACH_SECONDS
        header, stamp = message.header, message.stamp
        header.entity_id = f"{names[which]}/{again}"
        header.message_id = message_ids.derived(number, number.to_bytes(32))
        header.mode = Mode.MODE_ACTUAL
        header.ClearField("exercise_id")
        header.occurred_time.seconds = at
        header.reported_time.seconds = at
        header.expire_time.seconds = at + ACTIVE_SECONDS
        stamp.origin, stamp.sequence = ORIGINS[number % len(ORIGINS)], number // len(ORIGINS)
        stamp.sealed_time.seconds = at
        memory.made = number + 1
        yield message.SerializeToString()


def batches(messages: Iterator[bytes]) -> Iterator[list[bytes]]:
    """As they are read."""
    while batch := list(islice(messages, BATCH)):
        yield batch


def main() -> None:
    """Runs the graph over each number of messages and prints a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--events",
        type=int,
        nargs="+",
        default=[1_000_000, 10_000_000],
        help="messages of each run",
    )
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--told", type=float, default=20.0, help="seconds between two lines")
    chosen = parser.parse_args()
    rows = []
    for count in chosen.events:
        print(f"{count:,} messages", flush=True)
        before = processor_seconds()
        with Memory(chosen.told) as memory:
            found = run(batches(told(count, memory)), [], Instant(None), chosen.processes)
        seconds = processor_seconds() - before
        summary = next(v.body for v in found.views if v.entity_id == "joint/summary/actual")
        assert isinstance(summary, SituationSummary)
        counted = sum(line.message_count for line in summary.coverage)
        assert counted == count, counted
        rows.append(f"| {count:,} | {memory.most_mb:,.0f} | {seconds / count * 1e6:.1f} |")
    print("\n| messages in the picture | most memory, MB | µs of processor each, making included |")
    print("|---:|---:|---:|\n" + "\n".join(rows))
    print("\n" + "\n".join(f"{name}: {value}" for name, value in machine().items()))


if __name__ == "__main__":
    main()
