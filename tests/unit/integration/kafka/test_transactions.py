"""A producer that could not begin is gone: one that lives on asks for the id again, and fences the next."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from integration.kafka.errors import Away
from integration.kafka.transactions import Transactions
from tests.support.running import free_port


@pytest.fixture
def no_collection() -> Iterator[None]:
    """Nothing is freed but what nobody refers to any more."""
    gc.disable()
    yield
    gc.enable()


def threads() -> list[str]:
    """Of librdkafka, in this process."""
    found = [path.read_text() for path in Path("/proc/self/task").glob("*/comm")]
    return sorted(name for name in found if name.startswith("rdk:"))


@pytest.mark.usefixtures("no_collection")
def test_nothing_of_it_is_left() -> None:
    before = threads()
    settings = {"bootstrap.servers": f"127.0.0.1:{free_port()}", "log_level": 0}
    with pytest.raises(Away) as away:
        Transactions(settings, "yrd.bridge.310000.out", 0.5)
    assert threads() == before
    assert "retry" in str(away.value)
