"""Spans of one process (OpenTelemetry): the package's extra `telemetry`.

Each process has spans for a few of the messages of a batch at most, and none for the others: what a batch
costs does not depend on how many messages are in it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import Link, NonRecordingSpan, Span, SpanContext, SpanKind, TraceFlags
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.trace.span import TraceState

from client.message_traces import Place, place_of
from yrd.exchange.v1.message_pb2 import Draft, Header

MOST = 8
"""Messages of a batch that have spans."""
STATE = "yrd"
"""Our entry in tracestate: whoever sends it has begun the traces of its messages."""
Metadata = Sequence[tuple[str, str]]
Attributes = Mapping[str, str | int]
_SAMPLED = TraceFlags(TraceFlags.SAMPLED)
_W3C = TraceContextTextMapPropagator()


class MessageIds(RandomIdGenerator):
    """Random ids, but for the span that begins a message's own trace: its ids are known before."""

    def __init__(self) -> None:
        self._given = threading.local()

    @contextmanager
    def given(self, place: Place) -> Iterator[None]:
        """A span that is started in the block, without a parent, has this place."""
        self._given.place = place
        try:
            yield
        finally:
            self._given.place = None

    @property
    def _place(self) -> Place | None:
        place: Place | None = getattr(self._given, "place", None)
        return place

    def generate_trace_id(self) -> int:
        """Of a span without a parent."""
        place = self._place
        return place.trace_id if place else super().generate_trace_id()

    def generate_span_id(self) -> int:
        """Of any span."""
        place = self._place
        return place.span_id if place else super().generate_span_id()


class Tracing:
    """Starts spans; `ratio` is the part of the messages that has some. Safe from any thread.

    The provider's id generator must be `ids`, and its sampler take all: what is not chosen here is never
    started.
    """

    def __init__(self, provider: TracerProvider, ids: MessageIds, ratio: float) -> None:
        self._tracer, self._ids, self.ratio = provider.get_tracer("yrd"), ids, ratio

    def places(self, headers: Iterable[Header]) -> list[tuple[Header, Place]]:
        """The first few that are traced, each with its place."""
        found: list[tuple[Header, Place]] = []
        for header in headers:
            place = place_of(as_bytes(header.message_id), header.traceparent, self.ratio)
            if place is not None:
                found.append((header, place))
                if len(found) == MOST:
                    break
        return found

    def start(
        self,
        name: str,
        below: Place | SpanContext,
        kind: SpanKind,
        attributes: Attributes,
        *,
        began_ns: int | None = None,
        links: Sequence[SpanContext] = (),
        begins: bool = False,
    ) -> Span:
        """A span below a place. `begins`: it is the first one of that trace, and its place this one.

        `began_ns`: nanoseconds since 1970; now, if there is none.
        """
        context = Context() if begins else below_context(below)
        linked = [Link(link) for link in links]
        if begins and isinstance(below, Place):
            with self._ids.given(below):
                return self._tracer.start_span(name, context, kind, attributes, linked, began_ns)
        return self._tracer.start_span(name, context, kind, attributes, linked, began_ns)

    @contextmanager
    def publishing(self, drafts: Sequence[Draft]) -> Iterator[Metadata]:
        """Around a call that publishes drafts: gives the metadata that the call is to carry.

        The call belongs to the trace that is under way, else to that of the first draft that is traced.
        """
        places = self.places(draft.header for draft in drafts)
        above = trace.get_current_span().get_span_context()
        if not places and not (above.is_valid and above.trace_flags.sampled):
            yield ()
            return
        call, spans = self._publishing(places, above if above.is_valid else None, len(drafts))
        try:
            with trace.use_span(call, record_exception=False):
                yield metadata_of(call.get_span_context())
        finally:
            for span in spans:
                span.end()

    def _publishing(
        self, places: Sequence[tuple[Header, Place]], above: SpanContext | None, drafts: int
    ) -> tuple[Span, list[Span]]:
        """The call's span, and all spans that end with it."""
        told: Attributes = {"rpc.system": "grpc", "rpc.method": "Publish", "yrd.drafts": drafts}
        spans: list[Span] = []
        if above is not None:
            spans.append(self.start("publish", above, SpanKind.CLIENT, told))
        for header, place in places:
            linked = [spans[0].get_span_context()] if spans else []
            told_of = {**told, "yrd.message_id": header.message_id}
            kind = SpanKind.PRODUCER if spans else SpanKind.CLIENT
            spans.append(
                self.start("publish", place, kind, told_of, links=linked, begins=place.own)
            )
        return spans[0], spans


def below_context(below: Place | SpanContext) -> Context:
    """The context of a span elsewhere."""
    if isinstance(below, Place):
        below = SpanContext(below.trace_id, below.span_id, is_remote=True, trace_flags=_SAMPLED)
    return trace.set_span_in_context(NonRecordingSpan(below), Context())


def metadata_of(context: SpanContext) -> Metadata:
    """W3C Trace Context as gRPC metadata, with the word that the messages' traces have begun."""
    before = [(key, value) for key, value in context.trace_state.items() if key != STATE]
    state = TraceState([(STATE, "m"), *before])
    told = SpanContext(context.trace_id, context.span_id, False, context.trace_flags, state)
    carrier: dict[str, str] = {}
    _W3C.inject(carrier, trace.set_span_in_context(NonRecordingSpan(told), Context()))
    return [*carrier.items()]


def told_in(metadata: Iterable[tuple[str, str | bytes]]) -> tuple[SpanContext | None, bool]:
    """The sampled span that a call's metadata names, and whether its messages' traces have begun."""
    carrier = {key: value for key, value in metadata if isinstance(value, str)}
    context = trace.get_current_span(_W3C.extract(carrier, Context())).get_span_context()
    sampled = context.is_valid and context.trace_flags.sampled
    return context if sampled else None, STATE in context.trace_state


def as_bytes(message_id: str) -> bytes:
    """The 16 bytes of a message's id; zeros for what is none."""
    try:
        found = bytes.fromhex(message_id.replace("-", ""))
    except ValueError:
        return bytes(16)
    return found if len(found) == 16 else bytes(16)
