"""What the live pipeline counts, for Prometheus: how much, how far behind, what waits, what was refused."""

from collections.abc import Iterator
from typing import Literal

from prometheus_client import Counter, Gauge, Histogram, Metric
from prometheus_client.registry import Collector

Outcome = Literal["durable", "stale", "refused", "waiting"]
SECONDS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)


class Meter(Collector):
    """The numbers of one pipeline. Safe from any thread."""

    def __init__(self) -> None:
        self._messages = _counter("messages", "Messages that were taken into the picture.")
        self._rejected = _counter("rejected_messages", "Messages that no picture could be made of.")
        self._results = Counter(
            "yrd_pipeline_results",
            "Answers to results: durable, stale (a newer revision is known), refused for good, or waiting.",
            ["outcome"],
            registry=None,
        )
        self._losses = _counter(
            "losses", "How often the gateway could not be read or published to."
        )
        self._connected = _gauge("connected", "1 if the last step reached its gateway.")
        self._waiting = _gauge("waiting_results", "Results that the gateway does not have yet.")
        self._offset = _gauge("offset", "Offset of the gateway up to which everything is taken in.")
        self._lag = _gauge(
            "lag_seconds",
            "In the last batch, how long ago its oldest message had come to the gateway.",
        )
        self._looked = _gauge(
            "looked_timestamp_seconds", "When the actual picture was looked at last."
        )
        self._seconds = Histogram(
            "yrd_pipeline_batch_seconds",
            "How long a batch took from its coming until state and results were durable.",
            registry=None,
            buckets=SECONDS,
        )

    def took_in(
        self, messages: int, rejected: int, offset: int, lag_seconds: float, seconds: float
    ) -> None:
        """A batch is durable."""
        self._messages.inc(messages)
        self._rejected.inc(rejected)
        self._offset.set(offset)
        self._lag.set(max(0.0, lag_seconds))
        self._seconds.observe(seconds)

    def answered(self, outcome: Outcome) -> None:
        """A result has its answer."""
        self._results.labels(outcome).inc()

    def waits(self, results: int) -> None:
        """So many results are to be published."""
        self._waiting.set(results)

    def stepped(self, looked_seconds: float) -> None:
        """A step is done, and nothing waits. When the picture was looked at (since 1970)."""
        self._connected.set(1)
        self._looked.set(looked_seconds)
        self._waiting.set(0)

    def lost(self) -> None:
        """The gateway can't be reached, or does not take everything."""
        self._connected.set(0)
        self._losses.inc()

    def collect(self) -> Iterator[Metric]:
        """All of them."""
        found: list[Counter | Gauge | Histogram] = [
            self._messages,
            self._rejected,
            self._results,
            self._losses,
            self._connected,
            self._waiting,
            self._offset,
            self._lag,
            self._looked,
            self._seconds,
        ]
        for metric in found:
            yield from metric.collect()


def _counter(name: str, text: str) -> Counter:
    return Counter(f"yrd_pipeline_{name}", text, registry=None)


def _gauge(name: str, text: str) -> Gauge:
    return Gauge(f"yrd_pipeline_{name}", text, registry=None)
