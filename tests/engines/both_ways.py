"""A bridge that works in both directions while something happens, and the checker's own record of it."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count

from schemas.avro.codec import encode
from tests.engines.conftest import Station
from tests.support.bridging import SECONDS, Bridge, Work, committed, ids, metric, produce
from tests.support.builders import draft
from tests.support.running import free_port
from tests.support.waiting import until

ROUND = 20


@dataclass(slots=True)
class BothWays:
    """`brokers` is where systems produce and read: not through what stands in the bridge's way."""

    bridge: Bridge
    station: Station
    brokers: str
    sent: "Counter[str]" = field(default_factory=Counter)
    """Entities that were told, at the gateway or in the outbox."""
    _numbers: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        self.bridge.more |= {
            "out": {"topics": {"yrd.incident.*": self.topic}, "batch_messages": 4},
            "outbox": {"topics": [self.outbox], "batch_records": 4},
        }
        assert self.bridge.command("init").status == 0

    @property
    def topic(self) -> str:
        """Outward."""
        return f"{self.bridge.id}.incidents"

    @property
    def outbox(self) -> str:
        """Inward."""
        return f"{self.bridge.id}.outbox"

    def at_gateway(self) -> None:
        """Some drafts are published at the gateway itself."""
        drafts = [draft(entity=name) for name in self._names()]
        assert all(result.HasField("accepted") for result in self.station.client.publish(drafts))

    def in_outbox(self) -> None:
        """Some are put into the outbox."""
        drafts = [draft(entity=name, messageId="") for name in self._names()]
        records = [(one.header.entity_id.encode(), encode(one)) for one in drafts]
        produce(self.brokers, self.outbox, records)

    def _names(self) -> list[str]:
        names = [f"310000/flood/{next(self._numbers)}" for _ in range(ROUND)]
        self.sent.update(names)
        return names

    def wait_through(self) -> None:
        """Until the gateway has all, and the topic has all that the gateway has."""
        until(lambda: len({*self.at_the_gateway()}) >= len(self.sent), "all drafts", SECONDS)
        until(lambda: len({*self.in_the_topic()}) >= len(self.sent), "all messages", SECONDS)

    def assert_once(self) -> None:
        """Nothing is lost and nothing doubled, either way."""
        assert self.at_the_gateway() == self.sent
        stored = Counter(message.header.message_id for message in self.station.client.messages())
        assert Counter(ids(committed(self.brokers, [self.topic]))) == stored

    def at_the_gateway(self) -> "Counter[str]":
        """How often it has each entity."""
        return Counter(message.header.entity_id for message in self.station.client.messages())

    def in_the_topic(self) -> "Counter[str]":
        """How often a reader of committed records sees each message."""
        return Counter(ids(committed(self.brokers, [self.topic])))

    @contextmanager
    def at_work(self) -> Iterator["AtWork"]:
        """Both directions, until the block ends; something has gone through each."""
        with ExitStack() as works:
            found = []
            for direction in ("out", "in"):
                metrics = f"127.0.0.1:{free_port()}"
                self.bridge.more["metrics"] = metrics
                work = works.enter_context(self.bridge.works(direction))
                work.says("bridge_begins")  # it has read its file, which is written anew
                found.append((work, metrics))
            made = AtWork(*found)
            self.at_gateway()
            self.in_outbox()
            self.wait_through()
            yield made


@dataclass(frozen=True, slots=True)
class AtWork:
    """The two processes, and where their metrics are."""

    out: tuple[Work, str]
    inward: tuple[Work, str]

    def wait(self) -> None:
        """Until both have said that they wait."""
        for work, _ in (self.out, self.inward):
            work.says("bridge_waits")

    def tell(self, name: str, fits: Callable[[float], bool]) -> None:
        """Until this metric is so for both."""
        for _, metrics in (self.out, self.inward):
            until(lambda: fits(metric(metrics, name)), f"{name} is not so", SECONDS)  # noqa: B023
