"""Publishes side by side what Kafka keeps no order between: the records of different partitions."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import NamedTuple, Self

from integration.kafka.dead_letters import Refusal
from integration.kafka.drafts import Taken
from integration.kafka.errors import Away
from integration.kafka.publishing import Publisher

LANES = 4
Answers = list[Refusal | None]


class Lane:
    """One batch after the other. Behind one that failed nothing goes: it would overtake it."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self._failed = False
        self._pool = ThreadPoolExecutor(1, "publish")

    def publish(self, drafts: Sequence[bytes]) -> "Future[Answers]":
        """The answer to each, when its turn has come. It raises Away or Halted."""
        return self._pool.submit(self._in_turn, drafts)

    def _in_turn(self, drafts: Sequence[bytes]) -> Answers:
        if self._failed:
            raise Away("what came before it was not published")
        try:
            return self._publisher.publish(drafts)
        except BaseException:
            self._failed = True
            raise

    def close(self) -> None:
        """Waits for what is on its way; the rest is left."""
        self._pool.shutdown(cancel_futures=True)


class _Part(NamedTuple):
    numbers: Sequence[int]
    answers: "Future[Answers]"


class Publishing:
    """Records of which the drafts are on their way. `read` is what was read in each."""

    def __init__(self, read: Sequence[bytes | Refusal], parts: Sequence[_Part]) -> None:
        self._read, self._parts = read, parts

    def answered(self) -> bool:
        """Whether `refusals` has nothing to wait for."""
        return all(part.answers.done() for part in self._parts)

    def refusals(self) -> Answers:
        """For each record why it is refused, by us or by the gateway. Waits; raises Away or Halted."""
        found: Answers = [read if isinstance(read, Refusal) else None for read in self._read]
        for part in self._parts:
            for number, answer in zip(part.numbers, part.answers.result(), strict=True):
                found[number] = answer
        return found


class Lanes:
    """A context manager. Records of a partition are always in the same lane, so stay in order."""

    def __init__(self, publisher: Publisher, count: int = LANES) -> None:
        self._lanes = [Lane(publisher) for _ in range(count)]
        self._of: dict[tuple[str, int], int] = {}

    def publish(self, records: Sequence[Taken], read: Sequence[bytes | Refusal]) -> Publishing:
        """Has those published that are drafts."""
        drafts: dict[int, dict[int, bytes]] = {}
        for number, (record, draft) in enumerate(zip(records, read, strict=True)):
            if isinstance(draft, bytes):
                drafts.setdefault(self._lane(record), {})[number] = draft
        parts = [
            _Part([*own], self._lanes[lane].publish([*own.values()]))
            for lane, own in drafts.items()
        ]
        return Publishing(read, parts)

    def _lane(self, record: Taken) -> int:
        at = record.topic, record.partition
        return self._of.setdefault(at, len(self._of) % len(self._lanes))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for lane in self._lanes:
            lane.close()
