"""What the sender's next batch waits for: company, unless drafts come one by one."""

from collections.abc import Callable, Iterator
from queue import SimpleQueue
from typing import Any

import pytest

from client import sender as sending
from client.sender import Sender
from tests.support.builders import draft
from yrd.exchange.v1.service_pb2 import PublishResult, PublishStreamRequest, PublishStreamResponse

Requests = Iterator[PublishStreamRequest]


class Gateway:
    """Stands for the stub; `serve` is what it does with a stream's requests."""

    def __init__(self, serve: Callable[[Requests], Iterator[PublishStreamResponse]]) -> None:
        self.PublishStream = serve


@pytest.fixture(autouse=True)
def _time_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "GATHER_SECONDS", 3600.0)


def answer(request: PublishStreamRequest) -> PublishStreamResponse:
    return PublishStreamResponse(results=[PublishResult() for _ in request.drafts])


def opened(serve: Callable[[Requests], Iterator[PublishStreamResponse]]) -> Sender:
    stub: Any = Gateway(serve)
    return Sender(stub, retry_seconds=0)


def gated() -> tuple[
    Callable[[Requests], Iterator[PublishStreamResponse]], SimpleQueue[int], SimpleQueue[None]
]:
    """Serves a request for each None in the gate; how many drafts each had."""
    sizes: SimpleQueue[int] = SimpleQueue()
    gate: SimpleQueue[None] = SimpleQueue()

    def serve(requests: Requests) -> Iterator[PublishStreamResponse]:
        for request in requests:
            sizes.put(len(request.drafts))
            gate.get(timeout=20)
            yield answer(request)

    return serve, sizes, gate


def test_the_second_leaves_with_many_drafts() -> None:
    sizes: SimpleQueue[int] = SimpleQueue()

    def serve(requests: Requests) -> Iterator[PublishStreamResponse]:
        both = []
        for _ in range(2):
            both.append(next(requests))
            sizes.put(len(both[-1].drafts))
        yield from map(answer, both)
        yield from map(answer, requests)

    with opened(serve) as sender:
        done = [sender.send(draft())]
        assert sizes.get(timeout=20) == 1
        done += [sender.send(draft()) for _ in range(sending.GATHERED)]
        assert sizes.get(timeout=20) == sending.GATHERED
    assert all(one.done() for one in done)


def test_what_has_gathered_leaves_with_the_answer() -> None:
    serve, sizes, gate = gated()
    with opened(serve) as sender:
        sender.send(draft())
        assert sizes.get(timeout=20) == 1
        for _ in range(5):
            sender.send(draft())
        gate.put(None)
        assert sizes.get(timeout=20) == 5
        gate.put(None)


def test_behind_many_drafts_the_next_ones_gather() -> None:
    serve, sizes, gate = gated()
    with opened(serve) as sender:
        sender.send(draft())
        assert sizes.get(timeout=20) == 1
        done = [sender.send(draft()) for _ in range(sending.FEW + 1)]
        gate.put(None)
        assert sizes.get(timeout=20) == sending.FEW + 1
        gate.put(None)
        done[-1].result(20)
        for _ in range(sending.GATHERED):
            sender.send(draft())
        assert sizes.get(timeout=20) == sending.GATHERED
        gate.put(None)
        sender.send(draft())
        gate.put(None)  # closing waits for nothing
