"""The HTTP door's stream: order, resuming exactly, filters, cursors, and how it ends."""

import json
import socket
from collections.abc import Iterator
from contextlib import suppress

import pytest

from integration.http.token_file import revoke
from tests.support import door as doors
from tests.support.builders import draft, resource_body
from tests.support.door import Running, events
from tests.support.scene import Scene
from tests.support.waiting import until

HEARTBEAT = {"": "heartbeat"}
RETRY = {"retry": "2000"}


@pytest.fixture
def door(scene: Scene) -> Iterator[Running]:
    """A door of Shanghai's console that has a short breath."""
    limits = {"heartbeat_seconds": 0.05, "slow_reader_seconds": 0.5}
    with doors.door(scene, limits=limits) as running:
        yield running


def publish(scene: Scene, *names: str) -> None:
    results = scene.client.publish([draft(entity=f"310000/{name}") for name in names])
    assert all(result.HasField("accepted") for result in results)


def messages(found: Iterator[dict[str, str]], count: int) -> list[tuple[int, str]]:
    """Id and entity of the next messages."""
    told: list[tuple[int, str]] = []
    while len(told) < count:
        one = next(found)
        if one.get("event") == "message":
            entity = json.loads(one["data"])["header"]["entityId"]
            told.append((int(one["id"]), entity.removeprefix("310000/")))
    return told


def test_messages_come_in_order_and_as_they_are_published(scene: Scene, door: Running) -> None:
    publish(scene, "a", "b")
    with events(door) as found:
        assert next(found) == RETRY
        assert messages(found, 2) == [(1, "a"), (2, "b")]
        progress = next(found)
        assert (progress["event"], progress["id"]) == ("progress", "2")
        assert json.loads(progress["data"]) == {"offset": "2", "caughtUp": True}
        assert next(found) == HEARTBEAT
        publish(scene, "c")
        assert messages(found, 1) == [(3, "c")]


@pytest.mark.parametrize(
    ("path", "last", "expected"),
    [
        ("/v1/stream", "0", ["a", "b", "c", "d"]),
        ("/v1/stream", "2", ["c", "d"]),
        ("/v1/stream?after=3", "", ["d"]),
        ("/v1/stream?after=0", "3", ["d"]),
    ],
)
def test_a_reader_goes_on_exactly_behind_what_it_had(
    scene: Scene, door: Running, path: str, last: str, expected: list[str]
) -> None:
    publish(scene, "a", "b", "c", "d")
    headers = {"last_event_id": last} if last else {}
    with events(door, path, **headers) as found:
        assert [name for _, name in messages(found, len(expected))] == expected


def test_a_reader_that_is_cut_off_again_and_again_misses_nothing(
    scene: Scene, door: Running
) -> None:
    names, read, last = [f"n{n}" for n in range(9)], [], "0"
    publish(scene, *names)
    for taken in (1, 3, 2, 1, 2):
        with events(door, last_event_id=last) as found:
            told = messages(found, taken)
        read += [name for _, name in told]
        last = str(told[-1][0])
    assert read == names


def test_what_a_filter_leaves_out_still_moves_the_place(scene: Scene, door: Running) -> None:
    publish(scene, "a", "b")
    pumps = draft(resource_body(), "resourceStatus", entity="310000/pumps")
    scene.client.publish([pumps])
    with events(door, "/v1/stream?type=yrd.resource.v1.ResourceStatus") as found:
        assert messages(found, 1) == [(3, "pumps")]
    with events(door, "/v1/stream?origin=joint") as found:
        assert next(found) == RETRY
        assert next(found)["id"] == "3"


def test_a_cursor_is_kept_for_the_system(scene: Scene, door: Running) -> None:
    publish(scene, "a", "b", "c")
    moved = door.call("PUT", "/v1/cursors/screen", {"offset": "2"})
    assert (moved.status, moved.json) == (200, {"offset": "2"})
    with events(door, "/v1/stream?cursor=screen") as found:
        assert messages(found, 1) == [(3, "c")]
    wrong = door.call("PUT", "/v1/cursors/screen", {"offset": "99"})
    assert (wrong.status, wrong.json["reason"]) == (400, "CURSOR_OUT_OF_RANGE")
    for body in ({}, {"offset": "x"}, [1], {"offset": 1, "more": 2}):
        assert door.call("PUT", "/v1/cursors/screen", body).json["reason"] == "MALFORMED_REQUEST"


def test_a_stream_ends_with_its_token(scene: Scene, door: Running) -> None:
    assert door.config.tokens
    with events(door) as found:
        assert next(found) == RETRY
        revoke(door.config.tokens, door.token.split("_")[1])
        told = [one for one in found if one.get("event") == "error"]
    assert [json.loads(one["data"])["reason"] for one in told] == ["IDENTITY_UNKNOWN"]
    assert door.call("GET", "/v1/messages").status == 401


def test_a_stream_ends_when_the_door_closes(scene: Scene, door: Running) -> None:
    with events(door) as found:
        assert next(found) == RETRY
        door.server.should_exit = True
        assert all(one.get("event") != "error" for one in found)


def test_a_reader_that_goes_away_is_let_go_at_the_gateway(scene: Scene, door: Running) -> None:
    """Each system may have 32 streams at once: more readers than that, one after another."""
    for _ in range(40):
        with events(door) as found:
            assert next(found) == RETRY


def test_a_reader_that_takes_nothing_is_cut_off(scene: Scene, door: Running) -> None:
    long = "长" * 10_000
    body = {
        "kind": "REPORT_KIND_INITIAL",
        "title": "内涝",
        "primaryType": {"scheme": "GB/T 35561", "value": "11A02"},
        "place": {"adminCode": "310115"},
        "description": long,
    }
    for start in range(0, 400, 200):
        scene.client.publish([draft(body, entity=f"310000/{n}") for n in range(start, start + 200)])
    with socket.socket() as idle:
        idle.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        idle.connect((door.config.host, door.config.port))
        asked = f"GET /v1/stream HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {door.token}\r\n\r\n"
        idle.sendall(asked.encode())
        connections = door.server.server_state.connections
        until(lambda: connections, "it has come", 60)
        until(lambda: not connections, "it is cut off", 60)
        idle.settimeout(60)
        taken = 0
        with suppress(ConnectionResetError):
            while part := idle.recv(1 << 20):
                taken += len(part)
        assert taken < 8_000_000, "all 12 MB were held for the reader"
