"""Serves the page until it is told to stop."""

import asyncio
import logging
import socket
from collections.abc import Callable, Sequence
from functools import partial

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
from integration.web.renewal import LOOK_SECONDS, Renewable, of_server, of_system, watch
from integration.web.server import Server
from integration.web.tls import RenewedContext, TlsFiles, renewed

logger = logging.getLogger(__name__)
GRACE_SECONDS = 3


class PageServer(Server):
    """Listens from the beginning. Ends the streams when it is told to stop: none would end by itself."""

    def __init__(
        self,
        config: uvicorn.Config,
        app: Starlette,
        listening: socket.socket,
        renewable: Callable[[], Sequence[Renewable]],
        look_seconds: float,
    ) -> None:
        super().__init__(config, app.state.room.close)
        self._app, self._listening = app, listening
        self._renewable, self._look_seconds = renewable, look_seconds
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
        self._renewing = asyncio.create_task(watch(self._renewable(), self._look_seconds))
        await super().startup(sockets)
        host, port = self._listening.getsockname()[:2]
        logger.info("page_ready", extra={"address": f"{host}:{port}"})

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Ends."""
        self._renewing.cancel()
        await super().shutdown(sockets)

    def deliver(self, what: Came) -> None:
        """From any thread: takes messages in as if the gateway had sent them."""
        assert self._loop is not None, "it has not begun"
        self._app.state.room.deliver(self._loop, what)

    def end(self) -> None:
        """From any thread."""
        self.should_exit = True


def prepared(config: PageConfig, look_seconds: float = LOOK_SECONDS) -> PageServer:
    """The server of a configuration. Raises ConfigError."""
    gateway = config.gateway
    try:
        owner = caller_of(gateway.certificate.read_bytes()).participant
        channel = connect(gateway.address, gateway.ca, gateway.certificate, gateway.key)
        client = ExchangeClient(channel)
        app = application(
            client,
            config.allowed_hosts,
            owner,
            config.history_days,
            config.people,
            config.tiles,
        )
        tls = renewed(_files(config)) if config.tls else None
    except OSError as error:
        raise ConfigError(f"{error.filename}: {error.strerror}; check gateway and tls") from None
    except (IdentityUnknown, ValueError) as error:
        raise ConfigError(f"gateway.certificate: {error}; check the file") from None
    try:
        listening = socket.create_server((config.host, config.port))
    except OSError as error:
        raise ConfigError(f"listen: {config.listen}: {error.strerror}; name another port") from None
    return PageServer(
        _settings(config, app, tls),
        app,
        listening,
        partial(_renewable, config, client, tls),
        look_seconds,
    )


def _renewable(
    config: PageConfig, client: ExchangeClient, tls: RenewedContext | None
) -> list[Renewable]:
    """The page's own certificate, and that by which it calls its gateway."""
    at = config.gateway

    def take() -> None:
        client.use(connect(at.address, at.ca, at.certificate, at.key))

    found = [of_system("gateway", at.ca, at.certificate, at.key, take)]
    return [*found, of_server(_files(config), tls)] if tls else found


def _files(config: PageConfig) -> TlsFiles:
    """Nobody reads the page without a certificate, or, where people sign in another way, without that."""
    assert config.tls is not None
    signs_in = config.people is not None and config.people.oidc is not None
    return TlsFiles(
        certificate=config.tls.certificate,
        key=config.tls.key,
        clients_ca=config.tls.clients_ca,
        required=not signs_in,
    )


def _settings(config: PageConfig, app: Starlette, tls: RenewedContext | None) -> uvicorn.Config:
    return uvicorn.Config(
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
        ssl_context_factory=(lambda *_: tls) if tls else None,
    )
