"""Serves the page until it is told to stop."""

import asyncio
import logging
import socket
import ssl
from pathlib import Path
from types import FrameType

import uvicorn
from starlette.applications import Starlette

from client import ExchangeClient, connect
from gateway.errors import IdentityUnknown
from gateway.server.identity import caller_of
from gateway.settings_file import ConfigError
from integration.client_certificate import Certified
from integration.page.app import application
from integration.page.config import PageConfig
from integration.page.following import Came
from integration.page.room import Room

logger = logging.getLogger(__name__)
GRACE_SECONDS = 3


class Server(uvicorn.Server):
    """Listens from the beginning. Ends the streams when it is told to stop: none would end by itself."""

    def __init__(self, config: uvicorn.Config, app: Starlette, listening: socket.socket) -> None:
        super().__init__(config)
        self._app, self._listening = app, listening
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def room(self) -> Room:
        """What it shows."""
        room: Room = self._app.state.room
        return room

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """Serves until it is told to stop."""
        super().run(sockets or [self._listening])

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begins; says where."""
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)
        host, port = self._listening.getsockname()[:2]
        logger.info("page_ready", extra={"address": f"{host}:{port}"})

    def deliver(self, what: Came) -> None:
        """From any thread: takes messages in as if the gateway had sent them."""
        assert self._loop is not None, "it has not begun"
        self._app.state.room.deliver(self._loop, what)

    def end(self) -> None:
        """From any thread: ends the streams, then the server."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._app.state.room.close)
        self.should_exit = True

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """On a signal."""
        self.end()
        super().handle_exit(sig, frame)


def prepared(config: PageConfig) -> Server:
    """The server of a configuration. Raises ConfigError."""
    gateway = config.gateway
    try:
        owner = caller_of(gateway.certificate.read_bytes()).participant
        channel = connect(gateway.address, gateway.ca, gateway.certificate, gateway.key)
        app = application(
            ExchangeClient(channel),
            config.allowed_hosts,
            owner,
            config.history_days,
            config.people,
        )
        settings = _settings(config, app)
    except OSError as error:
        raise ConfigError(f"{error.filename}: {error.strerror}; check gateway and tls") from None
    except (IdentityUnknown, ValueError) as error:
        raise ConfigError(f"gateway.certificate: {error}; check the file") from None
    try:
        listening = socket.create_server((config.host, config.port))
    except OSError as error:
        raise ConfigError(f"listen: {config.listen}: {error.strerror}; name another port") from None
    return Server(settings, app, listening)


def _settings(config: PageConfig, app: Starlette) -> uvicorn.Config:
    settings = uvicorn.Config(
        app,
        host=config.host,
        port=config.port,
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        limit_concurrency=2000,
        ws="none",
        http=Certified,
    )
    if config.tls is not None:
        settings.ssl_certfile, settings.ssl_keyfile = config.tls.certificate, config.tls.key
        _require((config.tls.certificate, config.tls.key))
        if config.tls.clients_ca is not None:
            _require((config.tls.clients_ca,))
            settings.ssl_ca_certs = str(config.tls.clients_ca)
            signs_in = config.people is not None and config.people.oidc is not None
            settings.ssl_cert_reqs = ssl.CERT_OPTIONAL if signs_in else ssl.CERT_REQUIRED
    return settings


def _require(files: tuple[Path, ...]) -> None:
    """Raises OSError for one that can't be read."""
    for file in files:
        file.read_bytes()
