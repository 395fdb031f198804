"""The job: the feed's topic → fold → states merged by scope → pictures → drafts into the results' topic.

Run by Flink (`yrd pipeline submit --engine flink`). Offsets, states, timers and open transactions are in
each checkpoint together: whatever is killed, a reader of committed records sees every result once.
"""

import os
import sys

from pyflink.common import Types, WatermarkStrategy
from pyflink.common.serialization import ByteArraySchema, RowFieldExtractorSchema
from pyflink.datastream import StreamExecutionEnvironment
from pyflink.datastream.connectors.base import DeliveryGuarantee
from pyflink.datastream.connectors.kafka import (
    KafkaOffsetsInitializer,
    KafkaRecordSerializationSchema,
    KafkaSink,
    KafkaSource,
)

from pipelines.flink.settings import Settings, properties_in, settings_of
from pipelines.flink.steps import FOLDED, RECORD, REJECTED, FoldRecords, Pictures

ROOM = 1 << 16
"""Bytes around a result."""


def build(environment: StreamExecutionEnvironment, settings: Settings) -> None:
    """Wires the job. Each step has a name that a savepoint knows it by."""
    environment.set_parallelism(settings.parallelism)
    environment.enable_checkpointing(round(settings.checkpoint_seconds * 1000))
    feed = environment.from_source(source(settings), WatermarkStrategy.no_watermarks(), "feed")
    folded = feed.uid("feed").process(FoldRecords(), FOLDED).name("fold").uid("fold")
    results = folded.key_by(lambda item: item[0], Types.STRING()).process(
        Pictures(settings), RECORD
    )
    results = results.name("pictures").uid("pictures").set_parallelism(settings.parallelism)
    once, again = DeliveryGuarantee.EXACTLY_ONCE, DeliveryGuarantee.AT_LEAST_ONCE
    results.sink_to(sink(settings, settings.results, once)).name("results").uid("results")
    aside = folded.get_side_output(REJECTED).union(results.get_side_output(REJECTED))
    aside.sink_to(sink(settings, settings.rejected, again)).name("rejected").uid("rejected")


def source(settings: Settings) -> KafkaSource:
    """The feed, from the beginning unless a state says otherwise."""
    return (
        KafkaSource.builder()
        .set_bootstrap_servers(settings.brokers)
        .set_topics(settings.feed)
        .set_group_id(settings.name)
        .set_starting_offsets(KafkaOffsetsInitializer.earliest())
        .set_value_only_deserializer(ByteArraySchema())
        .set_properties({**properties_in(os.environ), "isolation.level": "read_committed"})
        .build()
    )


def sink(settings: Settings, topic: str, guarantee: DeliveryGuarantee) -> KafkaSink:
    """Key and value into a topic."""
    records = (
        KafkaRecordSerializationSchema.builder()
        .set_topic(topic)
        .set_key_serialization_schema(RowFieldExtractorSchema(0))
        .set_value_serialization_schema(RowFieldExtractorSchema(1))
        .build()
    )
    builder = (
        KafkaSink.builder()
        .set_bootstrap_servers(settings.brokers)
        .set_delivery_guarantee(guarantee)
        .set_transactional_id_prefix(f"{settings.name}.{topic}")
        .set_record_serializer(records)
    )
    timeout_ms = str(settings.transaction_seconds * 1000)
    most = str(settings.most_bytes + ROOM)
    own = {"transaction.timeout.ms": timeout_ms, "max.request.size": most}
    for key, value in (properties_in(os.environ) | own).items():
        builder = builder.set_property(key, value)
    return builder.build()


def main() -> None:
    """Run by Flink."""
    settings = settings_of(sys.argv[1:])
    environment = StreamExecutionEnvironment.get_execution_environment()
    build(environment, settings)
    environment.execute(settings.name)


if __name__ == "__main__":
    main()
