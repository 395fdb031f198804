"""Lets Prometheus read a process's metrics."""

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import ProcessCollector, start_http_server
from prometheus_client.registry import Collector, CollectorRegistry

from gateway.settings_file import ConfigError


def registry_of(*collectors: Collector) -> CollectorRegistry:
    """These, and what the system says of the process (process_*)."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    for collector in collectors:
        registry.register(collector)
    return registry


@contextmanager
def exposed(address: str | None, *collectors: Collector) -> Iterator[None]:
    """Serves them at HOST:PORT for as long as the block lasts; without an address, nothing.

    Raises ConfigError if it can't be had.
    """
    if address is None:
        yield
        return
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise ConfigError(f"metrics: {address!r} is no HOST:PORT, for example 127.0.0.1:9464")
    try:
        server, thread = start_http_server(int(port), host, registry_of(*collectors))
    except OSError as error:
        raise ConfigError(f"metrics: {address}: {error.strerror}; name another address") from None
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
