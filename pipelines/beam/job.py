"""The streaming job: feed topic → fold → states by scope, with ticks → drafts in the results topic."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import apache_beam as beam
from apache_beam.io.unbounded_source import ReadFromUnboundedSource
from apache_beam.metrics import Metrics
from apache_beam.options.pipeline_options import PipelineOptions, StandardOptions

from pipelines.beam.kafka_source import KafkaTopic
from pipelines.beam.keeping import KeepAndSay, Result, Rules
from pipelines.beam.own_results import heard_in
from pipelines.beam.writing import WriteRecords, of_rejected, of_result
from pipelines.running.transforms import REJECTED
from pipelines.streaming.reading import Told, read_feed

POLL_SECONDS = 0.2
BUNDLE_SECONDS = 1.0
"""Busy readers let go of what they read so often."""
TOLD = "told"
Scoped = tuple[str, Told]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobConfig:
    """From which topic to which. `kafka`: settings of librdkafka, by its names.

    `idle_seconds`: how long a record may be on its way to the feed; so far behind the clock pictures are.
    `readers`: of each topic, at most.
    """

    kafka: Mapping[str, Any]
    feed: str
    results: str
    rejected: str
    rules: Rules
    idle_seconds: float = 2.0
    readers: int = 1


class FoldRecords(beam.DoFn):  # type: ignore[misc]  # Beam has no type hints here
    """In: records of the feed. Out: Scoped, one for each scope that one tells of; and Rejected."""

    def __init__(self) -> None:
        self._rejected = Metrics.counter("yrd", "rejected")

    def process(self, value: bytes) -> Iterator[Any]:
        """Folds one record."""
        told, rejected = read_feed(value)
        yield from told.items()
        for one in rejected:
            self._rejected.inc()
            yield beam.pvalue.TaggedOutput(REJECTED, one)


def pictures(told: Any, rules: Rules) -> Any:
    """Scoped → Result."""
    return told | "KeepAndSay" >> beam.ParDo(KeepAndSay(rules)).with_output_types(Result)


def build(pipeline: Any, config: JobConfig) -> None:
    """Builds the graph."""
    fold = beam.ParDo(FoldRecords()).with_output_types(Scoped)
    folded = (
        pipeline
        | "ReadFeed" >> _records(config, config.feed)
        | "Fold" >> fold.with_outputs(REJECTED, main=TOLD)
    )
    heard = (
        pipeline
        | "ReadResults" >> _records(config, config.results)
        | "Hear" >> beam.FlatMap(heard_in).with_output_types(Scoped)
    )
    said = pictures((folded[TOLD], heard) | "All" >> beam.Flatten(), config.rules)
    for name, collection, topic, record_of in (
        ("WriteResults", said, config.results, of_result),
        ("WriteRejected", folded[REJECTED], config.rejected, of_rejected),
    ):
        _ = collection | name >> beam.ParDo(WriteRecords(config.kafka, topic, record_of))


def _records(config: JobConfig, topic: str) -> ReadFromUnboundedSource:
    """Values of a topic's records: to its end, if there is a last tick."""
    to_end = config.rules.ticks.until_us is not None
    source = KafkaTopic(config.kafka, topic, config.idle_seconds, config.readers, to_end)
    return ReadFromUnboundedSource(
        source, poll_interval=POLL_SECONDS, max_read_time_seconds=BUNDLE_SECONDS
    )


def submit(config: JobConfig, options: Sequence[str]) -> Any:
    """Gives the job to a runner, as Beam's options say. Returns Beam's PipelineResult."""
    beam_options = PipelineOptions([*options])
    beam_options.view_as(StandardOptions).streaming = True
    pipeline = beam.Pipeline(options=beam_options)
    build(pipeline, config)
    return pipeline.run()
