"""A collector of traces: takes OTLP over HTTP, as the real ones do, and keeps the spans."""

import gzip
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans


@dataclass(frozen=True, slots=True)
class Span:
    """A span as it came. Ids in hex; `parent` and `links` name spans; times in nanoseconds."""

    process: str
    """Service and instance, for example "gateway 330000"."""
    name: str
    trace_id: str
    span_id: str
    parent: str
    began_ns: int
    ended_ns: int
    attributes: dict[str, str] = field(default_factory=dict)
    links: tuple[tuple[str, str], ...] = ()
    """Trace and span."""


@dataclass(slots=True)
class Collector:
    """What has come."""

    url: str
    spans: list[Span] = field(default_factory=list)

    def trace(self, trace_id: str) -> list[Span]:
        """The spans of a trace, in the order in which they began."""
        found = [span for span in [*self.spans] if span.trace_id == trace_id]
        return sorted(found, key=lambda span: span.began_ns)


@contextmanager
def collector() -> Iterator[Collector]:
    """Listens until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # http.server names it
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            assert self.path == "/v1/traces", self.path
            for told in ExportTraceServiceRequest.FromString(body).resource_spans:
                found.spans.extend(_spans(told))
            self.send_response(200)
            self.send_header("content-type", "application/x-protobuf")
            self.end_headers()
            self.wfile.write(ExportTraceServiceResponse().SerializeToString())

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        found = Collector(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield found
        finally:
            server.shutdown()
            thread.join()


def _spans(told: ResourceSpans) -> Iterator[Span]:
    resource = {a.key: a.value.string_value for a in told.resource.attributes}
    process = f"{resource['service.name']} {resource['service.instance.id']}"
    for scope in told.scope_spans:
        for span in scope.spans:
            yield Span(
                process,
                span.name,
                span.trace_id.hex(),
                span.span_id.hex(),
                span.parent_span_id.hex(),
                span.start_time_unix_nano,
                span.end_time_unix_nano,
                {a.key: a.value.string_value or str(a.value.int_value) for a in span.attributes},
                tuple((link.trace_id.hex(), link.span_id.hex()) for link in span.links),
            )


def drawn(spans: Sequence[Span]) -> Iterator[str]:
    """A trace as a tree, one span a line: how it lies in time (milliseconds), where, what."""
    known = {span.span_id for span in spans}
    zero = min(span.began_ns for span in spans)

    def below(parent: str, depth: int) -> Iterator[str]:
        for span in spans:
            if span.parent == parent or (not depth and span.parent not in known):
                began, took = (span.began_ns - zero) / 1e6, (span.ended_ns - span.began_ns) / 1e6
                what = "  " * depth + span.name
                yield f"{began:9.1f} {took:9.1f}  {what:<24} {span.process}"
                yield from below(span.span_id, depth + 1)

    yield f"{'at ms':>9} {'took ms':>9}  {'span':<24} process"
    yield from below("", 0)
