"""What a gateway counts while it works, for Prometheus: calls, drafts, commits."""

from collections.abc import Iterator, Sequence

from prometheus_client import Counter, Histogram, Metric

from gateway.errors import GatewayError
from yrd.exchange.v1.errors_pb2 import ErrorReason

ACCEPTED = "accepted"
SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
"""Bounds of the histograms of times: from a commit on a good disk to a call's usual deadline."""


class Tally:
    """The counters of one gateway. Safe from any thread."""

    def __init__(self) -> None:
        self._calls = Counter(
            "yrd_gateway_calls",
            "Calls that have ended, by method and gRPC status.",
            ["method", "code"],
            registry=None,
        )
        self._seconds = Histogram(
            "yrd_gateway_call_seconds",
            "How long calls took that are no streams, by method.",
            ["method"],
            registry=None,
            buckets=SECONDS,
        )
        self._drafts = Counter(
            "yrd_gateway_drafts",
            "Drafts that were answered: accepted, or the reason of the refusal.",
            ["outcome"],
            registry=None,
        )
        self._drafts.labels(ACCEPTED)
        self._commits = Histogram(
            "yrd_gateway_commit_seconds",
            "How long the store took to make a round of writes durable.",
            registry=None,
            buckets=SECONDS,
        )

    def called(self, method: str, code: str, seconds: float | None) -> None:
        """A call has ended so; `seconds` if it was no stream."""
        self._calls.labels(method, code).inc()
        if seconds is not None:
            self._seconds.labels(method).observe(seconds)

    def answered(self, outcomes: Sequence[object]) -> None:
        """A batch of drafts has its answers; an error among them is a refusal."""
        refused = [outcome for outcome in outcomes if isinstance(outcome, GatewayError)]
        self._drafts.labels(ACCEPTED).inc(len(outcomes) - len(refused))
        for error in refused:
            self._drafts.labels(reason_of(error)).inc()

    def committed(self, seconds: float) -> None:
        """A round of writes became durable."""
        self._commits.observe(seconds)

    def collect(self) -> Iterator[Metric]:
        """All of them, as they stand."""
        for metric in (self._calls, self._seconds, self._drafts, self._commits):
            yield from metric.collect()


def reason_of(error: GatewayError) -> str:
    """The reason of a refusal as a label: one of the contract's."""
    return ErrorReason.Name(error.reason).removeprefix("ERROR_REASON_").lower()
