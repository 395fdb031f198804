"""A byte of the store was flipped while the gateway stood still: told, never delivered."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway import errors
from tests.support import scene as scenes
from tests.support.builders import draft
from tests.support.calls import (
    Call,
    claims,
    get,
    listed,
    open_subscription,
    publish,
    replicate,
)
from tests.support.damage import flip, run_sql
from tests.support.handmade import HandmadeLog, write_store
from tests.support.materials import Materials
from tests.support.promises import require_promised
from tests.support.scene import KEPT, Scene, health
from tests.support.told import refused
from tests.support.waiting import until

LOST = {"log": "yrd/310000", "index": "1"}


@pytest.fixture
def scene(
    materials: Materials, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, two_messages: Path
) -> Iterator[Scene]:
    """Where nobody had died, one has died now."""
    shutil.copytree(two_messages, tmp_path / "data")
    flip(tmp_path / "data", "entry", "leaf", "idx = 1")
    peer = materials.peer("320000", "127.0.0.1:9")
    with scenes.scene(materials, monkeypatch, tmp_path, peers=[peer]) as running:
        yield running


DAMAGED_CALLS: dict[str, Call] = {
    "get": get(message_id=KEPT[1]),
    "list": listed(),
    "subscribe": open_subscription(),
    "replicate": replicate(claims()),
}


@pytest.mark.parametrize("call", DAMAGED_CALLS.values(), ids=DAMAGED_CALLS)
def test_whoever_reads_it_is_told_where_it_is(scene: Scene, call: Call) -> None:
    found = refused(lambda: call(scene))
    require_promised(found, errors.DataLoss, LOST)
    assert "yrd audit verify" in found.message


@pytest.mark.parametrize("call", DAMAGED_CALLS.values(), ids=DAMAGED_CALLS)
def test_from_then_on_nothing_is_accepted(scene: Scene, call: Call) -> None:
    assert scene.client.publish([draft(entity="310000/before")])[0].HasField("accepted")
    refused(lambda: call(scene))
    require_promised(refused(lambda: publish()(scene)), errors.Unavailable)
    status = scene.client.status()
    assert not status.accepting
    assert "yrd/310000" in status.problem
    assert status.logs[0].size == 3


@pytest.mark.parametrize("call", DAMAGED_CALLS.values(), ids=DAMAGED_CALLS)
def test_from_then_on_the_health_service_says_so(scene: Scene, call: Call) -> None:
    assert health(scene.channel()) == "SERVING"
    refused(lambda: call(scene))
    until(lambda: health(scene.channel()) == "NOT_SERVING", "not serving", seconds=5)


def test_what_is_whole_can_still_be_read(scene: Scene) -> None:
    refused(lambda: listed()(scene))
    assert scene.client.get(KEPT[0]).stamp.sequence == 0
    (first,) = listed(page_size=1)(scene).messages
    assert first.header.message_id == KEPT[0]


def test_a_hole_is_told_where_it_is_and_nothing_more_is_accepted(
    materials: Materials, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    log = HandmadeLog(materials, "310000")
    log.add(*(draft(entity=f"310000/{n}") for n in range(300)))  # a start reads only the last 44
    write_store(tmp_path / "data", "310000", log)
    run_sql(tmp_path / "data", "DELETE FROM entry WHERE idx = 7")
    peer = materials.peer("320000", "127.0.0.1:9")
    with scenes.scene(materials, monkeypatch, tmp_path, peers=[peer]) as running:
        found = refused(lambda: replicate(claims())(running))
        require_promised(found, errors.DataLoss, {"log": "yrd/310000"})
        require_promised(refused(lambda: publish()(running)), errors.Unavailable)
        assert not running.client.status().accepting
