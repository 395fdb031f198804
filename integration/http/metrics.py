"""What a door counts, for Prometheus: requests by path and status, and how long until their answers began."""

from collections.abc import Iterator

from prometheus_client import Counter, Histogram, Metric
from prometheus_client.registry import Collector


class Meter(Collector):
    """The numbers of one door. `path` is the route's, never what stood in the address."""

    def __init__(self) -> None:
        self._requests = Counter(
            "yrd_http_requests",
            "Requests that were answered, by method, path and HTTP status.",
            ["method", "path", "status"],
            registry=None,
        )
        self._seconds = Histogram(
            "yrd_http_request_seconds",
            "How long requests took until their answer began, by method and path.",
            ["method", "path"],
            registry=None,
        )

    def answered(self, method: str, path: str, status: int, seconds: float) -> None:
        """A request has its answer."""
        self._requests.labels(method, path, str(status)).inc()
        self._seconds.labels(method, path).observe(seconds)

    def collect(self) -> Iterator[Metric]:
        """All of them."""
        yield from self._requests.collect()
        yield from self._seconds.collect()
