"""Runs a door."""

import asyncio
import contextlib
import signal
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from typing import Any

import uvicorn

from gateway.settings_file import ConfigError
from integration.http.app import application
from integration.http.callers import Callers
from integration.http.config import HttpConfig, Tls
from integration.http.connections import protocol
from integration.http.metrics import Meter
from integration.http.routes import Door
from integration.http.token_file import TokenFile
from integration.http.upstream import connect_all

GRACE_SECONDS = 5
BACKLOG = 512


class Server(uvicorn.Server):
    """Streams learn at once that the door closes; what else is under way gets a few seconds."""

    ending: asyncio.Event

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """A signal ends the door, and the command with status 0."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Ends."""
        self.ending.set()
        await super().shutdown(sockets)


async def serve(
    config: HttpConfig,
    started: Callable[[Server], None] = lambda _: None,
    meter: Meter | None = None,
) -> None:
    """Runs until a signal comes. `started` is told of the server before it listens.

    Raises ConfigError for files that can't be used, OSError if it can't listen.
    """
    ending = asyncio.Event()
    try:
        gateway = connect_all(config)
    except OSError as error:
        raise ConfigError(f"{error.filename}: {error.strerror}; check the path") from None
    try:
        door = Door(config.limits, gateway, ending)
        callers = Callers(config.participant, config.systems, TokenFile(config.tokens))
        server = Server(_settings(config, application(door, callers, meter)))
        server.ending = ending
        with socket.create_server((config.host, config.port), backlog=BACKLOG) as listening:
            started(server)
            await server.serve([listening])
    finally:
        for upstream in gateway.values():
            await upstream.close()


def _settings(config: HttpConfig, app: Any) -> uvicorn.Config:
    limits, tls = config.limits, config.tls
    context = _context(tls) if tls else None
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
        ssl_context_factory=(lambda *_: context) if context else None,
    )


def _context(tls: Tls) -> ssl.SSLContext:
    """TLS 1.2 or newer. A client may show a certificate; one that does not must have a token."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    where = "tls.certificate"
    try:
        context.load_cert_chain(tls.certificate, tls.key)
        if tls.client_ca:
            where = "tls.client_ca"
            context.load_verify_locations(tls.client_ca)
            context.verify_mode = ssl.CERT_OPTIONAL
        if tls.crl:
            where = "tls.crl"
            context.load_verify_locations(tls.crl)
            context.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(
            f"{where}: can't be used ({error.strerror or error}): check the file"
        ) from None
    return context
