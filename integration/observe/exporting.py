"""OpenTelemetry's SDK, set up: resource, batches of spans, OTLP over HTTP. Needs the extra `telemetry`."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_ON

from client.tracing import MessageIds, Tracing
from gateway.config import Traces


@contextmanager
def exporting(
    settings: Traces, service: str, participant: str, seconds: float
) -> Iterator[Tracing]:
    """Spans go to the collector in the background; what is left goes when the block ends."""
    endpoint = f"{settings.endpoint.rstrip('/')}/v1/traces"
    exporter = OTLPSpanExporter(endpoint=endpoint, timeout=seconds)
    with processing(BatchSpanProcessor(exporter), settings.ratio, service, participant) as tracing:
        yield tracing


@contextmanager
def processing(
    processor: SpanProcessor, ratio: float, service: str, participant: str
) -> Iterator[Tracing]:
    """The same with any processor."""
    ids = MessageIds()
    resource = Resource.create(
        {
            "service.namespace": "yrd",
            "service.name": service,
            "service.instance.id": participant,
            "service.version": version("yangtze-delta-exchange"),
        }
    )
    # what is not to be traced is never started: client.message_traces chooses
    provider = TracerProvider(sampler=ALWAYS_ON, resource=resource, id_generator=ids)
    provider.add_span_processor(processor)
    try:
        yield Tracing(provider, ids, ratio)
    finally:
        provider.shutdown()
