"""Who calls: what the certificate must be, and what becomes of those who have another."""

import socket
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest

from client import ExchangeClient, ExchangeError, connect
from gateway import errors
from integration import certs
from tests.support.builders import draft
from tests.support.calls import (
    Call,
    acknowledge,
    get,
    listed,
    open_replication,
    open_subscription,
    publish,
    publish_stream,
    status,
)
from tests.support.certificates import issue_with_uris
from tests.support.promises import require_promised
from tests.support.scene import Scene
from tests.support.standing import standing
from tests.support.told import refused

EVERY_CALL: list[Callable[..., Call]] = [
    publish,
    publish_stream,
    open_subscription,
    acknowledge,
    get,
    listed,
    status,
    open_replication,
]
NAMELESS: dict[str, list[str]] = {
    "no-names": [],
    "another-scheme": ["https://participant/310000/console"],
    "no-system": ["yrd://participant/310000"],
    "more-behind": ["yrd://participant/310000/console/x"],
}


def nameless(scene: Scene, name: str) -> None:
    folder = scene.materials.folder
    issue_with_uris(certs.load_authority(folder), folder / "310000", name, NAMELESS[name])


@pytest.mark.parametrize("name", NAMELESS)
def test_a_certificate_that_names_no_participant_is_told_so(scene: Scene, name: str) -> None:
    nameless(scene, name)
    found = refused(lambda: get(participant="310000", system=name)(scene))
    require_promised(found, errors.IdentityUnknown)
    assert "yrd://participant/<participant>/<system>" in found.message


@pytest.mark.parametrize("call", EVERY_CALL, ids=lambda call: call.__name__)
def test_no_call_is_open_to_it(scene: Scene, call: Callable[..., Call]) -> None:
    nameless(scene, "no-names")
    before = standing(scene.client)
    found = refused(lambda: call(participant="310000", system="no-names")(scene))
    assert found.code == "UNAUTHENTICATED"
    assert standing(scene.client) == before


def stranger(folder: Path) -> tuple[Path, Path]:
    """Certificate and key of our own console, from a CA that nobody knows."""
    certs.issue(certs.make_authority(folder), folder, "310000", "console")
    return folder / "console.pem", folder / "console.key"


def test_a_certificate_of_another_authority_gets_no_connection(scene: Scene) -> None:
    before = standing(scene.client)
    channel = connect(
        scene.config.listen, scene.materials.folder / "ca.pem", *stranger(scene.folder)
    )
    with pytest.raises(ExchangeError) as caught:
        ExchangeClient(channel, timeout_seconds=5).publish([draft()])
    assert (caught.value.code, caught.value.reason) == ("UNAVAILABLE", "")
    assert standing(scene.client) == before


def hears_from(scene: Scene, pair: tuple[Path, Path] | None) -> bool:
    """Whether a gateway says anything in HTTP/2 to a client with that certificate."""
    context = ssl.create_default_context(cafile=str(scene.materials.folder / "ca.pem"))
    context.set_alpn_protocols(["h2"])
    if pair:
        context.load_cert_chain(*pair)
    host, port = scene.config.listen.split(":")
    try:
        with (
            socket.create_connection((host, int(port)), timeout=5) as plain,
            context.wrap_socket(plain, server_hostname=host) as secure,
        ):
            return bool(secure.recv(1))
    except (ssl.SSLError, ConnectionError):
        return False


def test_the_handshake_lets_in_only_certificates_of_the_own_authority(scene: Scene) -> None:
    _, certificate, key = scene.materials.system("310000")
    assert hears_from(scene, (certificate, key))
    assert not hears_from(scene, stranger(scene.folder))
    assert not hears_from(scene, None)
