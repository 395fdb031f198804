"""Spans of a gateway: `accept` where a message is published, `mirror` at each peer that holds it then."""

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress

from google.protobuf.message import DecodeError
from opentelemetry.trace import SpanContext, SpanKind

from client.message_traces import Place, place_of
from client.tracing import MOST, Attributes, Tracing, as_bytes, told_in
from gateway.exchange.publish import AcceptedDraft, Outcome
from gateway.replication.mirror import Mirrored
from gateway.tracing import Metadata, Noticed
from yrd.exchange.v1.message_pb2 import Draft, Leaf

_TRACEPARENT = re.compile(rb"j7[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
"""As header.traceparent is serialised: field 13, 55 bytes. What has no such bytes says no trace."""


class GatewayTraces:
    """Traces (gateway.tracing) of one participant's gateway."""

    def __init__(self, tracing: Tracing, participant: str) -> None:
        self._tracing, self._participant = tracing, participant

    def notice(self, drafts: Sequence[bytes]) -> Noticed:
        """Looks for what senders say of traces."""
        found: dict[int, str] = {}
        for index, draft in enumerate(drafts):
            if text := _traceparent(draft, lambda data: Draft.FromString(data).header.traceparent):
                found[index] = text
        return Noticed(time.time_ns(), found)

    def accepted(self, metadata: Metadata, noticed: Noticed, outcomes: Sequence[Outcome]) -> None:
        """A span for the call, if its caller traces it, and one for each message that is traced."""
        above, begun = told_in(metadata)
        call: SpanContext | None = None
        if above is not None:
            told: Attributes = {
                "rpc.system": "grpc",
                "rpc.method": "Publish",
                "yrd.drafts": len(outcomes),
            }
            span = self._tracing.start(
                "Publish", above, SpanKind.SERVER, told, began_ns=noticed.began_ns
            )
            call = span.get_span_context()
            span.end()
        for outcome, place in self._traced(noticed.traceparents, outcomes):
            self._tracing.start(
                "accept",
                place,
                SpanKind.INTERNAL,
                self._told(outcome.message_id, self._participant, outcome.entry.sequence),
                began_ns=noticed.began_ns,
                links=[call] if call and call.trace_id != place.trace_id else [],
                begins=place.own and not begun,
            ).end()

    def _traced(
        self, traceparents: Mapping[int, str], outcomes: Sequence[Outcome]
    ) -> Iterator[tuple[AcceptedDraft, Place]]:
        left = MOST
        for index, outcome in enumerate(outcomes):
            if not isinstance(outcome, AcceptedDraft):
                continue
            text = traceparents.get(index, "")
            place = place_of(as_bytes(outcome.message_id), text, self._tracing.ratio)
            if place is not None:
                yield outcome, place
                left -= 1
                if not left:
                    return

    def mirrored(self, mirrored: Mirrored, began_ns: int) -> None:
        """A span for each message that is traced."""
        left = MOST
        for index, entry in enumerate(mirrored.entries, mirrored.start):
            if entry.leaf is None or entry.naming is None:
                continue
            message_id = entry.naming.message_id
            text = _traceparent(entry.leaf, lambda data: Leaf.FromString(data).header.traceparent)
            place = place_of(message_id, text, self._tracing.ratio)
            if place is None:
                continue
            origin = mirrored.log.partition("/")[2]
            told = self._told(_as_text(message_id), origin, index)
            self._tracing.start("mirror", place, SpanKind.CONSUMER, told, began_ns=began_ns).end()
            left -= 1
            if not left:
                return

    def _told(self, message_id: str, origin: str, index: int) -> Attributes:
        return {"yrd.message_id": message_id, "yrd.origin": origin, "yrd.sequence": index}


def _traceparent(data: bytes, read: Callable[[bytes], str]) -> str:
    """Of a serialised message; it is read only if it may have one."""
    if _TRACEPARENT.search(data) is not None:
        with suppress(DecodeError):
            return read(data)
    return ""


def _as_text(message_id: bytes) -> str:
    text = message_id.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
