"""Named cursors: a reader that comes back goes on where it was, whoever was restarted meanwhile."""

import queue
from pathlib import Path

import pytest

from client import ExchangeClient
from schemas import message_ids
from tests.support import scene as scenes
from tests.support.builders import draft
from tests.support.materials import Materials
from tests.support.readers import ids, offsets, read
from tests.support.scene import Scene
from tests.support.standing import acknowledge, position
from tests.support.waiting import until
from yrd.exchange.v1 import service_pb2 as pb


def publish(client: ExchangeClient, count: int) -> list[str]:
    made = [draft(entity=f"310000/{message_ids.new(n)}") for n in range(count)]
    assert all(result.HasField("accepted") for result in client.publish(made))
    return ids(made)


def test_a_reader_goes_on_behind_what_it_acknowledged(scene: Scene) -> None:
    published = publish(scene.client, 6)
    assert ids(read(scene.client, cursor="c")) == published
    acknowledge(scene.client, 2, "c")
    assert ids(read(scene.client, cursor="c")) == published[2:]
    acknowledge(scene.client, 6, "c")
    published += publish(scene.client, 2)
    assert ids(read(scene.client, cursor="c")) == published[6:]


def test_what_was_read_but_not_acknowledged_comes_again(scene: Scene) -> None:
    published = publish(scene.client, 3)
    for _ in range(2):
        assert ids(read(scene.client, cursor="c")) == published
    assert position(scene.client, "c") == 0


def test_a_restart_of_the_gateway_loses_and_repeats_nothing(
    materials: Materials, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    published: list[str] = []
    seen: list[str] = []
    for round_ in range(3):
        with scenes.scene(materials, monkeypatch, tmp_path, check_processes=0) as scene:
            assert position(scene.client, "c") == len(seen)
            published += publish(scene.client, 4)
            fresh = read(scene.client, cursor="c")[:3]
            seen += ids(fresh)
            acknowledge(scene.client, fresh[-1].receipt.offset, "c")
            assert len(seen) == 3 * (round_ + 1)
    assert seen == published[:9]


def test_an_own_place_overrides_the_cursor_and_leaves_it(scene: Scene) -> None:
    publish(scene.client, 5)
    acknowledge(scene.client, 4, "c")
    assert offsets(read(scene.client, cursor="c", after_offset=1)) == [2, 3, 4, 5]
    assert offsets(read(scene.client, cursor="c", after_offset=0)) == [1, 2, 3, 4, 5]
    assert offsets(read(scene.client, cursor="c")) == [5]


def test_each_cursor_stands_for_itself(scene: Scene) -> None:
    publish(scene.client, 5)
    acknowledge(scene.client, 2, "slow")
    acknowledge(scene.client, 4, "quick")
    assert offsets(read(scene.client, cursor="slow")) == [3, 4, 5]
    assert offsets(read(scene.client, cursor="quick")) == [5]
    assert offsets(read(scene.client, cursor="new")) == [1, 2, 3, 4, 5]


def test_systems_do_not_share_their_cursors(scene: Scene) -> None:
    publish(scene.client, 3)
    acknowledge(scene.client, 2, "c")
    assert position(scene.client_of("dispatch"), "c") == 0
    acknowledge(scene.client_of("dispatch"), 1, "c")
    assert position(scene.client, "c") == 2


def test_a_cursor_never_goes_back(scene: Scene) -> None:
    publish(scene.client, 5)
    acknowledge(scene.client, 4, "c")
    acknowledge(scene.client, 1, "c")
    assert position(scene.client, "c") == 4


def test_a_cursor_moves_by_what_comes_on_the_subscription_too(scene: Scene) -> None:
    publish(scene.client, 5)
    requests: queue.SimpleQueue[pb.SubscribeRequest | None] = queue.SimpleQueue()
    requests.put(pb.SubscribeRequest(open=pb.SubscribeOpen(cursor="c")))
    batches = scene.stubs().exchange.Subscribe(iter(requests.get, None), timeout=20)
    assert len(next(batches).messages) == 5
    requests.put(pb.SubscribeRequest(acknowledge=pb.SubscribeAcknowledge(offset=3)))
    until(lambda: position(scene.client, "c") == 3, "acknowledged")
    requests.put(None)
    batches.cancel()


def test_acknowledging_what_a_filter_left_out_is_enough(scene: Scene) -> None:
    publish(scene.client, 3)
    nothing = pb.Filter(origins=["joint"])
    with scene.client.subscribe(wanted=nothing, until_caught_up=True) as subscription:
        (batch,) = subscription
    acknowledge(scene.client, batch.offset, "c")
    assert read(scene.client, cursor="c") == []


def test_who_reads_until_caught_up_can_acknowledge_the_last_batch(scene: Scene) -> None:
    """As `yrd tail --no-follow --cursor` does: the second run must not see everything again."""
    publish(scene.client, 3)
    with scene.client.subscribe(cursor="c", until_caught_up=True) as subscription:
        for batch in subscription:
            subscription.acknowledge(batch.offset)
    assert position(scene.client, "c") == 3
