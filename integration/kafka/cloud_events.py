"""A message's header as CloudEvents 1.0 attributes in Kafka's binary mode: headers named ce_….

Extension attributes (lower-case letters and digits) carry what the specification has no name for.
"""

from functools import lru_cache

from google.protobuf.timestamp_pb2 import Timestamp

from integration.kafka.records import Header, Headers
from schemas.instants import NANOS
from yrd.exchange.v1.message_pb2 import DataLevel, Message, Mode, Priority

CONTENT_TYPE = "application/avro"
_MODES = {number: name.removeprefix("MODE_").lower() for name, number in Mode.items()}
_PRIORITIES = {number: name.removeprefix("PRIORITY_").lower() for name, number in Priority.items()}
_LEVELS = {number: name.removeprefix("DATA_LEVEL_").lower() for name, number in DataLevel.items()}


def headers_of(message: Message, full_name: str, schema: str) -> Headers:
    """All headers of a record whose body is of a type and written with a schema (its URI).

    `ce_id` and `ce_source` name a message once and for all; `ce_subject` is the entity, `ce_time` when
    it happened. Raises ValueError for a time that is none.
    """
    head, stamp, receipt = message.header, message.stamp, message.receipt
    return [
        *_of_the_kind(full_name, schema, head.mode, head.priority, head.data_level),
        *_of_the_source(stamp.origin, stamp.source_system),
        ("ce_id", head.message_id),
        ("ce_subject", head.entity_id),
        ("ce_revision", str(head.revision)),
        ("ce_sequence", str(stamp.sequence)),
        ("ce_time", told(head.occurred_time)),
        ("ce_reportedtime", told(head.reported_time)),
        ("ce_receivedtime", told(receipt.received_time)),
        *_if_there(message),
    ]


def _if_there(message: Message) -> Headers:
    """Those that not every message has."""
    head, receipt = message.header, message.receipt
    found: Headers = []
    if head.exercise_id:
        found.append(("ce_exerciseid", head.exercise_id))
    if head.HasField("expire_time"):
        found.append(("ce_expiretime", told(head.expire_time)))
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


@lru_cache(10_000)
def _of_the_kind(
    full_name: str, schema: str, mode: int, priority: int, level: int
) -> tuple[Header, ...]:
    """What many messages share."""
    return (
        ("content-type", CONTENT_TYPE),
        ("ce_specversion", "1.0"),
        ("ce_type", full_name),
        ("ce_dataschema", schema),
        ("ce_mode", _MODES.get(mode, str(mode))),
        ("ce_priority", _PRIORITIES.get(priority, str(priority))),
        ("ce_datalevel", _LEVELS.get(level, str(level))),
    )


@lru_cache(10_000)
def _of_the_source(origin: str, system: str) -> tuple[Header, ...]:
    """Who published it, as in its certificate."""
    return ("ce_source", f"yrd://participant/{origin}/{system}"), ("ce_origin", origin)


def told(time: Timestamp) -> str:
    """As RFC 3339 says, in UTC, with 0, 3, 6 or 9 digits of a second. Raises ValueError for none."""
    return _told(time.seconds, time.nanos)


@lru_cache(1000)
def _told(seconds: int, nanos: int) -> str:
    """Often one message has the same time twice, and its neighbours have it, too."""
    minute, second = divmod(seconds, 60)
    if not 0 <= nanos < NANOS:
        return Timestamp(seconds=seconds, nanos=nanos).ToJsonString()  # says what is wrong
    return f"{_minute(minute)}{second:02d}{_fraction(nanos)}Z"


@lru_cache(10_000)
def _minute(minute: int) -> str:
    """`2026-06-01T08:30:`, which many messages share. Raises ValueError for none."""
    return Timestamp(seconds=60 * minute).ToJsonString().removesuffix("00Z")


def _fraction(nanos: int) -> str:
    if not nanos:
        return ""
    micros, rest = divmod(nanos, 1000)
    if rest:
        return f".{nanos:09d}"
    millis, rest = divmod(micros, 1000)
    return f".{micros:06d}" if rest else f".{millis:03d}"
