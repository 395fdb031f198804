"""A producer that could not begin is gone: one that lives on asks for the id again, and fences the next."""

import gc
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import KafkaError, KafkaException

from integration.kafka import transactions
from integration.kafka.errors import Away
from integration.kafka.transactions import Transactions
from tests.support.running import free_port


@pytest.fixture
def no_collection() -> Iterator[None]:
    """Nothing is freed but what nobody refers to any more."""
    gc.disable()
    yield
    gc.enable()


def of_librdkafka() -> list[str]:
    """Of librdkafka, in this process."""
    found = [path.read_text() for path in Path("/proc/self/task").glob("*/comm")]
    return sorted(name for name in found if name.startswith("rdk:"))


@pytest.mark.usefixtures("no_collection")
def test_nothing_of_it_is_left() -> None:
    before = of_librdkafka()
    settings = {"bootstrap.servers": f"127.0.0.1:{free_port()}", "log_level": 0}
    with pytest.raises(Away) as away:
        Transactions(settings, "yrd.bridge.310000.out", 0.5)
    assert of_librdkafka() == before
    assert "retry" in str(away.value)


def test_an_action_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transactions, "FULL_SECONDS", 0.0)
    never = threading.Event()
    with pytest.raises(Away, match="did not take offsets"):
        transactions._within(0.05, never.wait)
    never.set()


def test_what_kafka_says_of_an_action_is_said() -> None:
    def refuse() -> None:
        raise KafkaException(KafkaError(KafkaError.REBALANCE_IN_PROGRESS))

    with pytest.raises(KafkaException):
        transactions._within(5, refuse)
