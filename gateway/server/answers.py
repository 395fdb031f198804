"""Answers to publishers, serialised; in one call for a batch where native steps were built."""

from collections.abc import Sequence
from typing import NamedTuple

from google.protobuf.timestamp_pb2 import Timestamp

from gateway.errors import GatewayError, to_status
from gateway.exchange.publish import Outcome
from gateway.log.instants import timestamp
from schemas.native import native
from yrd.exchange.v1.service_pb2 import Accepted, PublishResponse, PublishResult

_FIELDS = (
    (PublishResponse.RESULTS_FIELD_NUMBER, PublishResult.ACCEPTED_FIELD_NUMBER),
    (
        Accepted.MESSAGE_ID_FIELD_NUMBER,
        Accepted.SEQUENCE_FIELD_NUMBER,
        Accepted.SEALED_TIME_FIELD_NUMBER,
        Accepted.LEAF_HASH_FIELD_NUMBER,
    ),
    (Timestamp.SECONDS_FIELD_NUMBER, Timestamp.NANOS_FIELD_NUMBER),
)


class Answer(NamedTuple):
    """A serialised PublishResponse, or PublishStreamResponse, which has the same fields."""

    data: bytes
    results: int


def answer(outcomes: Sequence[Outcome]) -> Answer:
    """What is told of a batch, in the order of its drafts."""
    steps = native()
    if steps is None:
        return Answer(_built(outcomes).SerializeToString(), len(outcomes))
    return Answer(steps.answer(outcomes, _refused, _FIELDS), len(outcomes))


def _refused(error: GatewayError) -> bytes:
    return PublishResult(error=to_status(error)).SerializeToString()


def _built(outcomes: Sequence[Outcome]) -> PublishResponse:
    """Filled in place: it is a copy less for each message."""
    response = PublishResponse()
    for outcome in outcomes:
        result = response.results.add()
        if isinstance(outcome, GatewayError):
            result.error.CopyFrom(to_status(outcome))
            continue
        accepted, entry = result.accepted, outcome.entry
        accepted.message_id = outcome.message_id
        accepted.sequence = entry.sequence
        accepted.sealed_time.CopyFrom(timestamp(entry.sealed_us))
        accepted.leaf_hash = entry.hash
    return response
