"""Refusals that are not the caller's fault, or come of how much is asked: what is told, what stays."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from client import ExchangeError
from gateway import errors
from gateway.errors import GatewayError
from gateway.store.port import CorruptStore, StoreError
from tests.support import scene as scenes
from tests.support.builders import draft
from tests.support.calls import Call, get, listed, open_subscription, publish, publish_stream
from tests.support.damage import failing
from tests.support.materials import Materials
from tests.support.promises import require_promised
from tests.support.scene import Scene, health
from tests.support.standing import standing
from tests.support.told import refused
from tests.support.waiting import until

SECRET = "password=hunter2 in /srv/secret"
FULL = partial(StoreError, "database or disk is full", lasting=False)
BROKEN = partial(StoreError, "disk I/O error", lasting=True)
LOST = partial(CorruptStore, "yrd/310000: entries [0, 2) are not all there")
DEFECT = partial(RuntimeError, SECRET)


@dataclass(frozen=True)
class BadState:
    """A method of the store that fails, and a call that comes upon it."""

    name: str
    error: type[GatewayError]
    method: str
    failure: Callable[[], Exception]
    call: Call


STATES = [
    BadState("disk full", errors.Unavailable, "commit", FULL, publish()),
    BadState("disk full on a stream", errors.Unavailable, "commit", FULL, publish_stream()),
    BadState("disk broken", errors.Unavailable, "commit", BROKEN, publish()),
    BadState("disk broken for the index", errors.Unavailable, "accepted", BROKEN, publish()),
    BadState("store in pieces", errors.DataLoss, "accepted", LOST, publish()),
    BadState("defect in writing", errors.Internal, "commit", DEFECT, publish()),
    BadState("defect in finding", errors.Internal, "find", DEFECT, get()),
    BadState("defect in listing", errors.Internal, "received", DEFECT, listed()),
    BadState(
        "defect in delivering",
        errors.Internal,
        "received",
        DEFECT,
        open_subscription(),
    ),
    BadState("store in pieces in listing", errors.DataLoss, "received", LOST, listed()),
    BadState("disk broken in finding", errors.Unavailable, "find", BROKEN, get()),
    BadState("disk broken in listing", errors.Unavailable, "received", BROKEN, listed()),
    BadState(
        "disk broken in delivering", errors.Unavailable, "received", BROKEN, open_subscription()
    ),
]
BAD_STATE = pytest.mark.parametrize("bad", STATES, ids=lambda bad: bad.name)


@BAD_STATE
def test_the_caller_is_told_and_learns_no_more(scene: Scene, bad: BadState) -> None:
    failing(scene.patch, bad.method, bad.failure)
    found = refused(lambda: bad.call(scene))
    require_promised(found, bad.error)
    assert found.fields == ()
    assert "hunter2" not in repr(found)


@BAD_STATE
def test_nothing_of_it_is_kept(scene: Scene, bad: BadState) -> None:
    before = standing(scene.client)
    mend = failing(scene.patch, bad.method, bad.failure)
    refused(lambda: bad.call(scene))
    mend()
    assert standing(scene.client) == before


def test_once_there_is_room_again_it_goes_on(scene: Scene) -> None:
    made = draft()
    mend = failing(scene.patch, "commit", FULL)
    with pytest.raises(ExchangeError):
        scene.client.publish([made])
    assert scene.client.status().accepting
    mend()
    assert scene.client.publish([made])[0].accepted.sequence == 2
    assert scene.client.publish([made])[0].accepted.sequence == 2


@pytest.mark.parametrize(
    ("failure", "words"), [(BROKEN, "disk I/O error"), (LOST, "not all there")]
)
def test_after_a_lasting_failure_nothing_more_is_accepted_but_all_can_be_read(
    scene: Scene, failure: Callable[[], Exception], words: str
) -> None:
    mend = failing(scene.patch, "commit", failure)
    refused(lambda: publish()(scene))
    mend()
    require_promised(refused(lambda: publish()(scene)), errors.Unavailable)
    status = scene.client.status()
    assert not status.accepting
    assert words in status.problem
    assert len(list(scene.client.messages())) == 2
    until(lambda: health(scene.channel()) == "NOT_SERVING", "not serving")


def quota_scene(materials: Materials, patch: pytest.MonkeyPatch, folder: Path) -> Any:
    limits = {"messages_per_second": 0.01}
    return scenes.scene(materials, patch, folder, limits=limits)


def test_too_much_too_fast_is_told_when_to_come_back(
    materials: Materials, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with quota_scene(materials, monkeypatch, tmp_path) as scene:
        scene.client.publish([draft()])
        found = refused(lambda: publish()(scene))
        require_promised(found, errors.QuotaExceeded, {"quota": "messages_per_second"})
        assert found.retry_seconds is not None
        assert 1 < found.retry_seconds <= 200
        assert standing(scene.client).size == 1


def test_each_system_has_a_quota_of_its_own(
    materials: Materials, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with quota_scene(materials, monkeypatch, tmp_path) as scene:
        scene.client.publish([draft(entity="310000/a")])
        refused(lambda: publish()(scene))
        results = scene.client_of("dispatch").publish([draft(entity="310000/b")])
        assert results[0].HasField("accepted")
