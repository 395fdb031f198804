"""The live loop's ports on a real gateway."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from client import ExchangeClient
from pipelines.pictures.results import draft as draft_of
from pipelines.pictures.results import view_of, views
from pipelines.running.config import LiveConfig
from pipelines.running.gateway_source import Gateway
from pipelines.running.ports import Batch, FeedLost, Refused
from tests.support import builders
from tests.support.materials import Materials
from tests.support.objecting import Talk, question
from tests.support.running import client_of, free_port, running
from tests.support.situation import lacking, picture
from yrd.exchange.v1.message_pb2 import Draft

PATIENT, SHORT, TRIES = 10.0, 0.3, 100
PAST = datetime(2021, 7, 25, 4, 30, tzinfo=UTC)
"""The gateway's clock is the real one, and refuses what lies in the future."""


@dataclass(slots=True)
class Room:
    """The joint duty room: its gateway, a client of its own, and the pipeline's ports."""

    until_stopped: ExitStack
    client: ExchangeClient
    ports: Gateway


@pytest.fixture
def room(materials: Materials, tmp_path: Path) -> Iterator[Room]:
    config = materials.config("joint", free_port(), tmp_path / "data")
    ca, certificate, key = materials.system("joint")
    with ExitStack() as stack:
        stack.enter_context(running(config))
        made = LiveConfig(
            address=config.listen,
            ca=ca,
            certificate=certificate,
            key=key,
            store=tmp_path / "states.db",
            archive=tmp_path / "archive",
        )
        ports = Gateway(made)
        yield Room(stack, client_of(config, materials), ports)
        ports.close()


def own(entity: str, **header: Any) -> Draft:
    """Something that the duty room tells of itself, in an exercise."""
    body = builders.resource_body("joint", place=builders.place("310118"))
    header = {"told": PAST, "mode": "MODE_EXERCISE", "exerciseId": "drill"} | header
    return builders.draft(body, "resourceStatus", entity=f"joint/{entity}", **header)


def said(revision: int, title: str = "内涝") -> list[Draft]:
    """A summary, its parts and a proposal."""
    found = picture([lacking(changes={"title": title}, told=PAST)], PAST)
    return [draft_of(view, revision) for view in views(found)]


def summary(revision: int, title: str = "内涝") -> Draft:
    return said(revision, title)[0]


def read_behind(ports: Gateway, offset: int) -> Batch:
    """What comes next, for as long as it takes."""
    return next(b for b in (ports.read(offset, SHORT) for _ in range(TRIES)) if b.offset > offset)


def test_what_was_published_is_read_once_and_in_order(room: Room) -> None:
    room.client.publish([own("a"), own("b"), own("c")])
    batch = room.ports.read(0, PATIENT)
    assert [m.header.entity_id for m in batch.messages] == ["joint/a", "joint/b", "joint/c"]
    again = room.ports.read(batch.offset, SHORT)
    assert (again.messages, again.offset) == ([], batch.offset)
    room.client.publish([own("d")])
    batch = room.ports.read(batch.offset, PATIENT)
    assert [m.header.entity_id for m in batch.messages] == ["joint/d"]


def test_an_earlier_offset_is_read_again(room: Room) -> None:
    room.client.publish([own("a"), own("b")])
    first, second = (room.ports.read(0, PATIENT).messages for _ in range(2))
    assert len(first) == 2
    assert list(first) == list(second)
    behind = room.ports.read(first[0].receipt.offset, PATIENT).messages
    assert list(behind) == list(first[1:])


def test_what_the_pipeline_published_comes_back(room: Room) -> None:
    """A pipeline that has lost its store learns from that what was said already."""
    published = said(7)
    assert room.ports.publish(published) == [None] * len(published)
    back = read_behind(room.ports, 0).messages
    assert [view_of(message) for message in back] == [view_of(made) for made in published]
    assert [message.header.revision for message in back] == [7] * len(published)


def test_an_objection_comes_back_and_is_taken_back_once(room: Room) -> None:
    talk = Talk(as_of=PAST + timedelta(minutes=1))
    (raised,) = talk.ask(question(1))
    (back,) = talk.ask()
    assert room.ports.publish([raised, raised, back]) == [None, None, None]
    heard = read_behind(room.ports, 0).messages
    assert [message.header.revision for message in heard] == [1, 2]
    again = Talk()
    again.hear(heard)
    assert again.words == talk.words
    (late,) = Talk(as_of=PAST).ask(question(1))
    assert room.ports.publish([late]) == [2]


def test_a_repeat_is_durable_and_an_old_revision_is_stale(room: Room) -> None:
    assert room.ports.publish([summary(10), summary(11)]) == [None, None]
    assert room.ports.publish([summary(10), summary(12)]) == [None, None]
    assert room.ports.publish([summary(12, "x"), summary(13), summary(3, "x")]) == [12, None, 13]


def test_what_the_contract_refuses_is_refused_for_good_and_keeps_nothing_else(room: Room) -> None:
    refused, taken = room.ports.publish([summary(0), summary(1)])
    assert isinstance(refused, Refused)
    assert (refused.for_good, "revision" in refused.reason) == (True, True)
    assert taken is None


def test_a_gateway_that_is_gone_is_a_lost_feed(room: Room) -> None:
    room.client.publish([own("a")])
    batch = room.ports.read(0, PATIENT)
    room.until_stopped.close()
    with pytest.raises(FeedLost):
        read_behind(room.ports, batch.offset)
    with pytest.raises(FeedLost):
        room.ports.publish([summary(99)])
