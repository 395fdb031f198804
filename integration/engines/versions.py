"""Which version of each engine the tests run against."""

import re
from collections.abc import Callable, Mapping

from integration.engines import kafka, postgres, prism
from pipelines.flink.submitting import VERSION as FLINK

VERSIONS: Mapping[str, Callable[[], str]] = {
    "Apache Kafka": lambda: kafka.VERSION,
    "Apache Flink": lambda: FLINK,
    "PostgreSQL": lambda: _number(postgres.version()),
    "Prism": lambda: prism.VERSION,
}
"""By name. Each raises EngineMissing where the engine is not on this machine."""


def _number(words: str) -> str:
    """The first number in what a program says of itself."""
    found = re.search(r"\d+(\.\d+)+", words)
    return found[0] if found else words
