"""Fetches every engine that this machine can run into the cache: `make engines`."""

from collections.abc import Callable

from integration.engines import flink, kafka, postgres, prism
from integration.engines.processes import EngineMissing
from pipelines.flink.submitting import VERSION as FLINK

ENGINES: dict[str, Callable[[], object]] = {
    f"Apache Kafka {kafka.VERSION}": kafka.fetch,
    f"Apache Flink {FLINK}": flink.fetch,
    "PostgreSQL": postgres.fetch,
    f"Prism {prism.VERSION}": prism.fetch,
}


def main() -> None:
    """Says of each engine where it is, or why it is left out; status 1 if any is."""
    left_out = 0
    for name, fetch in ENGINES.items():
        try:
            print(f"{name}: {fetch()}")
        except EngineMissing as error:
            left_out += 1
            print(f"{name}: left out: {error}")
    raise SystemExit(1 if left_out else 0)


if __name__ == "__main__":
    main()
