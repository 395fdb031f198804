"""A session inward: offsets follow answers, and the gateway has work again before they do."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from integration.kafka import lanes
from integration.kafka.care import Care
from integration.kafka.config import BridgeConfig
from integration.kafka.dead_letters import Refusal
from integration.kafka.drafts import Reading, Taken
from integration.kafka.inward import Session
from integration.kafka.lanes import Lanes
from integration.kafka.metrics import Meter
from schemas.avro.codec import encode
from tests.support.builders import draft
from yrd.exchange.v1.message_pb2 import Draft

CONFIG = BridgeConfig.model_validate(
    {
        "id": "310000",
        "brokers": "none:9092",
        "gateway": {"address": "none:7310", "ca": "ca", "certificate": "c", "key": "k"},
    }
)


class Sides:
    """Kafka and the gateway; what happens is noted in order, by the first offset of a batch."""

    def __init__(self, *batches: Sequence[Taken]) -> None:
        self.batches, self.happened = list(batches), list[tuple[str, int]]()
        self.era, self.membership, self.refused = 0, None, dict[str, Refusal]()
        self.away = False

    def take(self, _most: int, _seconds: float) -> Sequence[Taken]:
        return self.batches.pop(0) if self.batches else []

    def waiting(self) -> int:
        return 0

    def publish(self, drafts: Sequence[bytes]) -> list[Refusal | None]:
        revisions = [Draft.FromString(made).header.revision for made in drafts]
        self.happened.append(("published", revisions[0]))
        return [self.refused.get(str(revision)) for revision in revisions]

    def commit(self, records: Sequence[Any], *transaction: Any) -> bool:
        """Of the outbox; or of the producer, which is given offsets and the membership, too."""
        if transaction:
            [behind] = transaction[0]
            self.happened.append(("dead letters and offsets", behind.offset - 1))
        else:
            self.happened.append(("settled", records[0].offset))
        return True


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "ThreadPoolExecutor", AtOnce)


class AtOnce(ThreadPoolExecutor):
    """Does what it is given before it goes on: the order is the one in which work was given."""

    def submit(self, *given: Any, **more: Any) -> Any:
        done = super().submit(*given, **more)
        done.exception()
        return done


def batch(*offsets: int) -> list[Taken]:
    return [
        Taken("outbox", 0, offset, 1, b"k", encode(draft(revision=offset)), [])
        for offset in offsets
    ]


def session(sides: Sides) -> Session:
    reading = Reading(None, frozenset(), "position", 1 << 20)
    either: Any = sides
    meter = Meter("310000", "in")
    return Session(CONFIG, reading, either, either, Lanes(either), Care(), meter)


def test_the_gateway_has_work_again_before_what_it_has_done_is_settled() -> None:
    sides = Sides(batch(1, 2), batch(3), batch(4))
    begun = session(sides)
    for _ in range(3):
        begun.step()
    begun.finish()
    assert sides.happened == [
        ("published", 1),
        ("published", 3),
        ("settled", 1),
        ("published", 4),
        ("settled", 3),
        ("settled", 4),
    ]


def test_what_was_taken_in_an_earlier_era_is_not_settled() -> None:
    sides = Sides(batch(1), batch(2))
    begun = session(sides)
    begun.step()
    sides.era += 1
    begun.step()
    begun.finish()
    assert sides.happened == [("published", 1), ("published", 2), ("settled", 2)]


def test_dead_letters_and_offsets_are_one_transaction() -> None:
    sides = Sides(batch(1, 2))
    sides.refused["2"] = Refusal("not_authority", "another's")
    begun = session(sides)
    begun.step()
    begun.finish()
    assert sides.happened == [("published", 1), ("dead letters and offsets", 2)]


def test_that_no_broker_answers_is_told_until_one_does() -> None:
    sides = Sides()
    begun = session(sides)
    for away in (False, True, True, False):
        sides.away = away
        begun.step()
    told = begun._meter.registry.get_sample_value
    labels = {"bridge": "310000", "direction": "in"}
    assert told("yrd_bridge_waits_total", labels) == 1
    assert told("yrd_bridge_working", labels) == 1
    assert told("yrd_bridge_lag_seconds", labels) == 0
