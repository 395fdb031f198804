"""Who may call the HTTP door, and as whom the gateway sees it."""

import json
import logging
import ssl
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict

from integration import certs
from schemas import message_ids
from tests.support import door as doors
from tests.support import scene as scenes
from tests.support.builders import draft
from tests.support.door import Running
from tests.support.materials import Materials
from tests.support.scene import Scene

SYSTEMS = ("console", "dispatch")


def certified(materials: Materials) -> dict[str, Any]:
    """TLS by a certificate of its own, and systems with certificates let in."""
    ca, certificate, key = materials.system("310000", "http")
    return {"certificate": certificate, "key": key, "client_ca": ca}


@pytest.fixture
def door(scene: Scene) -> Iterator[Running]:
    """A door with TLS for two systems."""
    with doors.door(scene, SYSTEMS, tls=certified(scene.materials)) as running:
        yield running


def showing(door: Running, materials: Materials, participant: str, system: str) -> Running:
    """The door to someone who shows that certificate."""
    _, certificate, key = materials.system(participant, system)
    return replace(door, client=(certificate, key))


def source(door: Running, scene: Scene, **how: Any) -> str:
    """Publishes; the system that the gateway then names."""
    made = draft(entity=f"310000/{message_ids.new(0)}")
    answer = door.call("POST", "/v1/messages", MessageToDict(made), **how)
    assert answer.status == 200, answer
    return scene.client.get(made.header.message_id).stamp.source_system


def test_the_gateway_names_the_system_of_the_token(scene: Scene, door: Running) -> None:
    for system in SYSTEMS:
        assert source(door, scene, token=door.token_for("publisher", system=system)) == system


def test_the_gateway_names_the_system_of_the_certificate(scene: Scene, door: Running) -> None:
    for system in SYSTEMS:
        caller = showing(door, scene.materials, "310000", system)
        assert source(caller, scene, token=None) == system


def test_a_token_says_it_where_there_are_both(scene: Scene, door: Running) -> None:
    caller = showing(door, scene.materials, "310000", "console")
    token = door.token_for("publisher", system="dispatch")
    assert source(caller, scene, token=token) == "dispatch"
    assert caller.call("GET", "/v1/messages", token="yrd_wrong").status == 401


@pytest.mark.parametrize(
    ("participant", "system"),
    [("320000", "console"), ("310000", "stranger"), ("310000", "gateway")],
)
def test_the_door_speaks_for_its_own_systems_only(
    scene: Scene, door: Running, participant: str, system: str
) -> None:
    answer = showing(door, scene.materials, participant, system).call(
        "GET", "/v1/messages", token=None
    )
    assert (answer.status, answer.json["reason"]) == (403, "NOT_PERMITTED")


def test_a_certificate_of_another_ca_is_refused(
    scene: Scene, door: Running, tmp_path: Path
) -> None:
    forged = certs.make_authority(tmp_path)
    certs.issue(forged, tmp_path, "310000", "console")
    caller = replace(door, client=(tmp_path / "console.pem", tmp_path / "console.key"))
    with pytest.raises((ssl.SSLError, ConnectionError)):
        caller.call("GET", "/v1/messages", token=None)


def test_a_revoked_certificate_is_refused(
    scene: Scene, materials: Materials, tmp_path: Path
) -> None:
    authority = certs.make_authority(tmp_path)
    certs.issue(authority, tmp_path / "310000", "310000", "console")
    tls = certified(materials) | {"client_ca": tmp_path / "ca.pem", "crl": tmp_path / "crl.pem"}
    own = tmp_path / "310000" / "console.pem", tmp_path / "310000" / "console.key"
    with doors.door(scene, SYSTEMS, tls=tls) as running:
        assert replace(running, client=own).call("GET", "/v1/messages", token=None).status == 200
    certs.revoke(tmp_path, "310000", "console")
    with doors.door(scene, SYSTEMS, tls=tls) as running:
        with pytest.raises((ssl.SSLError, ConnectionError)):
            replace(running, client=own).call("GET", "/v1/messages", token=None)
        assert running.call("GET", "/v1/messages").status == 200


def test_a_token_that_is_over_is_refused(door: Running) -> None:
    answer = door.call("GET", "/v1/messages", token=door.token_for("subscriber", days=-1))
    assert (answer.status, answer.json["reason"]) == (401, "IDENTITY_UNKNOWN")


def test_a_damaged_file_of_tokens_lets_nobody_in(door: Running) -> None:
    assert door.config.tokens
    door.config.tokens.write_text("[{")
    answer = door.call("GET", "/v1/messages")
    assert (answer.status, answer.json["reason"]) == (503, "UNAVAILABLE")
    assert "retry-after" in answer.headers


def test_what_the_gateway_does_not_allow_the_door_does_not_either(
    materials: Materials, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    clients = [{"system": "console", "roles": ["subscriber"]}]
    with (
        scenes.scene(materials, monkeypatch, tmp_path, clients=clients) as scene,
        doors.door(scene) as running,
    ):
        answer = running.call("POST", "/v1/messages", MessageToDict(draft()))
        assert (answer.status, answer.json["reason"]) == (403, "NOT_PERMITTED")
        assert answer.json["metadata"]["system"] == "console"


def test_a_gateway_that_is_away_is_told_without_its_address(scene: Scene) -> None:
    ca = scene.materials.system("310000", "console")[0]
    nobody = {"address": "127.0.0.1:9", "ca": ca}
    with doors.door(scene, gateway=nobody, limits={"gateway_seconds": 5}) as running:
        answer = running.call("GET", "/v1/messages")
        assert (answer.status, answer.json["reason"]) == (503, "UNAVAILABLE")
        assert "127.0.0.1" not in answer.body.decode()
        stream = running.call("GET", "/v1/stream")
        assert (stream.status, stream.json["reason"]) == (503, "UNAVAILABLE")


def test_no_token_is_ever_logged_or_kept(door: Running, caplog: pytest.LogCaptureFixture) -> None:
    secret = door.token.split("_", 2)[2]
    with caplog.at_level(logging.DEBUG):
        door.call("GET", "/v1/messages")
        door.call("GET", "/v1/messages", token=door.token[:-1] + "!")
        door.call("POST", "/v1/messages", b"{", token=door.token)
    told = "\n".join(json.dumps(vars(record), default=str) for record in caplog.records)
    assert "http_request" in told
    assert secret not in told
    assert door.config.tokens and secret not in door.config.tokens.read_text()
