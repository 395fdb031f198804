"""What a bridge counts, for Prometheus: how much, how far behind, what was put aside, and why it waits."""

import time
from collections.abc import Iterable
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, start_http_server

Direction = Literal["out", "in"]


class Meter:
    """The numbers of one direction of one bridge."""

    def __init__(self, bridge: str, direction: Direction) -> None:
        self.registry = CollectorRegistry()
        names, self._labels = ["bridge", "direction"], (bridge, direction)
        self._records = self._counter("records", "Records that are durable at their end.", names)
        self._dead = self._counter("dead_letters", "Dead letters by reason.", [*names, "reason"])
        self._waits = self._counter("waits", "How often it began anew.", names)
        lag = self._gauge("lag_seconds", "How long ago all was there that should be.", names)
        self._lag_records = self._gauge("lag_records", "Records that wait in the outbox.", names)
        self._working = self._gauge("working", "1 if it moves messages, 0 if it waits.", names)
        self.committed = 0
        self._behind_since: float | None = time.time()
        lag.labels(*self._labels).set_function(self._lag_seconds)

    def begins(self) -> None:
        """Connected to both sides."""
        self._working.labels(*self._labels).set(1)

    def waits(self) -> None:
        """One of the sides does not answer: what comes from now on is behind."""
        if self._behind_since is None:
            self._behind_since = time.time()
        self._waits.labels(*self._labels).inc()
        self._working.labels(*self._labels).set(0)

    def moved(self, records: int, dead: Iterable[str]) -> None:
        """So many became durable; so many of them as dead letters, by reason."""
        self.committed += 1
        self._records.labels(*self._labels).inc(records)
        for reason in dead:
            self._dead.labels(*self._labels, reason).inc()

    def behind_since(self, seconds: float | None) -> None:
        """When the oldest came that may not have gone on (since 1970); None: all has."""
        self._behind_since = seconds

    def _lag_seconds(self) -> float:
        since = self._behind_since
        return 0.0 if since is None else max(0.0, time.time() - since)

    def behind_records(self, records: int) -> None:
        """How many records wait."""
        self._lag_records.labels(*self._labels).set(records)

    def serve(self, address: str) -> None:
        """Lets Prometheus read at HOST:PORT. Raises OSError."""
        host, _, port = address.rpartition(":")
        start_http_server(int(port), host, self.registry)

    def _counter(self, name: str, text: str, labels: list[str]) -> Counter:
        return Counter(f"yrd_bridge_{name}", text, labels, registry=self.registry)

    def _gauge(self, name: str, text: str, labels: list[str]) -> Gauge:
        return Gauge(f"yrd_bridge_{name}", text, labels, registry=self.registry)
