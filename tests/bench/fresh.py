"""How soon a message is in the published picture, and what memory that takes: `make bench-fresh`, or --help.

The live loop over its own store, archive and graph, with a feed that hands out messages at a rate and a
publisher that notes when a summary that counts them comes out. No gateway: its share is in `make bench`.

With --events, nothing of that: facts and pictures as the live loop keeps them take in that many messages of
years, of short lives that begin and are over (lives.py), and memory is printed as it goes.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from integration.drill.load import generate
from pipelines.pictures.picture import Staleness
from pipelines.running.gateway_source import ENOUGH, GATHER_SECONDS, MOST_MESSAGES
from pipelines.running.live import LivePipeline
from pipelines.running.ports import Answer, Batch
from pipelines.running.store import LiveStore
from schemas.codes.tables import PROVINCES
from tests.bench.exchange import machine
from tests.bench.lives import memory
from yrd.exchange.v1.message_pb2 import Draft, Message, Mode

ACTIVE = timedelta(hours=6)
"""How long each message is of use."""


def told(count: int, seed: int, begin: datetime, step: timedelta) -> Iterator[Message]:
    """Messages of the four provinces in turn, `step` apart."""
    each = [generate(p, count // len(PROVINCES) + 1, seed, begin, 500) for p in PROVINCES]
    for number in range(count):
        sequence, turn = divmod(number, len(PROVINCES))
        message = Message.FromString(next(each[turn]).SerializeToString())
        at = begin + number * step
        message.header.mode = Mode.MODE_ACTUAL
        message.header.ClearField("exercise_id")
        message.header.occurred_time.FromDatetime(at)
        message.header.reported_time.FromDatetime(at)
        message.header.expire_time.FromDatetime(at + ACTIVE)
        message.stamp.origin, message.stamp.sequence = PROVINCES[turn], sequence
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
        """What waits, or has come within a moment: as the gateway's source gathers it."""
        if self._due() - after_offset < ENOUGH:
            time.sleep(GATHER_SECONDS)
        stop = min(self._due(), after_offset + MOST_MESSAGES)
        return Batch(self._messages[after_offset:stop], max(after_offset, stop))

    def _due(self) -> int:
        return min(len(self._messages), int((time.perf_counter() - self.begin) * self.rate))


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
    steps, begun = 0, time.process_time()
    while store.offset() < len(messages):
        pipeline.step(0)
        steps += 1
    used = time.process_time() - begun
    store.close()
    ages = sorted(noting.ages)
    print(f"\n| at {rate:,.0f} messages/s, {warm:,} known before | seconds |\n|---|---:|")
    print(f"| oldest message of a summary, p50 | {ages[len(ages) // 2]:.2f} |")
    print(f"| oldest message of a summary, longest | {ages[-1]:.2f} |")
    print(f"| processor, of a step | {used / steps:.2f} |")
    print(f"| processor, of 1,000 messages | {used / count * 1000:.2f} |")
    print(f"\n{len(ages)} summaries in {steps} steps, {noting.bytes / 1e6:.1f} MB published")


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
    if chosen.events:
        memory(chosen.events)
    else:
        with tempfile.TemporaryDirectory(prefix="yrd-fresh-") as folder:
            freshness(chosen.rate, chosen.seconds, chosen.warm, Path(folder))
    print("\n" + "\n".join(f"{name}: {value}" for name, value in machine().items()))


if __name__ == "__main__":
    main()
