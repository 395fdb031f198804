"""Where the spans of a process go: over OTLP to the collector that its settings name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from gateway.config import Traces
from gateway.settings_file import ConfigError

if TYPE_CHECKING:
    from client.tracing import Tracing
    from integration.observe.gateway_traces import GatewayTraces
    from integration.observe.pipeline_traces import PipelineTraces

SECONDS = 5.0
"""How long the collector may take; spans that can't be delivered are dropped, and the log says so."""


@contextmanager
def traced(settings: Traces | None, service: str, participant: str) -> Iterator[Tracing | None]:
    """The tracing of a process for as long as the block lasts; None if it is off.

    Raises ConfigError if the extra is not installed.
    """
    if settings is None:
        yield None
        return
    try:
        from integration.observe.exporting import exporting  # noqa: PLC0415  # an extra
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "opentelemetry":
            raise
        raise ConfigError(
            f"telemetry.traces: 没有 {error.name} is not installed: 安装附加组件 telemetry install the "
            "extra: pip install 'yangtze-delta-exchange[telemetry]'"
        ) from None
    with exporting(settings, service, participant, SECONDS) as tracing:
        yield tracing


@contextmanager
def following(settings: Traces | None, participant: str) -> Iterator[GatewayTraces | None]:
    """What follows messages through a participant's gateway; None if it is off. Raises ConfigError."""
    with traced(settings, "gateway", participant) as tracing:
        if tracing is None:
            yield None
            return
        from integration.observe.gateway_traces import GatewayTraces  # noqa: PLC0415  # an extra

        yield GatewayTraces(tracing, participant)


@contextmanager
def into_the_picture(settings: Traces | None) -> Iterator[tuple[PipelineTraces, Tracing] | None]:
    """What follows messages into the joint picture, and the calls that publish it. Raises ConfigError."""
    with traced(settings, "pipeline", "joint") as tracing:
        if tracing is None:
            yield None
            return
        from integration.observe.pipeline_traces import PipelineTraces  # noqa: PLC0415  # an extra

        yield PipelineTraces(tracing), tracing
