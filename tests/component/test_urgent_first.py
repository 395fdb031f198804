"""What an origin sends ahead of its place to a follower that lacks much; the follower is scripted."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.replication import origin, urgent
from integration.stack import AGREEMENTS
from tests.support import scene as scenes
from tests.support.bodies import waybill_body
from tests.support.builders import draft
from tests.support.by_hand import ByHand, id_of
from tests.support.delta import delta
from tests.support.materials import Materials
from tests.support.readers import ids, read
from tests.support.scene import Scene
from yrd.exchange.v1.message_pb2 import Draft
from yrd.exchange.v1.service_pb2 import Filter, ReplicateResponse

PEERS = ("320000", "340000")
LIFE, URGENT = "PRIORITY_LIFE_SAFETY", "PRIORITY_URGENT"
Follow = Callable[..., ByHand]


@pytest.fixture
def scene(materials: Materials, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Scene]:
    """A gateway in small: batches of 20 entries, of which 3 may go ahead at once, and all at last."""
    monkeypatch.setattr(origin, "BATCH", 20)
    monkeypatch.setattr(urgent, "BEHIND", 20)
    monkeypatch.setattr(urgent, "SHARE", 1)
    monkeypatch.setattr(urgent, "BATCH_ENTRIES", 3)
    monkeypatch.setattr(urgent, "TURN_ENTRIES", 2)
    monkeypatch.setattr(urgent, "STEP", 2)
    settings: dict[str, Any] = {
        "peers": [materials.peer(peer, "127.0.0.1:9") for peer in PEERS],
        "limits": {"heartbeat_seconds": 0.2},
        "check_processes": 0,
        "agreements_dir": AGREEMENTS,
    }
    with scenes.scene(materials, monkeypatch, tmp_path, **settings) as running:
        yield running


@pytest.fixture
def follow(scene: Scene) -> Iterator[Follow]:
    opened: list[ByHand] = []

    def open_(*args: Any, **settings: Any) -> ByHand:
        opened.append(ByHand(scene, *args, **settings))
        return opened[-1]

    yield open_
    for follower in opened:
        follower.close()


def publish(scene: Scene, count: int, places: dict[int, str] | None = None) -> list[Draft]:
    """Publishes drafts, those at some places with a priority; returns them."""
    drafts = []
    for number in range(count):
        priority = (places or {}).get(number, "PRIORITY_ROUTINE")
        drafts.append(draft(entity=f"310000/{number}", priority=priority))
    return published(scene, drafts)


def published(scene: Scene, drafts: list[Draft]) -> list[Draft]:
    results = scene.client.publish(drafts)
    assert all(result.HasField("accepted") for result in results)
    return drafts


def ahead(response: ReplicateResponse) -> list[str]:
    """Message ids of an urgent batch."""
    assert response.HasField("urgent"), response.WhichOneof("response")
    return [id_of(sent.entry) for sent in response.urgent.entries]


def in_place(response: ReplicateResponse) -> list[str]:
    assert response.HasField("batch"), response.WhichOneof("response")
    return [id_of(entry) for entry in response.batch.entries]


def rest(follower: ByHand, last: Draft) -> list[str]:
    """Message ids of ordinary batches, up to a last message; nothing comes between."""
    found: list[str] = []
    while last.header.message_id not in found:
        found += in_place(follower.step())
    return found


MIXED = {5: URGENT, 10: LIFE, 20: URGENT, 30: LIFE, 40: LIFE, 50: LIFE, 59: URGENT}


def test_life_safety_goes_first_and_the_newest_of_it_then_what_is_urgent_then_the_rest(
    scene: Scene, follow: Follow
) -> None:
    sent = publish(scene, 60, MIXED)
    follower = follow()
    order = [n for _ in range(3) for n in ahead(follower.step())]
    assert order == ids(sent[n] for n in (50, 40, 30, 10, 59, 20, 5))
    assert [n for n in rest(follower, sent[-1]) if n in ids(sent)] == ids(sent)
    assert follower.frontier.root() == scene.client.status().logs[0].root_hash


def test_batches_wait_for_answers_urgent_ones_too(scene: Scene, follow: Follow) -> None:
    publish(scene, 60, MIXED)
    follower = follow()
    kinds = [follower.next().WhichOneof("response") for _ in range(3)]
    assert kinds == ["urgent", "urgent", "heartbeat"]
    follower.answer()
    kinds = [follower.next().WhichOneof("response") for _ in range(2)]
    assert kinds == ["urgent", "heartbeat"]
    for _ in range(2):
        follower.answer()
    while (kind := follower.next().WhichOneof("response")) == "heartbeat":
        pass
    assert kind == "batch"


def test_what_is_urgent_while_the_follower_catches_up_waits_for_no_more_than_is_on_its_way(
    scene: Scene, follow: Follow
) -> None:
    sent = publish(scene, 80)
    follower = follow()
    before = in_place(follower.next()) + in_place(follower.next())
    (late,) = published(scene, [draft(entity="310000/late", priority=LIFE)])
    assert ahead(follower.step()) == ids([late])
    found = before + rest(follower, late)
    assert [n for n in found if n in ids(sent)] == ids(sent)
    assert found.count(late.header.message_id) == 1, "it has its place in the log, too"


def test_nothing_goes_ahead_of_a_single_batch(scene: Scene, follow: Follow) -> None:
    sent = publish(scene, 10, {3: LIFE})
    follower = follow()
    assert rest(follower, sent[-1])[-10:] == ids(sent)
    (late,) = published(scene, [draft(entity="310000/late", priority=LIFE)])
    assert in_place(follower.step()) == ids([late])


def test_nothing_goes_ahead_to_a_follower_that_does_not_take_it(
    scene: Scene, follow: Follow
) -> None:
    sent = publish(scene, 60, MIXED)
    found = rest(follow(takes_urgent=False), sent[-1])
    assert [n for n in found if n in ids(sent)] == ids(sent)


def test_what_is_withheld_or_redacted_is_so_ahead_of_its_place(
    scene: Scene, follow: Follow
) -> None:
    """Anhui gets no waybills, and of incidents no contact."""
    waybill = draft(waybill_body(), "waybill", entity="310000/truck", priority=LIFE)
    incident = draft(entity="310000/flood", priority=LIFE)
    published(scene, [incident, waybill])
    publish(scene, 60)
    (theirs,) = follow("340000").step().urgent.entries
    assert id_of(theirs.entry) == incident.header.message_id
    assert not theirs.entry.disclosures
    second, first = follow("320000").step().urgent.entries
    assert [id_of(e.entry) for e in (first, second)] == ids([incident, waybill])
    assert "张三".encode() not in first.SerializeToString()
    assert len(second.entry.disclosures) == 1


def test_where_all_is_withheld_ordinary_batches_follow(scene: Scene, follow: Follow) -> None:
    trucks = [
        draft(waybill_body(), "waybill", entity=f"310000/t/{n}", priority=LIFE) for n in range(9)
    ]
    published(scene, trucks)
    sent = publish(scene, 60)
    found = rest(follow("340000"), sent[-1])
    assert [n for n in found if n in ids(sent)] == ids(sent)


def test_only_the_newest_go_ahead_and_then_all_take_turns(
    scene: Scene, follow: Follow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(urgent, "MOST_WAITING", 8)
    sent = publish(scene, 150, dict.fromkeys(range(0, 150, 10), URGENT))
    follower = follow()
    first = [n for _ in range(3) for n in ahead(follower.step())]
    assert first == ids(sent[n] for n in range(140, 60, -10))
    assert in_place(follower.step())
    late = published(scene, [draft(entity=f"310000/late/{n}", priority=LIFE) for n in range(8)])
    found, kinds = list[str](), list[str]()
    while len(found) < len(late):
        response = follower.step()
        kinds.append(response.WhichOneof("response") or "")
        found += ahead(response) if kinds[-1] == "urgent" else []
    assert found == ids(reversed(late))
    assert "urgent urgent" not in " ".join(kinds)


def test_where_all_is_urgent_a_small_part_goes_ahead(
    scene: Scene, follow: Follow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(urgent, "SHARE", 10)
    sent = publish(scene, 60, dict.fromkeys(range(60), LIFE))
    follower = follow()
    first = ahead(follower.step()) + ahead(follower.step())
    assert first == ids(sent[n] for n in range(59, 53, -1))
    assert [n for n in rest(follower, sent[-1]) if n in ids(sent)] == ids(sent)


def test_an_urgent_batch_is_small_in_bytes_too(
    scene: Scene, follow: Follow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(urgent, "BATCH_BYTES", 1)
    sent = publish(scene, 60, MIXED)
    follower = follow()
    order = [ahead(follower.step()) for _ in range(7)]
    assert order == [[sent[n].header.message_id] for n in (50, 40, 30, 10, 59, 20, 5)]


def test_between_gateways_the_urgent_is_delivered_first_and_all_of_it_once(
    materials: Materials, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(origin, "BATCH", 20)
    monkeypatch.setattr(urgent, "BEHIND", 20)
    monkeypatch.setattr(urgent, "SHARE", 1)
    with delta(materials, tmp_path, ("310000", "320000"), start=False) as made:
        made.start("310000")
        sent = [
            draft(entity=f"310000/{n}", priority=MIXED.get(n, "PRIORITY_ROUTINE"))
            for n in range(60)
        ]
        made.client("310000").publish(sent)
        made.start("320000")
        made.wait_level("310000", "320000")
        wanted = Filter(types=["yrd.incident.v1.IncidentReport"])
        first = [sent[n] for n in (50, 40, 30, 10, 59, 20, 5)]
        rest = [d for d in sent if d not in first]
        assert ids(read(made.client("320000"), wanted=wanted)) == ids([*first, *rest])
        assert made.log("320000", "310000").root_hash == made.log("310000", "310000").root_hash
        late = draft(entity="310000/late", priority=LIFE)
        for participant in ("310000", "320000"):
            made.stop(participant)
            made.start(participant)
        made.client("310000").publish([late])
        made.wait_level("310000", "320000")
        assert ids(read(made.client("320000"), wanted=wanted)) == ids([*first, *rest, late])
