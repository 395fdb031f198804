"""Certificates and revocations that change while a gateway runs."""

import base64
import queue
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import grpc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from client import ExchangeClient, ExchangeError, connect
from gateway import errors
from gateway.config import ConfigError
from gateway.server.credentials import Credentials, utc_now
from integration import certs
from tests.support import scene as scenes
from tests.support.builders import draft
from tests.support.calls import opened, status
from tests.support.certificates import issue_with_uris
from tests.support.materials import Materials
from tests.support.promises import require_promised
from tests.support.scene import Scene
from tests.support.told import Told, refused
from tests.support.waiting import until
from yrd.exchange.v1 import service_pb2 as pb

OWN = "310000"
AT_ONCE = {"certificate_check_seconds": 0.05}


@pytest.fixture
def own(tmp_path: Path) -> Materials:
    """A CA of this test's own, which it may spoil."""
    certs.make_all(tmp_path / "certs")
    return Materials(tmp_path / "certs")


@pytest.fixture
def scene(own: Materials, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Scene]:
    tls = tls_of(own)
    with scenes.scene(
        own, monkeypatch, tmp_path, tls=tls, limits=AT_ONCE, check_processes=0
    ) as running:
        yield running


def tls_of(own: Materials) -> dict[str, Any]:
    folder = own.folder / OWN
    return {
        "ca": own.folder / "ca.pem",
        "certificate": folder / "gateway.pem",
        "key": folder / "gateway.key",
        "crl": own.folder / "crl.pem",
    }


@contextmanager
def subscription(scene: Scene, system: str = "console") -> Iterator[Any]:
    """An open subscription from which one answer has been read."""
    requests: queue.SimpleQueue[Any] = queue.SimpleQueue()
    requests.put(opened())
    call = scene.stubs(OWN, system).exchange.Subscribe(iter(requests.get, None), timeout=30)
    next(call)
    yield call
    requests.put(None)
    call.cancel()


def presented(scene: Scene) -> int:
    """Serial number of the certificate with which the gateway answers a new connection."""
    host, _, port = scene.config.listen.rpartition(":")
    pem = ssl.get_server_certificate((host, int(port)), timeout=5)
    return x509.load_pem_x509_certificate(pem.encode()).serial_number


def serial(path: Path) -> int:
    return x509.load_pem_x509_certificate(path.read_bytes()).serial_number


def unauthenticated(call: Callable[[], object], words: str) -> None:
    found: Told = refused(call)
    require_promised(found, errors.IdentityUnknown)
    assert words in found.message


def test_a_new_certificate_is_presented_and_open_streams_go_on(scene: Scene) -> None:
    path = scene.materials.folder / OWN / "gateway.pem"
    before = serial(path)
    assert presented(scene) == before
    with subscription(scene) as reading:
        certs.renew(scene.materials.folder, OWN, "gateway")
        assert serial(path) != before
        until(lambda: presented(scene) == serial(path), "the new certificate")
        scene.client.publish([draft()])
        assert next(reading).messages


def test_a_revoked_certificate_is_refused_and_its_streams_are_ended(scene: Scene) -> None:
    certs.issue(
        certs.load_authority(scene.materials.folder), scene.materials.folder / OWN, OWN, "lost"
    )
    channel = scene.channel(OWN, "lost")
    held = scenes.stubs(channel)
    with subscription(scene, "lost") as lost, subscription(scene) as good:
        number = certs.revoke(scene.materials.folder, OWN, "lost")
        unauthenticated(
            lambda: list(lost), f"{number:x} was revoked on {datetime.now(UTC):%Y-%m-%d}"
        )
        # also on a connection that was open before
        unauthenticated(
            lambda: held.admin.GetStatus(pb.GetStatusRequest(), timeout=5), "was revoked"
        )
        unauthenticated(lambda: status(OWN, "lost")(scene), "ask your CA for another")
        scene.client.publish([draft()])
        assert next(good).messages
    certs.renew(scene.materials.folder, OWN, "lost")
    assert status(OWN, "lost")(scene).accepting


def test_health_and_reflection_are_refused_to_the_revoked_as_well(scene: Scene) -> None:
    certs.issue(
        certs.load_authority(scene.materials.folder), scene.materials.folder / OWN, OWN, "lost"
    )
    channel = scene.channel(OWN, "lost")
    assert scenes.health(channel) == "SERVING"
    certs.revoke(scene.materials.folder, OWN, "lost")

    def refused_now() -> bool:
        try:
            scenes.health(channel)
        except grpc.RpcError as error:
            code: Any = error
            return bool(code.code() is grpc.StatusCode.UNAUTHENTICATED)
        return False

    until(refused_now, "the health service refuses")


def test_the_stream_of_a_certificate_that_expires_is_ended(scene: Scene) -> None:
    folder = scene.materials.folder
    uri = f"yrd://participant/{OWN}/brief"
    valid = timedelta(seconds=3)
    issue_with_uris(certs.load_authority(folder), folder / OWN, "brief", [uri], valid)
    with subscription(scene, "brief") as reading:
        unauthenticated(lambda: list(reading), "expired on")


def test_an_old_ca_and_a_new_one_at_once_then_the_new_one_alone(
    scene: Scene, tmp_path: Path
) -> None:
    ca, old = scene.materials.folder / "ca.pem", (scene.materials.folder / "ca.pem").read_bytes()
    certs.make_all(tmp_path / "new")
    new = Materials(tmp_path / "new")
    fresh = (tmp_path / "new" / "ca.pem").read_bytes()
    lists = [(folder / "crl.pem").read_bytes() for folder in (scene.materials.folder, new.folder)]

    def call(materials: Materials) -> str:
        """With certificates of that CA, trusting both."""
        (tmp_path / "both.pem").write_bytes(old + fresh)
        _, certificate, key = materials.system(OWN)
        channel = connect(scene.config.listen, tmp_path / "both.pem", certificate, key)
        try:
            ExchangeClient(channel, 5).status()
        except ExchangeError as error:
            return error.code
        return "OK"

    assert call(scene.materials) == "OK"
    assert call(new) == "UNAVAILABLE"
    with subscription(scene) as reading:
        (scene.materials.folder / "crl.pem").write_bytes(b"".join(lists))
        ca.write_bytes(old + fresh)
        until(lambda: call(new) == "OK", "the new CA is trusted")
        assert call(scene.materials) == "OK"
        scene.client.publish([draft()])
        assert next(reading).messages
        (scene.materials.folder / "crl.pem").write_bytes(lists[1])
        ca.write_bytes(fresh)
        unauthenticated(lambda: list(reading), "of a CA that this gateway no longer trusts")
    until(lambda: call(scene.materials) == "UNAVAILABLE", "the old CA is no longer trusted")
    assert call(new) == "OK"


def revoked_by_another(own: Materials, folder: Path) -> None:
    certs.make_all(folder / "other")
    (own.folder / "crl.pem").write_bytes((folder / "other" / "crl.pem").read_bytes())


def other_key(own: Materials, folder: Path) -> None:
    (own.folder / OWN / "gateway.key").write_bytes((own.folder / OWN / "console.key").read_bytes())


def of_another_version(own: Materials, _: Path) -> None:
    listed = own.folder / "crl.pem"
    form = b"\x02\x01%c\x30"  # the version, in front of the algorithm
    der = x509.load_pem_x509_crl(listed.read_bytes()).public_bytes(Encoding.DER)
    text = base64.encodebytes(der.replace(form % 1, form % 5, 1))
    listed.write_bytes(b"-----BEGIN X509 CRL-----\n" + text + b"-----END X509 CRL-----\n")


WRONG: dict[str, tuple[Callable[[Materials, Path], object], str]] = {
    "list of another CA": (revoked_by_another, "not signed by a CA of tls.ca"),
    "no list": (lambda own, _: (own.folder / "crl.pem").write_bytes(b"x"), "no PEM list"),
    "broken list": (
        lambda own, _: (own.folder / "crl.pem").write_bytes(
            b"-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n"
        ),
        "no list of revocations",
    ),
    "list of another version": (of_another_version, "5 is not a valid CRL version"),
    "missing list": (lambda own, _: (own.folder / "crl.pem").unlink(), "No such file"),
    "another key": (other_key, "is not the key of"),
    "no key": (lambda own, _: (own.folder / OWN / "gateway.key").write_bytes(b"x"), r"tls\.key"),
    "no certificate": (
        lambda own, _: (own.folder / OWN / "gateway.pem").write_bytes(b"x"),
        r"tls\.certificate",
    ),
    "no CA": (lambda own, _: (own.folder / "ca.pem").write_bytes(b""), r"tls\.ca"),
}


@pytest.mark.parametrize("name", WRONG)
def test_files_that_can_not_be_used_change_nothing(
    own: Materials, tmp_path: Path, name: str
) -> None:
    spoil, words = WRONG[name]
    credentials = Credentials(own.config(OWN, 1, tmp_path, tls=tls_of(own)).tls, utc_now)
    held = credentials.files
    spoil(own, tmp_path)
    assert credentials.changed_on_disk()
    with pytest.raises(ConfigError, match=words):
        credentials.read()
    assert credentials.files is held


def test_a_list_older_than_the_one_in_force_is_refused(own: Materials, tmp_path: Path) -> None:
    listed = own.folder / "crl.pem"
    older = listed.read_bytes()
    until(
        lambda: certs_second(listed) < datetime.now(UTC) - timedelta(seconds=1), "the next second"
    )
    certs.revoke(own.folder, OWN, "console")
    credentials = Credentials(own.config(OWN, 1, tmp_path, tls=tls_of(own)).tls, utc_now)
    listed.write_bytes(older)
    with pytest.raises(ConfigError, match="older than the list in force"):
        credentials.read()


def certs_second(path: Path) -> datetime:
    return x509.load_pem_x509_crl(path.read_bytes()).last_update_utc


@pytest.mark.parametrize(("days", "words"), [(400, "expired on"), (340, "in 2"), (300, "")])
def test_what_is_about_to_expire_is_warned_about(
    own: Materials, tmp_path: Path, days: int, words: str
) -> None:
    later = datetime.now(UTC) + timedelta(days=days)
    credentials = Credentials(own.config(OWN, 1, tmp_path, tls=tls_of(own)).tls, lambda: later)
    found = " ".join(credentials.warnings())
    assert words in found if words else not found
    assert ("list of revocations" in found) == (days > 365)


def test_a_gateway_that_is_about_to_lose_its_certificate_says_so(
    own: Materials,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(certs, "VALID", timedelta(days=20))
    certs.renew(own.folder, OWN, "gateway")
    with ExitStack() as stack:
        running = stack.enter_context(scenes.scene(own, monkeypatch, tmp_path, check_processes=0))
        until(
            lambda: [r for r in caplog.records if r.getMessage() == "certificates"], "the warning"
        )
        (warning,) = running.client.status().warnings
        assert "certificate expires on" in warning and "days: renew it" in warning


def test_nothing_is_replaced_under_handshakes_while_nothing_has_changed(
    own: Materials, tmp_path: Path
) -> None:
    """gRPC frees what it replaces while other handshakes use it."""
    credentials = Credentials(own.config(OWN, 1, tmp_path, tls=tls_of(own)).tls, utc_now)
    assert credentials.server() is not None
    assert credentials._changed_configuration() is None
    credentials.take(credentials.read())
    assert credentials._changed_configuration() is not None
    assert credentials._changed_configuration() is None
