"""CAP 1.2 over HTTP: alerts in, once however often they are sent; messages out, and a feed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from gateway.settings_file import ConfigError
from integration.cap import door as cap
from integration.cap.signing import Signer
from integration.http.config import Cap
from tests.component.test_http_calls import fits, refused
from tests.support import door as doors
from tests.support.capped import IDENTIFIER, ZH, alert, require_valid, rich
from tests.support.door import Answer, Running
from tests.support.materials import Materials
from tests.support.scene import Scene
from tests.support.signers import Issuer, issuer

XML = "application/cap+xml"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def known() -> Issuer:
    """An issuer whose certificate the door knows."""
    return issuer("上海中心气象台")


@pytest.fixture
def door(scene: Scene, known: Issuer, tmp_path: Path) -> Iterator[Running]:
    """A door of Shanghai's console that takes CAP."""
    keys = tmp_path / "issuers.pem"
    keys.write_bytes(known.certificate.public_bytes(Encoding.PEM))
    with doors.door(scene, cap=Cap(keys=keys)) as running:
        yield running


def post(door: Running, data: bytes, query: str = "", kind: str = XML) -> Answer:
    return door.call("POST", f"/v1/cap{query}", data, content_type=kind)


def at(second: int, **changes: str) -> dict[str, str]:
    return {
        "identifier": f"31000041600000_202606012000{second:02}",
        "sent": f"2026-06-01T20:00:{second:02}+08:00",
        **changes,
    }


def test_an_alert_is_published_once(door: Running, scene: Scene) -> None:
    first = post(door, rich().replace(b">Update<", b">Alert<"))
    assert first.status == 400, "an update says what it replaces, and a first issue nothing"
    first = post(door, alert(**at(1)))
    assert first.status == 200, first
    fits(first.json, "Alert")
    (told,) = first.json["messages"]
    assert told["revision"] == 1
    assert first.json["signature"] == {"state": "unsigned", "detail": ""}
    message = scene.client.get(told["messageId"])
    assert message.early_warning.headline == "台风红色预警信号"
    assert message.stamp.source_system == "console"
    assert post(door, alert(**at(1))).json["messages"] == [told]


def test_an_update_goes_on_with_what_it_replaces(door: Running) -> None:
    """Also where the gateway knows the first from another door's life, and two come one upon the other."""
    (first,) = post(door, alert(**at(1))).json["messages"]
    named = f"31000041600000,{at(1)['identifier']},{at(1)['sent']}"
    update = alert(**at(2, msgType="Update", references=named))
    (second,) = post(door, update).json["messages"]
    assert (second["entityId"], second["revision"]) == (first["entityId"], 2)
    (again,) = post(door, update).json["messages"]
    assert again == second
    later = alert(**at(3, msgType="Cancel", references=named.replace("0001,", "0002,")))
    (third,) = post(door, later).json["messages"]
    assert (third["entityId"], third["revision"]) == (first["entityId"], 3)


def test_what_was_left_out_is_told(door: Running) -> None:
    answer = post(door, rich().replace(b"<source>s</source>", b"<source>office</source>"))
    assert answer.status == 200, answer
    found = {(r["kind"], r["path"]): r["text"] for r in answer.json["remarks"]}
    assert found["left_out", "alert.source"].endswith("office")


def test_a_published_json(door: Running) -> None:
    payload = {
        "head": "上海市发布台风红色预警",
        "SIGNALTYPE": "台风",
        "SIGNALLEVEL": "红色",
        "TYPECODE": "11B01",
        "LEVELCODE": "04",
        "ISSUETIME": "2026-06-01 20:00:00",
        "ISSUECONTENT": "上海中心气象台2026年06月01日20时00分发布台风红色预警",
        "msgType": "Alert",
        "identifier": IDENTIFIER,
    }
    answer = door.call("POST", "/v1/cap", payload)
    assert answer.status == 200, answer
    assert answer.json["messages"][0]["identifier"] == IDENTIFIER


BOMB = b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("data", "field", "rule"),
    [
        (BOMB + alert().partition(b"?>")[2], "body", "xml.doctype"),
        (b"<alert", "body", "xml.syntax"),
        (b" " * (4 << 20) + alert(), "body", "xml.size"),
        (alert(ZH.replace("RED", "PURPLE")), "alert.info.parameter CN-WARNING-COLOR", "cap.color"),
        (alert(identifier="x"), "alert.identifier", "warning.identifier"),
        (alert(status="Exercise"), "alert.note", "header.exercise_id"),
    ],
)
def test_what_can_not_be_taken(door: Running, data: bytes, field: str, rule: str) -> None:
    found = refused(post(door, data), 400, "MALFORMED_REQUEST")
    assert (found["errors"][0]["field"], found["errors"][0]["rule"]) == (field, rule)


def test_what_the_gateway_refuses(door: Running) -> None:
    foreign = alert(**at(4)).replace(b"31000041600000_", b"32000041600000_")
    refused(post(door, foreign), 403, "NOT_AUTHORITY")
    assert post(door, alert(), kind="text/plain").status == 415
    assert post(door, alert(status="Exercise"), "?exercise=yrd-2026").status == 200
    reader = door.token_for("subscriber")
    answer = door.call("POST", "/v1/cap", alert(), token=reader, content_type=XML)
    assert answer.status == 403


def test_signatures(door: Running, known: Issuer) -> None:
    signed = Signer(known.key, known.certificate).sign(alert(**at(5)))  # type: ignore[arg-type]
    assert post(door, signed).json["signature"] == {
        "state": "verified",
        "detail": "CN=上海中心气象台",
    }
    forged = signed.replace("留在室内".encode(), "可以外出".encode())
    found = refused(post(door, forged), 400, "MALFORMED_REQUEST")
    assert found["errors"][0]["rule"] == "cap.signature"


def test_out_as_cap_and_as_a_feed(door: Running, scene: Scene) -> None:
    lasting = ZH.replace("2026-06-02", "2099-06-02")
    two = lasting.replace(
        "<circle>", "<polygon>31.2,121.0 31.2,121.2 31.4,121.2 31.2,121.0</polygon><circle>"
    )
    parts = post(door, alert(two, **at(6))).json["messages"]
    assert len(parts) == 2
    post(door, alert(lasting, status="Exercise", note="yrd-2026", **at(7)))
    got = door.call("GET", f"/v1/cap/{parts[1]['messageId']}?origin=310000")
    assert (got.status, got.headers["content-type"]) == (200, XML)
    require_valid(got.body)
    drafts = cap.take(got.body).drafts
    assert [d.header.message_id for d in drafts] == [part["messageId"] for part in parts]
    feed = entries(door)
    assert [(e["title"], e["id"]) for e in feed] == [
        ("台风红色预警信号", f"urn:yrd:message:310000:{parts[1]['messageId']}")
    ]
    assert door.call("GET", feed[0]["href"]).body == got.body
    (exercise,) = entries(door, "?mode=exercise")
    assert exercise["title"].startswith("【演练】")


def entries(door: Running, query: str = "") -> list[dict[str, Any]]:
    answer = door.call("GET", f"/v1/cap{query}")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/atom+xml")
    found = []
    for entry in etree.fromstring(answer.body).iter(f"{ATOM}entry"):
        link = entry.find(f"{ATOM}link")
        told = {name: entry.findtext(f"{ATOM}{name}") for name in ("id", "title", "summary")}
        found.append(told | {"href": link.get("href")})
    return found


def test_what_is_no_warning(door: Running, scene: Scene) -> None:
    refused(
        door.call("GET", "/v1/cap/01a20f55-9c19-7875-ab3a-a6386696c80b"), 404, "MESSAGE_NOT_FOUND"
    )


def test_only_where_it_is_wanted(scene: Scene, materials: Materials, tmp_path: Path) -> None:
    with doors.door(scene) as plain:
        assert post(plain, alert()).status == 404
    with (
        pytest.raises((ConfigError, AssertionError), match=r"cap\.keys"),
        doors.door(scene, cap=Cap(keys=tmp_path / "none")),
    ):
        pass
    with pytest.raises(ValueError, match="require_signature"):
        Cap(require_signature=True)
