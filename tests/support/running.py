"""Gateways in this process, each in a thread with an event loop of its own."""

import asyncio
import random
import socket
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

from client import ExchangeClient, connect
from gateway.app import Gateway
from gateway.config import GatewayConfig
from gateway.starting import StartError
from gateway.tracing import Traces
from tests.support.materials import Materials


def free_port() -> int:
    """A port that was free a moment ago, and that no outgoing connection is given meanwhile.

    Linux takes ports from 32768 on for those.
    """
    while True:
        port = random.randrange(15_000, 32_000)
        try:
            with socket.create_server(("127.0.0.1", port)):
                return port
        except OSError:
            continue


@contextmanager
def running(
    config: GatewayConfig,
    reread: Callable[[], GatewayConfig] | None = None,
    *,
    new: bool = True,
    without: Collection[str] = (),
    traces: Traces | None = None,
) -> Iterator[Gateway]:
    """Runs a gateway until the block ends. `new`: a store never used before begins a log.

    `reread`: what a reload finds in place of the configuration.
    """
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def make() -> Gateway:
        gateway = Gateway(config, reread, new=new, without=without, traces=traces)
        try:
            await gateway.start()
        except StartError:
            await gateway.stop()  # or its writer's thread would outlive the test
            raise
        return gateway

    try:
        gateway = asyncio.run_coroutine_threadsafe(make(), loop).result(30)
        try:
            yield gateway
        finally:
            asyncio.run_coroutine_threadsafe(gateway.stop(), loop).result(30)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def client_of(
    config: GatewayConfig, materials: Materials, participant: str = "", system: str = "console"
) -> ExchangeClient:
    """A client of a system, by default of the gateway's own participant."""
    paths = materials.system(participant or config.participant, system)
    return ExchangeClient(connect(config.listen, *paths))
