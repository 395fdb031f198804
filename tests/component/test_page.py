"""The page over a real gateway: what is published reaches a browser's stream, over a loss of either side."""

import http.client
import json
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from client import ExchangeClient
from gateway.config import GatewayConfig
from integration.page.beginning import offset_before
from integration.page.config import Tls
from integration.page.headers import HEADERS
from pipelines.facts.scope import micros
from pipelines.pictures.results import draft, views
from tests.support.builders import NOW
from tests.support.duty_room import SECONDS, Page, page_config, served
from tests.support.materials import Materials
from tests.support.running import client_of, free_port, running
from tests.support.situation import lacking, picture
from tests.support.waiting import until


@dataclass(slots=True)
class Room:
    """The joint duty room's gateway and its page."""

    gateway: GatewayConfig
    client: ExchangeClient
    page: Page

    def publish(self, revision: int, title: str) -> None:
        """A summary, its parts and a proposal."""
        made = picture([lacking(changes={"title": title}, told=NOW)], NOW)
        results = self.client.publish([draft(view, revision) for view in views(made)])
        assert all(result.HasField("accepted") for result in results), results

    def get(self, path: str, **headers: str) -> http.client.HTTPResponse:
        """An answer of the page; its body is not read."""
        connection = http.client.HTTPConnection(self.page.config.listen, timeout=SECONDS)
        connection.request("GET", path, headers=headers)
        return connection.getresponse()

    def read(self, path: str) -> Any:
        """A JSON answer."""
        answer = self.get(path)
        assert answer.status == 200, answer.read()
        return json.loads(answer.read())


class Stream:
    """What a browser knows from the stream: parts, newest id."""

    def __init__(self, answer: http.client.HTTPResponse) -> None:
        self._answer = answer
        self.last, self.whole = "", False
        self.parts: dict[str, Any] = {}

    def until(self, name: str, what: object = None) -> Any:
        """Reads until a part is there, and has a text in it if one is given."""
        event: dict[str, str] = {}
        while True:
            found = json.dumps(self.parts.get(name), ensure_ascii=False)
            if self.parts.get(name) is not None and (what is None or str(what) in found):
                return self.parts[name]
            line = self.line().rstrip("\n")
            if not line and event:
                self._take(event)
                event = {}
            elif line:
                field, _, value = line.partition(": ")
                event[field] = value

    def line(self) -> str:
        """The next line; empty at the end."""
        return self._answer.readline().decode()

    def _take(self, event: dict[str, str]) -> None:
        self.last = event.get("id", self.last)
        if event.get("event") == "hello":
            self.whole = json.loads(event["data"])["whole"]
        if event.get("event") == "parts":
            self.parts |= json.loads(event["data"])


@contextmanager
def streaming(room: Room, query: str = "", **headers: str) -> Iterator[Stream]:
    answer = room.get(f"/events?{query}", **headers)
    assert answer.headers["content-type"].startswith("text/event-stream")
    try:
        yield Stream(answer)
    finally:
        answer.close()


@pytest.fixture
def room(materials: Materials, tmp_path: Path) -> Iterator[Room]:
    config = materials.config("joint", free_port(), tmp_path / "data", check_processes=0)
    with running(config), served(page_config(materials, config.listen)) as page:
        yield Room(config, client_of(config, materials), page)


def test_what_is_published_comes_without_asking(room: Room) -> None:
    with streaming(room, "scope=actual") as stream:
        assert stream.until("link", "true")["owner"] == "joint"
        assert stream.parts["incidents"] is None
        room.publish(1, "内涝")
        assert stream.until("incidents", "内涝")
        room.publish(2, "内涝加重")
        assert stream.until("incidents", "内涝加重")
        assert stream.parts["aid"]["proposals"]


def test_who_comes_back_gets_only_what_changed(room: Room) -> None:
    room.publish(1, "内涝")
    with streaming(room, "scope=actual") as stream:
        assert stream.whole is False
        stream.until("incidents", "内涝")
    room.publish(2, "内涝加重")
    with streaming(room, "scope=actual", **{"Last-Event-ID": stream.last}) as again:
        again.until("incidents", "内涝加重")
        assert not again.whole
        assert "supplies" not in again.parts
    with streaming(room, "scope=actual", **{"Last-Event-ID": "another.7"}) as other:
        other.until("supplies")
        assert other.whole


def test_it_begins_some_days_back(room: Room) -> None:
    """What is older is not read: a year of summaries would keep the officer waiting."""
    for revision in range(1, 6):
        room.publish(revision, f"内涝{revision}")
    messages = list(room.client.messages())
    assert offset_before(room.client, 0) == 0
    third = messages[len(messages) // 2].receipt
    begin = offset_before(room.client, micros(third.received_time))
    assert messages[begin - 1].receipt.received_time.ToMicroseconds() < micros(third.received_time)
    assert offset_before(room.client, micros(messages[-1].receipt.received_time) + 1) == len(
        messages
    )


def test_both_languages(room: Room) -> None:
    room.publish(1, "内涝")
    for language, name in (("zh", "上海"), ("en", "Shanghai")):
        with streaming(room, f"scope=actual&lang={language}") as stream:
            assert stream.until("coverage")[0]["name"] == name


def test_a_gateway_that_is_gone_is_told_and_heals(materials: Materials, tmp_path: Path) -> None:
    config = materials.config("joint", free_port(), tmp_path / "data", check_processes=0)
    with served(page_config(materials, config.listen)) as page:
        room = Room(config, client_of(config, materials), page)
        with streaming(room, "scope=actual") as stream:
            assert stream.until("link", "UNAVAILABLE")["connected"] is False
            with running(config):
                assert stream.until("link", '"connected": true')["problem"] == ""
                room.publish(1, "内涝")
                stream.until("incidents", "内涝")
            assert stream.until("link", '"connected": false')["problem"]
            assert stream.parts["incidents"]


def test_an_earlier_picture_is_the_one_that_was_published(room: Room) -> None:
    made = picture([lacking(changes={"title": "内涝"}, told=NOW)], NOW)
    room.publish(1, "内涝")
    as_of = made.summary.as_of_time.ToMilliseconds()
    until(lambda: room.get(f"/picture?at={as_of}").status == 200, "the picture")
    found = room.read(f"/picture?at={as_of + 1}&lang=en")
    assert found["head"]["known_at_ms"] == as_of + 1
    assert found["incidents"][0]["title"] == "内涝"
    assert found["aid"]["proposals"]
    assert room.get(f"/picture?at={as_of - 1}").status == 404


def test_evidence_is_shown_and_holds(room: Room) -> None:
    room.publish(1, "内涝")
    with streaming(room, "scope=actual") as stream:
        message_id = stream.until("head")["message_id"]
    found = room.read(f"/evidence?id={message_id}&lang=en")
    assert found["proof"]["holds"] is True
    assert found["proof"]["signed_by"]
    assert found["line"]["who"] == "joint duty room"


@pytest.mark.parametrize(
    ("path", "status", "word"),
    [
        ("/incident?scope=actual&id=nothing", 404, "nothing"),
        ("/incident?scope=actual", 400, "id"),
        ("/picture?scope=exercise/none&at=1", 404, "exercise/none"),
        ("/picture?scope=actual&at=-1", 400, "at"),
        ("/picture?scope=actual&at=" + "9" * 400, 400, "at"),
        ("/events?lang=fr", 400, "lang"),
        ("/events?scope=" + quote("字" * 300), 400, "scope"),
        ("/evidence?id=018f0000-0000-7000-8000-000000000000", 404, "018f"),
        ("/nothing", 404, "Not Found"),
    ],
)
def test_what_is_not_there_is_told_in_words(room: Room, path: str, status: int, word: str) -> None:
    room.publish(1, "内涝")
    until(lambda: room.get("/incident?scope=actual&id=310000/flood/1").status == 200, "a picture")
    answer = room.get(path)
    told = answer.read().decode()
    assert (answer.status, word in told) == (status, True), told
    assert "Traceback" not in told


def test_nothing_from_elsewhere_runs_and_no_other_name_leads_here(room: Room) -> None:
    for path in ("/", "/static/app.js", "/outlines.json", "/nothing"):
        answer = room.get(path)
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
        assert b"http://" not in answer.read().replace(b"http://www.w3.org/", b"")
    assert room.get("/", Host="elsewhere.example").status == 400


def test_from_outside_only_who_shows_a_certificate_reads_it(
    materials: Materials, tmp_path: Path
) -> None:
    ca, certificate, key = materials.system("joint", "page-server")
    config = page_config(materials, "127.0.0.1:1")
    guarded = config.model_copy(
        update={"tls": Tls(certificate=certificate, key=key, clients_ca=ca)}
    )
    context = ssl.create_default_context(cafile=str(ca))
    context.check_hostname = False
    with served(guarded):
        with pytest.raises((ssl.SSLError, ConnectionError, http.client.RemoteDisconnected)):
            _secure(config.listen, context)
        context.load_cert_chain(*materials.system("joint", "officer")[1:])
        assert _secure(config.listen, context) == 200


def _secure(address: str, context: ssl.SSLContext) -> int:
    connection = http.client.HTTPSConnection(address, timeout=SECONDS, context=context)
    connection.request("GET", "/")
    return connection.getresponse().status


def test_it_ends_although_pages_are_open(room: Room) -> None:
    with streaming(room, "scope=actual") as stream:
        stream.until("link")
        room.page.server.end()
        while stream.line():
            pass
    until(lambda: not listening(room.page.config.listen), "the end", SECONDS)


def listening(address: str) -> bool:
    host, _, port = address.partition(":")
    with socket.socket() as trying:
        return trying.connect_ex((host, int(port))) == 0
