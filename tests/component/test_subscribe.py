"""Subscribing: order of receipt, filters, catching up, and what comes while one waits."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from client import ExchangeClient
from tests.support import scene as scenes
from tests.support.background import beside
from tests.support.bodies import waybill_body
from tests.support.builders import draft, resource_body
from tests.support.handmade import HandmadeLog, write_store
from tests.support.materials import Materials
from tests.support.readers import ids, offsets, read
from tests.support.scene import Scene
from yrd.exchange.v1.message_pb2 import MODE_ACTUAL, MODE_EXERCISE, Draft
from yrd.exchange.v1.service_pb2 import Filter

INCIDENT, RESOURCE = "yrd.incident.v1.IncidentReport", "yrd.resource.v1.ResourceStatus"
FLOOD = "310000/flood/1"
OURS: dict[str, Draft] = {
    "flood": draft(entity=FLOOD),
    "pumps": draft(resource_body(), "resourceStatus", entity="310000/pumps"),
    "drill": draft(entity="310000/drill", mode="MODE_EXERCISE", exerciseId="autumn"),
    "truck": draft(waybill_body(), "waybill", entity="310000/truck", incidentIds=[FLOOD]),
}
THEIRS: dict[str, Draft] = {
    "dyke": draft(entity="320000/dyke", incidentIds=[FLOOD]),
    "boats": draft(resource_body("320000"), "resourceStatus", entity="320000/boats"),
}
NAMES = {made.header.message_id: name for name, made in {**OURS, **THEIRS}.items()}


@pytest.fixture(scope="module")
def client(
    materials: Materials, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ExchangeClient]:
    """A reader of Shanghai, whose gateway holds its own log and, received later, Jiangsu's."""
    folder: Path = tmp_path_factory.mktemp("subscribe")
    logs = HandmadeLog(materials, "310000"), HandmadeLog(materials, "320000")
    for log, drafts in zip(logs, (OURS, THEIRS), strict=True):
        log.add(*drafts.values())
    write_store(folder / "data", "310000", *logs)
    with pytest.MonkeyPatch.context() as patch, scenes.scene(materials, patch, folder) as running:
        yield running.client


def names(client: ExchangeClient, **how: Any) -> list[str]:
    return [NAMES[message_id] for message_id in ids(read(client, **how))]


def test_everything_comes_in_the_order_of_receipt(client: ExchangeClient) -> None:
    messages = read(client)
    assert [NAMES[message_id] for message_id in ids(messages)] == [*OURS, *THEIRS]
    assert offsets(messages) == [1, 2, 3, 4, 5, 6]
    assert [m.stamp.origin for m in messages] == ["310000"] * 4 + ["320000"] * 2
    assert [m.stamp.sequence for m in messages] == [0, 1, 2, 3, 0, 1]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Filter(), [*OURS, *THEIRS]),
        (Filter(types=[RESOURCE]), ["pumps", "boats"]),
        (Filter(types=[RESOURCE, INCIDENT]), ["flood", "pumps", "drill", "dyke", "boats"]),
        (Filter(types=["yrd.nothing.v1.Nothing"]), []),
        (Filter(origins=["320000"]), ["dyke", "boats"]),
        (Filter(origins=["310000", "320000"]), [*OURS, *THEIRS]),
        (Filter(origins=["joint"]), []),
        (Filter(incident_ids=[FLOOD]), ["flood", "truck", "dyke"]),
        (Filter(incident_ids=["310000/drill"]), ["drill"]),
        (Filter(modes=[MODE_EXERCISE]), ["drill"]),
        (Filter(modes=[MODE_ACTUAL]), ["flood", "pumps", "truck", "dyke", "boats"]),
        (Filter(origins=["320000"], types=[INCIDENT]), ["dyke"]),
        (Filter(incident_ids=[FLOOD], types=[INCIDENT], modes=[MODE_ACTUAL]), ["flood", "dyke"]),
        (Filter(incident_ids=[FLOOD], modes=[MODE_EXERCISE]), []),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else str(value).replace("\n", " "),
)
def test_only_what_is_wanted_comes(
    client: ExchangeClient, wanted: Filter, found: list[str]
) -> None:
    assert names(client, wanted=wanted) == found


@pytest.mark.parametrize("max_batch", [1, 2, 3, 1000])
def test_batches_are_no_larger_than_wanted(client: ExchangeClient, max_batch: int) -> None:
    with client.subscribe(max_batch=max_batch, until_caught_up=True) as subscription:
        batches = list(subscription)
    assert all(len(batch.messages) <= max_batch for batch in batches)
    assert sum(len(batch.messages) for batch in batches) == 6
    assert [batch.offset for batch in batches] == sorted({batch.offset for batch in batches})
    assert batches[-1].offset == 6


def test_what_a_filter_leaves_out_moves_the_offset(client: ExchangeClient) -> None:
    with client.subscribe(wanted=Filter(origins=["joint"]), until_caught_up=True) as subscription:
        (batch,) = subscription
    assert (list(batch.messages), batch.offset, batch.caught_up) == ([], 6, True)


@pytest.mark.parametrize(("after", "found"), [(0, 6), (4, 2), (6, 0)])
def test_a_reader_may_keep_its_own_place(client: ExchangeClient, after: int, found: int) -> None:
    assert offsets(read(client, after_offset=after)) == list(range(after + 1, after + 1 + found))


def test_an_empty_gateway_has_one_caught_up_at_once(scene: Scene) -> None:
    with scene.client.subscribe(until_caught_up=True) as subscription:
        (batch,) = subscription
    assert (list(batch.messages), batch.offset, batch.caught_up) == ([], 0, True)


def test_a_reader_that_waits_gets_what_is_published_meanwhile(scene: Scene) -> None:
    made = [draft(entity=f"310000/{n}") for n in range(4)]
    scene.client.publish(made[:1])
    with scene.client.subscribe() as subscription:
        batches = iter(subscription)
        first = next(batches)
        assert (ids(first.messages), first.caught_up) == (ids(made[:1]), True)
        for n in (1, 2, 3):
            scene.client.publish(made[n : n + 1])
            assert ids(next(batches).messages) == ids(made[n : n + 1])


def test_many_readers_get_the_same(scene: Scene) -> None:
    made = [draft(entity=f"310000/{n}") for n in range(8)]

    def eight() -> list[str]:
        found: list[str] = []
        with scene.client.subscribe(max_batch=3) as subscription:
            for batch in subscription:
                found += ids(batch.messages)
                if len(found) >= 8:
                    return found
        return found

    with beside(eight) as one, beside(eight) as other:
        for single in made:
            scene.client.publish([single])
    assert one.result() == other.result() == ids(made)


def test_caught_up_is_who_has_what_was_there_at_the_start(scene: Scene) -> None:
    scene.client.publish([draft(entity=f"310000/{n}") for n in range(3)])
    with scene.client.subscribe(max_batch=1, until_caught_up=True) as subscription:
        batches = iter(subscription)
        found = [next(batches).offset]
        scene.client.publish([draft(entity=f"310000/later/{n}") for n in range(3)])
        found += [batch.offset for batch in batches]
    assert found == [1, 2, 3]
