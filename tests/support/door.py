"""A door that runs before a scene's gateway, and requests to it."""

import asyncio
import http.client
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from integration.http.config import HttpConfig
from integration.http.metrics import Meter
from integration.http.serving import serve
from integration.http.token_file import add
from integration.http.tokens import SCOPES, Scope
from integration.web.server import Server
from tests.support.running import free_port
from tests.support.scene import Scene
from tests.support.waiting import until

SECONDS = 60.0
LOOK_SECONDS = 0.05
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body's value."""
        return json.loads(self.body)


@dataclass(slots=True)
class Running:
    """A door that listens, and a token with both scopes."""

    config: HttpConfig
    server: Server
    token: str
    ca: Path
    client: tuple[Path, Path] | None = None
    """Certificate and key that requests show."""
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Its address."""
        return f"{'https' if self.config.tls else 'http'}://{self.config.listen}"

    def connection(self) -> http.client.HTTPConnection:
        """A connection, to speak with by hand."""
        where = self.config.host, self.config.port
        if self.config.tls is None:
            return http.client.HTTPConnection(*where, timeout=SECONDS)
        context = ssl.create_default_context(cafile=str(self.ca))
        if self.client:
            context.load_cert_chain(*self.client)
        return http.client.HTTPSConnection(*where, timeout=SECONDS, context=context)

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = "",
        **headers: str,
    ) -> Answer:
        """One request. `token`: "" is the door's own, None is none. Headers by name, _ for -."""
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        if token is not None:
            told.setdefault("authorization", f"Bearer {token or self.token}")
        if body is not None:
            told.setdefault("content-type", JSON)
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        connection = self.connection()
        try:
            connection.request(method, path, data, told)
            found = connection.getresponse()
            kept = {name.lower(): value for name, value in found.getheaders()}
            return Answer(found.status, kept, found.read())
        finally:
            connection.close()

    def token_for(self, *scopes: Scope, system: str = "console", days: float = 1) -> str:
        """Another token."""
        assert self.config.tokens
        return add(
            self.config.tokens, system, scopes, datetime.now(UTC), timedelta(days=days), "test"
        )


@contextmanager
def door(
    scene: Scene,
    systems: tuple[str, ...] = ("console",),
    meter: Meter | None = None,
    **changes: Any,
) -> Iterator[Running]:
    """Runs a door until the block ends; `changes` go into its configuration."""
    ca = scene.materials.system("310000", "console")[0]
    keys = {name: scene.materials.system("310000", name) for name in systems}
    settings: dict[str, Any] = {
        "participant": "310000",
        "gateway": {"address": scene.config.listen, "ca": ca},
        "systems": {name: {"certificate": c, "key": k} for name, (_, c, k) in keys.items()},
    }
    with door_of(scene.folder, meter, **(settings | changes)) as running:
        yield running


@contextmanager
def door_of(folder: Path, meter: Meter | None = None, **settings: Any) -> Iterator[Running]:
    """Runs a door of these settings. A token is made for its first system if there is a file for them."""
    usual: dict[str, Any] = {"listen": f"127.0.0.1:{free_port()}", "tokens": folder / "tokens.json"}
    config = HttpConfig(**(usual | settings))
    token = ""
    if config.tokens:
        now = datetime.now(UTC)
        token = add(
            config.tokens, next(iter(config.systems)), SCOPES, now, timedelta(days=1), "test"
        )
    with serving(config, meter) as server:
        yield Running(config, server, token, config.gateway.ca)


@contextmanager
def serving(config: HttpConfig, meter: Meter | None = None) -> Iterator[Server]:
    """Runs a door in a thread with an event loop of its own."""
    made: list[Server] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            asyncio.run(serve(config, made.append, meter, LOOK_SECONDS))
        except BaseException as error:  # noqa: BLE001  # told below
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        until(lambda: failed or (made and made[0].started), "the door listens", 60)
        assert not failed, failed
        yield made[0]
    finally:
        if made:
            made[0].should_exit = True
        thread.join(60)
        assert not thread.is_alive()


@contextmanager
def events(
    running: Running, path: str = "/v1/stream", **headers: str
) -> Iterator[Iterator[dict[str, str]]]:
    """The events of a stream, as fields by name; a comment is {"": text}."""
    connection = running.connection()
    told = {"authorization": f"Bearer {running.token}"}
    told |= {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request("GET", path, headers=told)
    answer = connection.getresponse()
    try:
        assert answer.status == 200, answer.read()
        yield _events(answer)
    finally:
        answer.close()
        connection.close()


def _events(answer: http.client.HTTPResponse) -> Iterator[dict[str, str]]:
    found: dict[str, str] = {}
    for line in answer:
        text = line.decode().rstrip("\n")
        if not text:
            yield found
            found = {}
            continue
        name, _, value = text.partition(":")
        found[name] = value.removeprefix(" ")
