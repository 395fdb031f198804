"""Spans of the joint pipeline: `take in` of a message, and `summarise` for what is published of it then."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.trace import Span, SpanContext, SpanKind, TraceFlags

from client.message_traces import own_place
from client.tracing import MOST, Tracing, as_bytes
from yrd.exchange.v1.message_pb2 import Draft, Message


class PipelineTraces:
    """Traces (pipelines.running.ports) of one pipeline. For its one thread."""

    def __init__(self, tracing: Tracing) -> None:
        self._tracing = tracing
        self._waiting: list[SpanContext] = []
        """Spans of messages of which nothing was published yet: the newest few."""

    @contextmanager
    def taking_in(self, messages: Sequence[Message]) -> Iterator[None]:
        """Around the work on a batch; the first message's span is the one that is under way."""
        spans = [
            self._tracing.start(
                "take in",
                place,
                SpanKind.CONSUMER,
                {"yrd.message_id": header.message_id, "yrd.messages": len(messages)},
            )
            for header, place in self._tracing.places(message.header for message in messages)
        ]
        self._waiting = [*self._waiting, *(span.get_span_context() for span in spans)][-MOST:]
        with _under_way(spans):
            yield

    @contextmanager
    def publishing(self, results: Sequence[Draft]) -> Iterator[None]:
        """Around the publishing of results, which rest on what was taken in."""
        begun = [_own(result) for result in results[:MOST]]
        spans = [
            self._tracing.start(
                "summarise",
                above,
                SpanKind.INTERNAL,
                {
                    "yrd.results": len(results),
                    "yrd.message_id": results[0].header.message_id,
                    "yrd.entity_id": results[0].header.entity_id,
                },
                links=begun,
            )
            for above in (self._waiting if results else [])
        ]
        with _under_way(spans):
            yield
        if results:
            self._waiting = []


def _own(result: Draft) -> SpanContext:
    """Where a result's own trace begins."""
    place = own_place(as_bytes(result.header.message_id))
    flags = TraceFlags(TraceFlags.SAMPLED)
    return SpanContext(place.trace_id, place.span_id, is_remote=True, trace_flags=flags)


@contextmanager
def _under_way(spans: Sequence[Span]) -> Iterator[None]:
    """They end with the block; the first is the current one in it."""
    try:
        if spans:
            with trace.use_span(spans[0], record_exception=False):
                yield
        else:
            yield
    finally:
        for span in spans:
            span.end()
