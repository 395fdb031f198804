"""A message's header as CloudEvents 1.0 attributes in Kafka's binary mode: headers named ce_….

Extension attributes (lower-case letters and digits) carry what the specification has no name for.
"""

from functools import cache, lru_cache

from google.protobuf.timestamp_pb2 import Timestamp

from integration.kafka.records import Headers
from yrd.exchange.v1.message_pb2 import DataLevel, Message, Mode, Priority

CONTENT_TYPE = "application/avro"
_MODES = {number: name.removeprefix("MODE_").lower() for name, number in Mode.items()}
_PRIORITIES = {number: name.removeprefix("PRIORITY_").lower() for name, number in Priority.items()}
_LEVELS = {number: name.removeprefix("DATA_LEVEL_").lower() for name, number in DataLevel.items()}


def headers_of(message: Message, full_name: str, schema: str) -> Headers:
    """All headers of a record whose body is of a type and written with a schema (its URI).

    `ce_id` and `ce_source` name a message once and for all; `ce_subject` is the entity, `ce_time` when
    it happened.
    """
    head, stamp, receipt = message.header, message.stamp, message.receipt
    found: Headers = [
        ("content-type", CONTENT_TYPE),
        ("ce_specversion", "1.0"),
        ("ce_id", head.message_id),
        ("ce_source", _source(stamp.origin, stamp.source_system)),
        ("ce_type", full_name),
        ("ce_subject", head.entity_id),
        ("ce_time", _told(head.occurred_time)),
        ("ce_dataschema", schema),
        ("ce_origin", stamp.origin),
        ("ce_sequence", str(stamp.sequence)),
        ("ce_revision", str(head.revision)),
        ("ce_mode", _MODES.get(head.mode, str(head.mode))),
        ("ce_priority", _PRIORITIES.get(head.priority, str(head.priority))),
        ("ce_datalevel", _LEVELS.get(head.data_level, str(head.data_level))),
        ("ce_reportedtime", _told(head.reported_time)),
        ("ce_receivedtime", _told(receipt.received_time)),
    ]
    if head.exercise_id:
        found.append(("ce_exerciseid", head.exercise_id))
    if head.HasField("expire_time"):
        found.append(("ce_expiretime", _told(head.expire_time)))
    if head.in_reply_to:
        found.append(("ce_inreplyto", head.in_reply_to))
    if head.incident_ids:
        found.append(("ce_incidentids", " ".join(head.incident_ids)))
    if head.traceparent:
        found.append(("ce_traceparent", head.traceparent))
    if receipt.absent_groups:
        found.append(("ce_absentgroups", " ".join(receipt.absent_groups)))
    if receipt.expired:
        found.append(("ce_expired", "true"))
    return found


def _told(time: Timestamp) -> str:
    return _rfc3339(time.seconds, time.nanos)


@lru_cache(10_000)
def _rfc3339(seconds: int, nanos: int) -> str:
    """Messages of a batch share many instants. Raises ValueError for none."""
    return Timestamp(seconds=seconds, nanos=nanos).ToJsonString()


@cache
def _source(origin: str, system: str) -> str:
    """As in the certificate of who published it."""
    return f"yrd://participant/{origin}/{system}"
