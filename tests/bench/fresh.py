"""How soon a message is in the published picture, and what memory that takes: `make bench-fresh`, or --help.

The live loop over its own store, archive and graph, with a feed that hands out messages at a rate and a
publisher that notes when a summary that counts them comes out. No gateway: its share is in `make bench`.

With --events, the same facts as the live loop keeps take in that many messages as fast as they can, a
thousand a second of their own time, so that trips begin and are over; memory is printed as it goes.
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from integration.drill.load import generate
from pipelines.facts.facts import Facts
from pipelines.facts.scope import micros
from pipelines.facts.state import Folding
from pipelines.pictures.picture import Staleness
from pipelines.running.live import LivePipeline
from pipelines.running.ports import Answer, Batch
from pipelines.running.store import LiveStore
from tests.bench.exchange import machine
from yrd.exchange.v1.message_pb2 import Draft, Message, Mode

ORIGIN = "310000"
MOST = 5000
GATHER_SECONDS = 0.3
ACTIVE = timedelta(hours=6)
"""How long each message is of use."""


def told(count: int, seed: int, begin: datetime, step: timedelta) -> Iterator[Message]:
    """Messages of one province, `step` apart."""
    for number, draft in enumerate(generate(ORIGIN, count, seed, begin, 500)):
        message = Message.FromString(draft.SerializeToString())
        at = begin + number * step
        message.header.mode = Mode.MODE_ACTUAL
        message.header.ClearField("exercise_id")
        message.header.occurred_time.FromDatetime(at)
        message.header.reported_time.FromDatetime(at)
        message.header.expire_time.FromDatetime(at + ACTIVE)
        message.stamp.origin, message.stamp.sequence = ORIGIN, number
        message.stamp.sealed_time.FromDatetime(at)
        message.receipt.offset = number + 1
        message.receipt.received_time.FromDatetime(at)
        yield message


class Rated:
    """A source that has message n from n / rate seconds after its beginning on."""

    def __init__(self, messages: Sequence[Message], rate: float) -> None:
        self._messages, self.rate = messages, rate
        self.begin = time.perf_counter()

    def read(self, after_offset: int, timeout_seconds: float) -> Batch:
        """What has come within a moment, as the gateway's source gathers it."""
        time.sleep(GATHER_SECONDS)
        due = int((time.perf_counter() - self.begin) * self.rate)
        stop = min(len(self._messages), due, after_offset + MOST)
        return Batch(self._messages[after_offset:stop], max(after_offset, stop))


class Noting:
    """A publisher that notes how old the newest message was that a joint summary counts."""

    def __init__(self, source: Rated) -> None:
        self._source = source
        self.counted = 0
        self.ages: list[float] = []
        self.bytes = 0

    def publish(self, drafts: Sequence[Draft]) -> list[Answer]:
        """Takes all."""
        for draft in drafts:
            self.bytes += draft.ByteSize()
            if draft.header.entity_id == "joint/summary/actual":
                self._note(draft)
        return [None] * len(drafts)

    def _note(self, draft: Draft) -> None:
        counted = sum(line.message_count for line in draft.situation_summary.coverage)
        passed = time.perf_counter() - self._source.begin
        first = self.counted  # the oldest of those that are counted for the first time
        if counted > first:
            self.ages.append(passed - (first + 1) / self._source.rate)
            self.counted = counted


def freshness(rate: float, seconds: float, warm: int, folder: Path) -> None:
    """Runs the live loop and prints how old messages were when they were first counted."""
    count = int(rate * seconds)
    begin = datetime.now(UTC) - timedelta(seconds=count / rate)
    messages = list(told(warm + count, 1, begin - timedelta(seconds=warm), timedelta(seconds=0.5)))
    store = LiveStore(folder / "states.db")
    source = Rated(messages[:warm], 1e9)
    pipeline = LivePipeline(
        store,
        folder / "archive",
        source,
        Noting(source),
        lambda: time.time_ns() // 1000,
        Staleness(),
        5.0,
        0.0,
    )
    while store.offset() < warm:
        pipeline.step(0)
    source = Rated(messages, rate)
    source.begin -= warm / rate
    noting = Noting(source)
    noting.counted = warm
    pipeline._source, pipeline._publisher = source, noting
    while store.offset() < len(messages):
        pipeline.step(0)
    store.close()
    ages = sorted(noting.ages)
    print(f"\n| at {rate:,.0f} messages/s, {warm:,} known before | seconds |\n|---|---:|")
    print(f"| oldest message of a summary, p50 | {ages[len(ages) // 2]:.2f} |")
    print(f"| oldest message of a summary, longest | {ages[-1]:.2f} |")
    print(f"| summaries | {len(ages)} |\n| published, MB | {noting.bytes / 1e6:.1f} |")


def memory(events: int) -> None:
    """Takes in messages a thousand a second of their own time; prints memory as it goes."""
    print(
        "\n| messages | slots kept | memory, MB | messages/s |\n|---:|---:|---:|---:|", flush=True
    )
    facts, begin, each = Facts(), datetime(2026, 1, 1, tzinfo=UTC), timedelta(seconds=1)
    part = 100_000
    for start in range(0, events, part):
        at = begin + start * each
        started, folding = time.perf_counter(), Folding()
        for message in told(part, start, at, each):
            folding.add(message)
        facts.update(folding.states())
        facts.compact(micros(message.stamp.sealed_time))
        if (start // part) % max(1, events // part // 20) == 0:
            used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            rate = part / (time.perf_counter() - started)
            print(f"| {start + part:,} | {len(facts):,} | {used:.0f} | {rate:,.0f} |", flush=True)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rate", type=float, default=1000.0, help="messages a second")
    parser.add_argument("--seconds", type=float, default=30.0, help="how long")
    parser.add_argument("--warm", type=int, default=20_000, help="messages known before")
    parser.add_argument("--events", type=int, default=0, help="messages of the memory run; 0: none")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="yrd-fresh-") as folder:
        freshness(chosen.rate, chosen.seconds, chosen.warm, Path(folder))
    if chosen.events:
        memory(chosen.events)
    print("\n" + "\n".join(f"{name}: {value}" for name, value in machine().items()))


if __name__ == "__main__":
    main()
