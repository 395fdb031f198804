"""The thread that follows a gateway: it says what it fails with, goes on, and ends when it is closed."""

import threading
from collections.abc import Iterator
from typing import Any

from integration.page.following import Came, Follower, Lost
from tests.support.waiting import until
from yrd.exchange.v1.service_pb2 import SubscribeResponse

SECONDS = 60.0


class Subscription:
    """Says one thing, then nothing until it is cancelled."""

    def __init__(self) -> None:
        self.cancelled = threading.Event()

    def __iter__(self) -> Iterator[SubscribeResponse]:
        yield SubscribeResponse(offset=1, caught_up=True)
        self.cancelled.wait(SECONDS)

    def cancel(self) -> None:
        self.cancelled.set()


class Client:
    """A gateway whose subscription is given when it is let."""

    def __init__(self) -> None:
        self.asked, self.let = threading.Event(), threading.Event()
        self.subscription = Subscription()

    def subscribe(self, **_: Any) -> Subscription:
        self.asked.set()
        assert self.let.wait(SECONDS)
        return self.subscription


def test_a_defect_is_told_and_it_goes_on() -> None:
    client, told = Client(), list[Came | Lost]()
    client.let.set()
    begun = iter([KeyError("last")])

    def begin(_: object) -> int:
        for error in begun:
            raise error
        return 0

    follower = Follower(client, (), told.append, begin)  # type: ignore[arg-type]
    follower.start()
    until(lambda: any(isinstance(what, Came) for what in told), "it goes on", SECONDS)
    assert told[0] == Lost("a defect of this page; see its log")
    follower.close()
    assert not follower._thread.is_alive()


def test_one_that_is_closed_while_it_begins_ends() -> None:
    client = Client()
    follower = Follower(client, (), lambda _: None)  # type: ignore[arg-type]
    follower.start()
    assert client.asked.wait(SECONDS)
    closing = threading.Thread(target=follower.close)
    closing.start()
    until(follower._ended.is_set, "the end is wanted", SECONDS)
    client.let.set()
    closing.join(SECONDS)
    assert not follower._thread.is_alive()
    assert client.subscription.cancelled.is_set()
