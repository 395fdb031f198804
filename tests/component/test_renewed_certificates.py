"""Certificates of the door and of the page change while they run: at their own side, and at the gateway's."""

import http.client
import logging
import shutil
import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from google.protobuf.json_format import MessageToDict

from integration import certs
from integration.page.config import Tls
from tests.support import door as doors
from tests.support import scene as scenes
from tests.support.builders import draft
from tests.support.duty_room import Page, page_config, served
from tests.support.materials import Materials
from tests.support.scene import Scene
from tests.support.waiting import until

OWN = "310000"
SECONDS = 60.0


@pytest.fixture
def own(tmp_path: Path) -> Materials:
    """A CA of this test's own, which it may spoil."""
    certs.make_all(tmp_path / "certs")
    return Materials(tmp_path / "certs")


@pytest.fixture
def scene(own: Materials, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Scene]:
    """A gateway that knows revocations."""
    folder = own.folder / OWN
    tls = {
        "ca": own.folder / "ca.pem",
        "certificate": folder / "gateway.pem",
        "key": folder / "gateway.key",
        "crl": own.folder / "crl.pem",
    }
    limits = {"certificate_check_seconds": 0.05}
    with scenes.scene(own, monkeypatch, tmp_path, tls=tls, limits=limits, check_processes=0) as one:
        yield one


def serial(path: Path) -> int:
    return x509.load_pem_x509_certificate(path.read_bytes()).serial_number


def presented(address: str, context: ssl.SSLContext) -> int:
    """Serial number of the certificate with which a new connection is answered."""
    connection = http.client.HTTPSConnection(address, timeout=SECONDS, context=context)
    connection.connect()
    shown = connection.sock.getpeercert(binary_form=True)
    assert isinstance(shown, bytes)
    connection.close()
    return x509.load_der_x509_certificate(shown).serial_number


def unnamed(own: Materials) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(own.folder / "ca.pem"))
    context.check_hostname = False
    return context


def require_renewed(
    address: str, context: ssl.SSLContext, path: Path, log: str, said: Callable[[], str]
) -> None:
    """A new certificate is presented; one that can't be used is not, and that is said."""
    assert presented(address, context) == serial(path)
    before = serial(path)
    certs.renew(path.parents[1], path.parent.name, path.stem)
    assert serial(path) != before
    until(lambda: presented(address, context) == serial(path), "the new certificate", SECONDS)
    held = serial(path)
    path.write_text("half a file")
    until(lambda: f"{log}: tls.certificate" in said(), "the word of it", SECONDS)
    assert presented(address, context) == held


class Said(logging.Handler):
    """What is logged, as text."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        told = record.__dict__
        self.lines.append(f"{record.getMessage()} {told.get('part')}: {told.get('detail', '')}")

    def __call__(self) -> str:
        return "\n".join(self.lines)


@pytest.fixture
def said() -> Iterator[Said]:
    """The log of renewals."""
    handler, logger = Said(), logging.getLogger("integration.web.renewal")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield handler
    logger.removeHandler(handler)
    logger.setLevel(logging.NOTSET)


def renew_at_the_gateway(own: Materials, works: Callable[[], bool]) -> None:
    """A system's certificate is revoked: its calls are refused until the renewed one is on disk."""
    assert works()
    certs.revoke(own.folder, OWN, "console")
    until(lambda: not works(), "the refusal", SECONDS)
    certs.renew(own.folder, OWN, "console")
    until(works, "the renewed certificate", SECONDS)


def test_a_door(scene: Scene, own: Materials, said: Said) -> None:
    _, certificate, key = own.system(OWN, "http")
    with doors.door(scene, tls={"certificate": certificate, "key": key}) as door:
        with doors.events(door) as stream:
            assert "retry" in next(stream)
            require_renewed(
                door.config.listen, unnamed(own), certificate, "certificates_not_renewed tls", said
            )
            scene.client.publish([draft()])
            assert any(event.get("event") == "message" for event in stream), "it goes on"
        renew_at_the_gateway(own, lambda: door.call("GET", "/v1/messages").status == 200)


def test_a_revoked_certificate_ends_connections_that_are_open(
    scene: Scene, own: Materials, tmp_path: Path
) -> None:
    """That of the caller; the door's own for the same system is another, and good."""
    ca, certificate, key = own.system(OWN, "http")
    tls = {"certificate": certificate, "key": key, "client_ca": ca, "crl": own.folder / "crl.pem"}
    files = own.system(OWN, "lost")[1:]
    shown = Path(shutil.copy(files[0], tmp_path)), Path(shutil.copy(files[1], tmp_path))
    with doors.door(scene, ("console", "lost"), tls=tls) as door:
        connection = replace(door, client=shown).connection()

        def told() -> bytes:
            connection.request("GET", "/v1/messages")
            return connection.getresponse().read()

        assert b"messages" in told()
        held = connection.sock
        certs.revoke(own.folder, OWN, "lost")
        certs.renew(own.folder, OWN, "lost")
        until(lambda: b"was revoked: ask your CA" in told(), "the refusal", SECONDS)
        assert connection.sock is held, "it was the same connection"
        connection.close()


def test_a_door_stays_the_system_that_it_was(scene: Scene, own: Materials, said: Said) -> None:
    with doors.door(scene) as door:
        _, certificate, key = own.system(OWN, "other")
        shutil.copy(key, own.folder / OWN / "console.key")
        shutil.copy(certificate, own.folder / OWN / "console.pem")
        until(lambda: "speaks for 310000/other" in said(), "the word of it", SECONDS)
        body = MessageToDict(draft())
        answer = door.call("POST", "/v1/messages", body)
        assert answer.status == 200
        found = door.call("GET", f"/v1/messages/{answer.json['messageId']}").json
        assert found["message"]["stamp"]["sourceSystem"] == "console"


def test_a_page(scene: Scene, own: Materials, said: Said) -> None:
    ca, certificate, key = own.system(OWN, "page-server")
    config = page_config(own, scene.config.listen, OWN).model_copy(
        update={"tls": Tls(certificate=certificate, key=key, clients_ca=ca)}
    )
    context = unnamed(own)
    context.load_cert_chain(*own.system(OWN, "officer")[1:])
    made = draft()
    scene.client.publish([made])
    with served(config) as page:
        listen = page.config.listen
        require_renewed(listen, context, certificate, "certificates_not_renewed tls", said)
        path = f"/evidence?id={made.header.message_id}"
        renew_at_the_gateway(own, lambda: status(page, context, path) == 200)


def status(page: Page, context: ssl.SSLContext, path: str) -> int:
    connection = http.client.HTTPSConnection(page.config.listen, timeout=SECONDS, context=context)
    connection.request("GET", path)
    found = connection.getresponse()
    found.read()
    connection.close()
    return found.status
