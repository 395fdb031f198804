"""The client's sender: drafts one by one, batched by themselves, sent again when a stream breaks."""

import time
from pathlib import Path

import pytest

from client import ExchangeError
from tests.support.builders import draft, incident_body
from tests.support.delta import delta
from tests.support.materials import Materials
from tests.support.readers import ids
from tests.support.running import client_of
from tests.support.scene import Scene
from yrd.exchange.v1.message_pb2 import Draft


def drafts(count: int) -> list[Draft]:
    return [draft(entity=f"310000/flood/{n}") for n in range(count)]


def test_every_draft_gets_its_own_result(scene: Scene) -> None:
    made = drafts(1200)
    with scene.client.sender() as sender:
        waiting = [sender.send(one) for one in made]
    results = [done.result(0) for done in waiting]
    assert [result.accepted.message_id for result in results] == ids(made)
    sequences = [result.accepted.sequence for result in results]
    assert sequences == list(range(sequences[0], sequences[0] + 1200))


def test_a_refused_draft_is_a_result_and_holds_nobody_up(scene: Scene) -> None:
    with scene.client.sender() as sender:
        bad = sender.send(draft(incident_body(title="")))
        good = sender.send(draft())
    assert bad.result(0).HasField("error")
    assert good.result(0).HasField("accepted")


def test_a_lone_draft_does_not_wait_for_company(scene: Scene) -> None:
    with scene.client.sender() as sender:
        assert sender.send(draft()).result(20).HasField("accepted")


def test_a_sender_that_was_given_nothing_is_closed_at_once(
    materials: Materials, tmp_path: Path
) -> None:
    with delta(materials, tmp_path, ["310000"], start=False) as alone:
        alone.client("310000").sender().close()


def test_what_was_not_answered_is_sent_again_and_is_there_once(
    materials: Materials, tmp_path: Path
) -> None:
    made = drafts(300)
    with delta(materials, tmp_path, ["310000"]) as alone:
        first, later = made[:100], made[100:]
        with alone.client("310000").sender() as sender:
            waiting = [sender.send(one) for one in first]
            waiting[0].result(20)
            alone.stop("310000")
            waiting += [sender.send(one) for one in later]
            alone.start("310000")
        accepted = [done.result(0).accepted.message_id for done in waiting]
        held = [message.header.message_id for message in alone.client("310000").messages()]
    assert accepted == ids(made)
    assert [one for one in held if one in set(accepted)] == accepted


def test_a_refused_call_ends_every_draft_with_its_reason(
    scene: Scene, materials: Materials
) -> None:
    stranger = client_of(scene.config, materials, "320000")
    with stranger.sender() as sender:
        waiting = sender.send(draft())
        with pytest.raises(ExchangeError) as told:
            waiting.result(20)
    assert told.value.reason == "NOT_PERMITTED"
    with pytest.raises(ValueError, match="closed"):
        sender.send(draft())


def test_an_absent_gateway_is_told_once_the_time_is_over(
    materials: Materials, tmp_path: Path
) -> None:
    with delta(materials, tmp_path, ["310000"], start=False) as alone:
        sender = alone.client("310000").sender(retry_seconds=0)
        time.sleep(0.1)  # it has nothing to be told of before there is a draft
        with pytest.raises(ExchangeError) as told:
            sender.send(draft()).result(20)
        sender.close()
    assert told.value.code == "UNAVAILABLE"
