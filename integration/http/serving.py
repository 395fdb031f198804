"""Runs a door."""

import asyncio
import socket
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

import uvicorn

from gateway.config import Tls as GatewayTls
from gateway.server.credentials import read_tls
from gateway.settings_file import ConfigError
from integration.http.app import application
from integration.http.callers import Callers
from integration.http.config import HttpConfig, Tls
from integration.http.connections import protocol
from integration.http.metrics import Meter
from integration.http.routes import Door
from integration.http.token_file import TokenFile
from integration.http.upstream import Upstream, connect_all
from integration.web.renewal import LOOK_SECONDS, Renewable, of_server, of_system, watch
from integration.web.server import Server
from integration.web.tls import RenewedContext, TlsFiles, renewed

if TYPE_CHECKING:
    from integration.http.alerts import Alerts

GRACE_SECONDS = 5
BACKLOG = 512


async def serve(
    config: HttpConfig,
    started: Callable[[Server], None] = lambda _: None,
    meter: Meter | None = None,
    look_seconds: float = LOOK_SECONDS,
) -> None:
    """Runs until a signal comes. `started` is told of the server before it listens.

    Certificates that change on disk are in force some seconds later.

    Raises ConfigError for files that can't be used, OSError if it can't listen.
    """
    ending = asyncio.Event()
    try:
        gateway = connect_all(config)
    except OSError as error:
        raise ConfigError(f"{error.filename}: {error.strerror}; check the path") from None
    tls = renewed(_files(config.tls)) if config.tls else None
    callers = Callers(config.participant, config.systems, TokenFile(config.tokens))
    parts = [*_renewable(config, gateway, tls), *_revocations(config.tls, callers)]
    renewing = asyncio.create_task(watch(parts, look_seconds))
    try:
        door = Door(config.limits, gateway, ending)
        app = application(door, callers, meter, _alerts(config, door))
        server = Server(_settings(config, app, tls), ending.set)
        with socket.create_server((config.host, config.port), backlog=BACKLOG) as listening:
            started(server)
            await server.serve([listening])
    finally:
        renewing.cancel()
        for upstream in gateway.values():
            await upstream.close()


def _alerts(config: HttpConfig, door: Door) -> "Alerts | None":
    """CAP, if it is wanted. Raises ConfigError."""
    if config.cap is None:
        return None
    try:
        alerts = import_module("integration.http.alerts")
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"cap: 没有 {error.name} is not installed: 安装附加组件cap install the extra: "
            "pip install 'yangtze-delta-exchange[http,cap]', or leave cap out"
        ) from None
    try:
        return alerts.opened(config.participant, config.cap, door)  # type: ignore[no-any-return]
    except (OSError, ValueError) as error:
        raise ConfigError(f"cap.keys: {error}; check the path") from None


def _renewable(
    config: HttpConfig, gateway: Mapping[str, Upstream], tls: RenewedContext | None
) -> list[Renewable]:
    """The door's own certificate, and those of the systems as which it calls."""
    ca = config.gateway.ca
    found = [
        of_system(f"systems.{name}", ca, key.certificate, key.key, gateway[name].renew)
        for name, key in config.systems.items()
    ]
    return [*found, of_server(_files(config.tls), tls)] if config.tls and tls else found


def _revocations(tls: Tls | None, callers: Callers) -> list[Renewable]:
    """The list of revocations, for connections that are open. Raises ConfigError."""
    if tls is None or tls.client_ca is None or tls.crl is None:
        return []
    files = GatewayTls(ca=tls.client_ca, certificate=tls.certificate, key=tls.key, crl=tls.crl)

    def read() -> Callable[[], None]:
        found = read_tls(files).revoked
        return lambda: setattr(callers, "revoked", found)

    read()()
    return [Renewable("tls.crl", (tls.crl,), read)]


def _files(tls: Tls) -> TlsFiles:
    return TlsFiles(
        certificate=tls.certificate,
        key=tls.key,
        clients_ca=tls.client_ca,
        crl=tls.crl,
        ca_key="tls.client_ca",
    )


def _settings(config: HttpConfig, app: Any, tls: RenewedContext | None) -> uvicorn.Config:
    limits = config.limits
    return uvicorn.Config(
        app,
        host=config.host,
        port=config.port,
        http=protocol(limits),
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=limits.idle_seconds,
        timeout_graceful_shutdown=GRACE_SECONDS,
        ssl_context_factory=(lambda *_: tls) if tls else None,
    )
