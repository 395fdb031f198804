"""Publishing: what is answered, in which order, and what a repeat gets."""

import queue
from collections.abc import Iterable
from pathlib import Path

import pytest

from gateway.log.merkle import Frontier
from tests.support import scene as scenes
from tests.support.builders import draft, incident_body, resource_body
from tests.support.materials import Materials
from tests.support.readers import ids, read
from tests.support.scene import Scene
from tests.support.told import refusal
from yrd.exchange.v1 import service_pb2 as pb
from yrd.exchange.v1.message_pb2 import Draft


def drafts(count: int, prefix: str = "310000/flood") -> list[Draft]:
    return [draft(entity=f"{prefix}/{n}") for n in range(count)]


def bad() -> Draft:
    return draft(incident_body(title=""))


def sequences(results: Iterable[pb.PublishResult]) -> list[int]:
    return [result.accepted.sequence for result in results if result.HasField("accepted")]


def test_results_stand_in_the_order_of_the_drafts(scene: Scene) -> None:
    made = drafts(5)
    results = scene.client.publish(made)
    assert [result.accepted.message_id for result in results] == ids(made)
    assert sequences(results) == [0, 1, 2, 3, 4]


def test_the_answer_names_the_leaf_that_is_in_the_tree(scene: Scene) -> None:
    results = scene.client.publish(drafts(3))
    tree, _ = Frontier().extend(result.accepted.leaf_hash for result in results)
    log = scene.client.status().logs[0]
    assert (log.size, log.root_hash) == (3, tree.root())
    assert all(result.accepted.sealed_time.seconds > 0 for result in results)


def test_an_accepted_message_is_there_at_once(scene: Scene) -> None:
    made = draft()
    scene.client.publish([made])
    assert scene.client.get(made.header.message_id).incident_report == made.incident_report


def test_good_and_bad_drafts_fall_apart(scene: Scene) -> None:
    first, second, third = drafts(3)
    results = scene.client.publish([bad(), first, bad(), second, third, bad()])
    assert [result.WhichOneof("outcome") for result in results] == [
        "error",
        "accepted",
        "error",
        "accepted",
        "accepted",
        "error",
    ]
    assert sequences(results) == [0, 1, 2]
    assert ids(read(scene.client)) == ids([first, second, third])


def test_a_batch_of_nothing_gets_no_results(scene: Scene) -> None:
    assert scene.client.publish([]) == []
    assert scene.client.status().logs[0].size == 0


def test_a_thousand_at_once_stand_in_order(
    materials: Materials, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With checking in processes of its own, as it is by default."""
    made = drafts(1000)
    with scenes.scene(materials, monkeypatch, tmp_path) as scene:
        assert sequences(scene.client.publish(made)) == list(range(1000))
        assert ids(read(scene.client)) == ids(made)
        assert scene.client.status().last_offset == 1000


def test_a_stream_answers_batch_by_batch_in_order(scene: Scene) -> None:
    sizes = [1, 30, 2, 0, 7]
    batches = [drafts(size, f"310000/{n}") for n, size in enumerate(sizes)]
    answers = list(scene.client.publish_stream(batches))
    for batch, answer in zip(batches, answers, strict=True):
        assert [result.accepted.message_id for result in answer] == ids(batch)
    assert sequences([r for answer in answers for r in answer]) == list(range(40))


def test_a_stream_answers_while_it_is_still_open(scene: Scene) -> None:
    requests: queue.SimpleQueue[pb.PublishStreamRequest | None] = queue.SimpleQueue()
    answers = scene.stubs().exchange.PublishStream(iter(requests.get, None), timeout=20)
    for n in range(3):
        requests.put(pb.PublishStreamRequest(drafts=drafts(1, f"310000/{n}")))
        assert sequences(next(answers).results) == [n]
    requests.put(None)
    assert list(answers) == []


def test_revisions_may_follow_each_other_in_one_batch(scene: Scene) -> None:
    revisions = [1, 2, 2, 4, 3, 5]
    results = scene.client.publish([draft(revision=revision) for revision in revisions])
    accepted = [r for r, x in zip(revisions, results, strict=True) if x.HasField("accepted")]
    assert accepted == [1, 2, 4, 5]
    assert refusal(results[2]).metadata["known_revision"] == "2"


def test_revisions_are_counted_for_each_type_and_entity(scene: Scene) -> None:
    made = [
        draft(entity="310000/x", revision=3),
        draft(entity="310000/y", revision=1),
        draft(resource_body(), "resourceStatus", entity="310000/x", revision=1),
    ]
    assert sequences(scene.client.publish(made)) == [0, 1, 2]


def test_a_repeat_in_the_same_batch_gets_the_same_answer(scene: Scene) -> None:
    made = draft()
    first, second = scene.client.publish([made, made])
    assert first.HasField("accepted")
    assert first == second
    assert scene.client.status().logs[0].size == 1


def test_a_repeat_gets_the_first_answer_even_after_a_restart(
    materials: Materials, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made = drafts(5)
    with scenes.scene(materials, monkeypatch, tmp_path) as scene:
        first = scene.client.publish(made)
        assert scene.client.publish(made) == first
    with scenes.scene(materials, monkeypatch, tmp_path) as scene:
        assert scene.client.publish(made) == first
        assert scene.client.publish(made[3:4]) == first[3:4]
        other = draft(incident_body(title="其他"), messageId=made[0].header.message_id)
        assert refusal(scene.client.publish([other])[0]).reason == "MESSAGE_ID_REUSED"
        assert scene.client.status().logs[0].size == 5


def test_a_restart_forgets_no_revision_and_goes_on_in_the_log(
    materials: Materials, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with scenes.scene(materials, monkeypatch, tmp_path) as scene:
        scene.client.publish([draft(revision=7)])
        before = scene.client.status().logs[0]
    with scenes.scene(materials, monkeypatch, tmp_path) as scene:
        assert scene.client.status().logs[0] == before
        stale, newer = scene.client.publish([draft(revision=7), draft(revision=8)])
        assert refusal(stale).metadata["known_revision"] == "7"
        assert newer.accepted.sequence == 1
