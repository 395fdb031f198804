"""Lanes: side by side what Kafka keeps no order between, one after the other what it does."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from integration.kafka.dead_letters import Refusal
from integration.kafka.drafts import Taken
from integration.kafka.errors import Away
from integration.kafka.lanes import Lanes, Publishing
from tests.support.builders import draft
from yrd.exchange.v1.message_pb2 import Draft

PATIENCE_SECONDS = 60.0


class Gateway:
    """Notes revisions in the order in which they come; `answer` says what becomes of each."""

    def __init__(self, answer: Callable[[int], Refusal | None] = lambda _: None) -> None:
        self.came: list[int] = []
        self._answer = answer

    def publish(self, drafts: Sequence[bytes]) -> list[Refusal | None]:
        revisions = [Draft.FromString(made).header.revision for made in drafts]
        answers = [self._answer(revision) for revision in revisions]
        self.came += revisions
        return answers


def written(revision: int) -> bytes:
    return draft(revision=revision).SerializeToString()


def records(*places: tuple[int, int]) -> list[Taken]:
    return [Taken("outbox", partition, at, 1, b"k", b"", []) for partition, at in places]


def given(lanes: Lanes, *places: tuple[int, int]) -> Publishing:
    """Drafts whose revisions are their offsets."""
    return lanes.publish(records(*places), [written(at) for _, at in places])


def lanes_to(gateway: Any, count: int = 2) -> Lanes:
    return Lanes(gateway, count)


def test_a_partition_does_not_wait_for_another() -> None:
    other = threading.Event()

    def answer(revision: int) -> None:
        if revision == 1:
            assert other.wait(PATIENCE_SECONDS)
        else:
            other.set()

    with lanes_to(Gateway(answer)) as lanes:
        assert given(lanes, (0, 1), (1, 2)).refusals() == [None, None]


def test_a_partition_stays_in_order_whatever_lane_it_shares() -> None:
    gateway = Gateway()
    with lanes_to(gateway) as lanes:
        for at in range(1, 31):
            last = given(lanes, (0, at), (1, 100 + at), (2, 200 + at))
        last.refusals()
    for partition in range(3):
        own = [revision for revision in gateway.came if revision // 100 == partition]
        assert own == sorted(own) and len(own) == 30


def test_behind_a_batch_that_failed_nothing_is_published_in_its_lane() -> None:
    def answer(revision: int) -> None:
        if revision == 1:
            raise Away("the gateway does not answer")

    gateway = Gateway(answer)
    with lanes_to(gateway) as lanes:
        first, second, other = given(lanes, (0, 1)), given(lanes, (0, 2)), given(lanes, (1, 3))
        for failed in (first, second):
            with pytest.raises(Away):
                failed.refusals()
        assert other.refusals() == [None]
    assert gateway.came == [3]


def test_each_record_has_its_own_answer() -> None:
    unread, refused = Refusal("damaged", "it ends early"), Refusal("not_authority", "another's")
    gateway = Gateway(lambda revision: refused if revision == 4 else None)
    read: list[bytes | Refusal] = [written(1), unread, written(3), written(4)]
    with lanes_to(gateway) as lanes:
        publishing = lanes.publish(records((0, 1), (1, 2), (1, 3), (0, 4)), read)
        assert publishing.refusals() == [None, unread, None, refused]
        assert publishing.answered()


def test_what_has_not_begun_is_left_at_the_end() -> None:
    begun, may_end = threading.Event(), threading.Event()

    def answer(_revision: int) -> None:
        begun.set()
        assert may_end.wait(PATIENCE_SECONDS)

    gateway = Gateway(answer)
    with lanes_to(gateway) as lanes:
        given(lanes, (0, 1))
        left = given(lanes, (0, 2))
        assert begun.wait(PATIENCE_SECONDS) and not left.answered()
        threading.Timer(0.1, may_end.set).start()
    assert gateway.came == [1]
