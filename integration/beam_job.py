"""The streaming Beam job over the topics of a Kafka bridge."""

import logging
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from integration.kafka.config import BridgeConfig
from integration.kafka.connecting import as_ours, client_settings
from integration.kafka.errors import Halted
from pipelines.beam.job import JobConfig, submit
from pipelines.beam.kafka_source import TopicMissing, partitions_of
from pipelines.beam.keeping import Rules
from pipelines.beam.looking import last_told_ms
from pipelines.beam.ticks import Ticks

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked for beside the bridge's configuration. `from_us`: None is now."""

    results: str | None
    every_seconds: float
    regular_seconds: float
    readers: int
    from_us: int | None
    until_us: int | None


class JobFailed(Exception):
    """The runner did not take the job, or the job failed; the text says why."""


def job_config(bridge: BridgeConfig, wanted: Wanted) -> JobConfig:
    """The job. It begins where the last one stopped speaking. Raises Away or Halted."""
    feed = bridge.out.feed
    if feed is None:
        raise Halted("out.feed: name the topic that pipelines read; docs/kafka.md shows how")
    settings = {k: v for k, v in client_settings(bridge).items() if k != "logger"}
    results = wanted.results or bridge.outbox.topics[0]
    try:
        with as_ours():
            for topic in (feed.topic, feed.rejected):
                partitions_of(settings, topic)
            said_us = last_told_ms(settings, results) * 1000
    except TopicMissing as error:
        raise Halted(str(error)) from None
    from_us = time.time_ns() // 1000 if wanted.from_us is None else wanted.from_us
    ticks = Ticks(round(wanted.every_seconds * 1e6), max(from_us, said_us), wanted.until_us)
    rules = Rules(ticks, regular_us=round(wanted.regular_seconds * 1e6))
    return JobConfig(
        kafka=settings,
        feed=feed.topic,
        results=results,
        rejected=feed.rejected,
        rules=rules,
        readers=wanted.readers,
    )


def run(config: JobConfig, options: Sequence[str], detached: bool) -> None:
    """Gives the job to its runner and, unless detached, waits for its end. SIGTERM and Ctrl-C cancel it.

    Raises JobFailed.
    """
    try:
        result = submit(config, options)
        logger.info("job_submitted", extra={"from_us": config.rules.ticks.from_us})
        if not detached:
            _wait(result)
    except RuntimeError as error:  # what Beam raises for a job that failed
        raise JobFailed(str(error)) from error


def _wait(result: Any) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    try:
        result.wait_until_finish()
    except KeyboardInterrupt:
        result.cancel()
        logger.info("job_cancelled")
    else:
        logger.info("job_done")


def _interrupt(_number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt
