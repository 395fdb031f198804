"""Bounds on how much one caller may take, and what who takes too much is told."""

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import grpc
import pytest

from gateway import errors
from gateway.log.checkpoint import Witness, witness_name
from gateway.log.note import parse
from gateway.log.suite import DEFAULT
from tests.component.test_large_messages import large
from tests.support import scene as scenes
from tests.support.background import beside
from tests.support.builders import draft, incident_body
from tests.support.calls import PEER, acknowledged, claims, get, opened, publish, receipt, status
from tests.support.holding import slow_disk
from tests.support.materials import Materials
from tests.support.promises import require_promised
from tests.support.readers import ids, offsets, read
from tests.support.scene import Scene
from tests.support.told import Told, refusal, refused
from tests.support.waiting import until
from yrd.exchange.v1 import service_pb2 as pb

FREELY = {"calls_per_second": 1e6, "peer_calls_per_second": 1e6}


@pytest.fixture
def scene_with(
    materials: Materials, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Callable[..., Scene]]:
    """Starts a gateway with these limits, and 320000 as a peer that has no gateway."""
    with ExitStack() as stack:

        def start(clients: Any = (), **limits: Any) -> Scene:
            changes: dict[str, Any] = {"limits": FREELY | limits, "check_processes": 0}
            changes |= {"peers": [materials.peer("320000", "127.0.0.1:1")]}
            if clients:
                changes["clients"] = clients
            return stack.enter_context(scenes.scene(materials, monkeypatch, tmp_path, **changes))

        yield start


def quota(found: Told) -> str:
    require_promised(found, errors.QuotaExceeded)
    assert found.retry_seconds
    return found.metadata["quota"]


def until_refused(call: Callable[[], object]) -> Told:
    """Calls until it is refused: a bucket may have been filled up a little meanwhile."""
    found: list[Told] = []

    def refused_now() -> bool:
        try:
            call()
        except grpc.RpcError as error:
            said: Any = error
            found.append(refused(lambda: raised(said)))
            return True
        return False

    until(refused_now, "a refusal")
    return found[0]


def raised(error: BaseException) -> None:
    raise error


def test_too_many_calls_a_second(scene_with: Callable[..., Scene]) -> None:
    scene = scene_with(calls_per_second=3)
    assert quota(until_refused(lambda: status()(scene))) == "calls_per_second"


def test_too_many_calls_a_second_of_a_peer(scene_with: Callable[..., Scene]) -> None:
    scene = scene_with(peer_calls_per_second=3)
    peer, asked = scene.stubs(*PEER).replication, pb.CompareCheckpointsRequest()
    found = until_refused(lambda: peer.CompareCheckpoints(asked, timeout=5))
    assert quota(found) == "calls_per_second"
    assert status()(scene).accepting  # the own systems have a bucket of their own


def test_too_many_bytes_a_second(scene_with: Callable[..., Scene]) -> None:
    scene = scene_with(bytes_per_second=5000)
    body = incident_body(description="x" * 900)

    def publish_some() -> object:
        drafts = [draft(body, entity=f"310000/{n}") for n in range(3)]
        return scene.stubs().exchange.Publish(pb.PublishRequest(drafts=drafts), timeout=5)

    assert quota(until_refused(publish_some)) == "bytes_per_second"


def test_a_line_of_clients_may_give_its_systems_less_or_more(
    scene_with: Callable[..., Scene],
) -> None:
    roles = ["publisher", "subscriber"]
    clients = [
        {"system": "slow-*", "roles": roles, "messages_per_second": 2},
        {"system": "*", "roles": roles},
    ]
    scene = scene_with(clients, messages_per_second=50)
    assert quota(until_refused(lambda: publish(system="slow-1")(scene))) == "messages_per_second"
    assert publish(20, system="console")(scene).results


@pytest.mark.parametrize(
    ("limits", "name"), [({"streams": 2}, "streams"), ({"streams_in_all": 2}, "streams_in_all")]
)
def test_too_many_streams(
    scene_with: Callable[..., Scene], limits: dict[str, int], name: str
) -> None:
    scene = scene_with(**limits)
    scene.client.publish([draft()])
    with ExitStack() as stack:
        for _ in range(2):
            batches = stack.enter_context(scene.client.subscribe())
            assert next(iter(batches)).messages
        assert quota(refused(lambda: open_one(scene))) == name
    until(lambda: open_one_at_last(scene), "a stream when others have ended")


def open_one(scene: Scene) -> list[pb.SubscribeResponse]:
    requests = iter([opened(until_caught_up=True)])
    return list(scene.stubs().exchange.Subscribe(requests, timeout=10))


def open_one_at_last(scene: Scene) -> bool:
    try:
        return bool(open_one(scene))
    except grpc.RpcError:
        return False


def test_too_many_calls_at_a_time(scene_with: Callable[..., Scene]) -> None:
    scene = scene_with(unary_calls=1)
    disk = slow_disk(scene.patch)
    with beside(lambda: scene.client.publish([draft()])) as published:
        assert disk.reached.wait(20)
        assert quota(refused(lambda: get()(scene))) == "unary_calls"
        disk.free.set()
        assert published.result()[0].HasField("accepted")


def test_a_peer_that_sends_receipts_endlessly_is_cut_off(scene_with: Callable[..., Scene]) -> None:
    scene = scene_with(receipts_per_second=20)
    scene.client.publish([draft()])
    note = scene.client.status().logs[0].checkpoint
    sent = threading.Event()

    def endless() -> Iterator[pb.ReplicateRequest]:
        yield claims()
        good = cosigned(scene, note)
        while not sent.is_set():
            yield receipt(good)

    try:
        found = refused(
            lambda: list(scene.stubs(*PEER).replication.Replicate(endless(), timeout=20))
        )
    finally:
        sent.set()
    assert quota(found) == "receipts_per_second"
    assert scene.client.publish([draft(entity="310000/2")])[0].HasField("accepted")


def cosigned(scene: Scene, note: str) -> str:
    key = (scene.materials.folder / "320000" / "witness.key").read_bytes()
    witness = Witness(witness_name("320000"), DEFAULT.load_private_key(key))
    return witness.cosign(parse(note), 1_800_000_000).render()


def nested(depth: int) -> bytes:
    """Groups in groups, of a field that nobody knows."""
    return b"\xa3\x7d" * depth + b"\xa4\x7d" * depth


@pytest.mark.parametrize(
    ("depth", "error"), [(99, errors.TypeUnknown), (101, errors.MalformedRequest)]
)
def test_a_draft_that_is_nested_too_deeply(
    scene_with: Callable[..., Scene], depth: int, error: Any
) -> None:
    scene = scene_with()
    data = draft().SerializeToString() + nested(depth)
    request = b"\x0a" + varint(len(data)) + data
    channel: Any = scene.channel()
    answer = pb.PublishResponse.FromString(
        channel.unary_unary("/yrd.exchange.v1.ExchangeService/Publish")(request, timeout=5)
    )
    require_promised(refusal(answer.results[0]), error)


def varint(number: int) -> bytes:
    out = b""
    while number > 127:
        out += bytes([number & 127 | 128])
        number >>= 7
    return out + bytes([number])


@pytest.mark.parametrize(("depth", "refuses"), [(99, False), (101, True)])
def test_a_peer_s_request_that_is_nested_too_deeply(
    scene_with: Callable[..., Scene], depth: int, refuses: bool
) -> None:
    scene = scene_with()
    channel: Any = scene.channel(*PEER)
    request = claims().SerializeToString() + nested(depth)
    stop: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
    stop.put(request)
    call = channel.stream_stream("/yrd.exchange.v1.ReplicationService/Replicate")(
        iter(stop.get, None), timeout=10
    )
    if refuses:
        require_promised(refused(lambda: list(call)), errors.MalformedRequest)
    else:
        assert pb.ReplicateResponse.FromString(next(call)).HasField("heartbeat")
    stop.put(None)
    call.cancel()


def test_a_reader_that_does_not_read_is_cut_off_and_comes_back(
    scene_with: Callable[..., Scene],
) -> None:
    scene = scene_with(slow_reader_seconds=2)
    made = [large(number) for number in range(30)]
    for one in made:
        assert scene.client.publish([one])[0].HasField("accepted")
    requests: queue.SimpleQueue[pb.SubscribeRequest | None] = queue.SimpleQueue()
    requests.put(opened(cursor="c", max_batch=1))
    call = scene.stubs().exchange.Subscribe(iter(requests.get, None), timeout=30)
    first = next(call)
    requests.put(acknowledged(first.offset))
    # it does not read any further, until the gateway has given it up; others are served meanwhile
    until(lambda: scene.gateway.cut_off >= 1, "the slow reader is cut off")
    assert ids(read(scene.client_of("console"), cursor="other")) == ids(made)
    assert quota(refused(lambda: list(call))) == "slow_reader"
    requests.put(None)
    again = read(scene.client, cursor="c")
    assert offsets(again) == list(range(first.offset + 1, len(made) + 1))


@pytest.mark.parametrize("name", ["ExchangeService/Subscribe", "ExchangeService/PublishStream"])
def test_a_stream_on_which_nothing_is_asked_is_ended(
    scene_with: Callable[..., Scene], name: str
) -> None:
    scene = scene_with(idle_stream_seconds=0.3)
    stop: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
    channel: Any = scene.channel()
    call = channel.stream_stream(f"/yrd.exchange.v1.{name}")(iter(stop.get, None), timeout=20)
    assert quota(refused(lambda: list(call))) == "idle_stream"
    stop.put(None)


def test_a_stream_that_is_used_is_not_ended(scene_with: Callable[..., Scene]) -> None:
    scene = scene_with(idle_stream_seconds=2, slow_reader_seconds=2)
    with scene.client.subscribe() as batches:
        reading = iter(batches)
        caught_up = next(reading)
        assert caught_up.caught_up
        idle = scene.channel()
        call: Any = idle.stream_stream("/yrd.exchange.v1.ExchangeService/PublishStream")
        quiet: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        assert (
            quota(refused(lambda: list(call(iter(quiet.get, None), timeout=20)))) == "idle_stream"
        )
        quiet.put(None)
        # the subscription is older than that stream, and waits for messages, not for its reader
        scene.client.publish([draft()])
        assert next(reading).messages
