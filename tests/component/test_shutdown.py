"""Stopping in order: what was begun is finished, what comes later is told to come again."""

import queue
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeAlias

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from client import ExchangeError
from gateway import errors
from schemas.message_ids import new
from tests.support import scene as scenes
from tests.support.background import beside
from tests.support.builders import draft
from tests.support.calls import opened
from tests.support.holding import slow_disk
from tests.support.materials import Materials
from tests.support.promises import require_promised
from tests.support.readers import ids, read
from tests.support.scene import Scene, health
from tests.support.told import Told, refused
from tests.support.waiting import until
from yrd.exchange.v1 import service_pb2 as pb
from yrd.exchange.v1.message_pb2 import Draft

Requests: TypeAlias = "queue.SimpleQueue[pb.PublishStreamRequest | None]"
LIMITS = {"shutdown_grace_seconds": 30}


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """Closing it stops the gateway; the test may do so itself, beside other work."""
    with ExitStack() as made:
        yield made


@pytest.fixture
def scene(
    materials: Materials, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, stack: ExitStack
) -> Scene:
    return stack.enter_context(
        scenes.scene(materials, monkeypatch, tmp_path, limits=LIMITS, check_processes=0)
    )


def drafts(count: int) -> list[Draft]:
    return [draft(entity=f"310000/{n}") for n in range(count)]


def stopping(channel: grpc.Channel) -> bool:
    try:
        return health(channel) == "NOT_SERVING"
    except grpc.RpcError:
        return True


def test_a_batch_that_was_begun_is_written_and_answered(
    materials: Materials, scene: Scene, stack: ExitStack
) -> None:
    made, channel = drafts(100), scene.channel()
    assert health(channel) == "SERVING"
    disk = slow_disk(scene.patch)
    with beside(lambda: scene.client.publish(made)) as published:
        assert disk.reached.wait(20)
        with beside(stack.close):
            until(lambda: stopping(channel), "the gateway is stopping")
            assert not published.done()
            disk.free.set()
        assert [result.accepted.sequence for result in published.result()] == list(range(100))
    with scenes.scene(materials, scene.patch, scene.folder) as again:
        assert ids(read(again.client)) == ids(made)


def send_on(requests: Requests, answers: Iterator[pb.PublishStreamResponse]) -> None:
    """Sends batch after batch: one may still be taken in the moment when the stop begins."""
    while True:
        requests.put(pb.PublishStreamRequest(drafts=[draft(entity=f"310000/{new(0)}")]))
        assert next(answers).results[0].HasField("accepted")


def test_who_is_on_a_stream_is_told_to_come_again(scene: Scene, stack: ExitStack) -> None:
    requests: Requests = queue.SimpleQueue()
    answers = scene.stubs().exchange.PublishStream(iter(requests.get, None), timeout=20)
    requests.put(pb.PublishStreamRequest(drafts=drafts(1)))
    assert next(answers).results[0].HasField("accepted")
    channel = scene.channel()
    assert health(channel) == "SERVING"
    with beside(stack.close):
        until(lambda: stopping(channel), "the gateway is stopping")
        found = refused(lambda: send_on(requests, answers))
        requests.put(None)
    require_promised(found, errors.Unavailable)


def test_who_waits_for_messages_is_told_to_come_again(scene: Scene, stack: ExitStack) -> None:
    scene.client.publish(drafts(1))
    opened = pb.SubscribeRequest(open=pb.SubscribeOpen(cursor="c"))
    requests: queue.SimpleQueue[pb.SubscribeRequest | None] = queue.SimpleQueue()
    requests.put(opened)
    batches = scene.stubs().exchange.Subscribe(iter(requests.get, None), timeout=20)
    assert len(next(batches).messages) == 1
    with beside(stack.close):
        found: Told = refused(lambda: list(batches))
        requests.put(None)
    require_promised(found, errors.Unavailable)


def test_who_comes_later_finds_nobody(scene: Scene, stack: ExitStack) -> None:
    client = scene.client
    client.publish(drafts(1))
    stack.close()
    with pytest.raises(ExchangeError, match="UNAVAILABLE"):
        client.publish(drafts(1))


def test_a_stopped_gateway_leaves_one_whole_file(scene: Scene, stack: ExitStack) -> None:
    scene.client.publish(drafts(3))
    stack.close()
    left = {path.name for path in (scene.folder / "data").iterdir()}
    assert left == {"gateway.db", "lock", "started", "access"}


def silent(opened: list[bytes]) -> Iterator[bytes]:
    """Says what is opened with, then nothing, and does not end."""
    yield from opened
    threading.Event().wait(30)


EXCHANGE = "/yrd.exchange.v1.ExchangeService"
OPEN_STREAMS: dict[str, tuple[str, list[bytes]]] = {
    "publishing, with nothing sent": (f"{EXCHANGE}/PublishStream", []),
    "publishing, idle": (
        f"{EXCHANGE}/PublishStream",
        [pb.PublishStreamRequest(drafts=[draft()]).SerializeToString()],
    ),
    "subscribing, not opened": (f"{EXCHANGE}/Subscribe", []),
    "subscribing": (f"{EXCHANGE}/Subscribe", [opened().SerializeToString()]),
    "reflection": ("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", []),
}


@pytest.mark.parametrize("name", OPEN_STREAMS)
def test_every_open_stream_is_told_to_come_again(
    materials: Materials, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    method, said = OPEN_STREAMS[name]
    with ExitStack() as stack:
        scene = stack.enter_context(
            scenes.scene(materials, monkeypatch, tmp_path, check_processes=0)
        )
        channel: Any = scene.channel()
        call = channel.stream_stream(method)(silent(said), timeout=20)
        if said:
            assert next(call)
        else:
            until(lambda: scene.gateway.open_calls == 1, "the stream is open")
        with beside(stack.close):
            require_promised(refused(lambda: list(call)), errors.Unavailable)
        channel.close()


def test_a_watcher_of_its_health_hears_of_the_stop_and_is_told(
    scene: Scene, stack: ExitStack
) -> None:
    channel: Any = scene.channel()
    health_service: Any = health_pb2_grpc.HealthStub(channel)
    watched = health_service.Watch(health_pb2.HealthCheckRequest(), timeout=20)
    assert next(watched).status == health_pb2.HealthCheckResponse.SERVING
    with beside(stack.close):
        found = refused(lambda: list(watched))
    require_promised(found, errors.Unavailable)


def test_whoever_calls_while_it_stops_is_told_to_come_again_and_nothing_else(
    scene: Scene, stack: ExitStack
) -> None:
    codes: set[str] = set()
    begun, over = threading.Event(), threading.Event()

    def call_on() -> None:
        client = scene.client
        while not over.is_set():
            try:
                client.publish([draft(entity=f"310000/{new(0)}")])
                begun.set()
            except ExchangeError as error:
                codes.add(error.code)

    with ExitStack() as callers:
        for _ in range(4):
            callers.enter_context(beside(call_on))
        callers.callback(over.set)
        assert begun.wait(20)
        stack.close()
        until(lambda: codes, "a refusal")
    assert codes == {"UNAVAILABLE"}


def test_who_is_still_there_when_the_grace_is_over_is_told(
    materials: Materials, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        limits = {"shutdown_grace_seconds": 0.2}
        scene = stack.enter_context(
            scenes.scene(materials, monkeypatch, tmp_path, limits=limits, check_processes=0)
        )
        disk = slow_disk(scene.patch)
        asked = pb.PublishRequest(drafts=drafts(1))
        stubs = scene.stubs()
        with beside(lambda: refused(lambda: stubs.exchange.Publish(asked, timeout=20))) as told:
            assert disk.reached.wait(20)
            with beside(stack.close):
                require_promised(told.result(), errors.Unavailable)
                disk.free.set()
