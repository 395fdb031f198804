"""The joint pipeline: of a local stack, and as its file says."""

from pathlib import Path

from integration.pipeline_config import PipelineConfig
from integration.stack import prepare
from pipelines.running.config import LiveConfig

REGULAR_SECONDS = 5.0
"""On one machine a summary may follow each message closely."""


def live_config(folder: Path) -> LiveConfig:
    """Configuration of the joint pipeline in a stack's folder."""
    joint = prepare(folder).members["joint"]
    return LiveConfig(
        address=joint.address,
        ca=joint.certs.parent / "ca.pem",
        certificate=joint.certs / "console.pem",
        key=joint.certs / "console.key",
        store=folder / "pipeline" / "states.db",
        archive=folder / "pipeline" / "archive",
        regular_seconds=REGULAR_SECONDS,
    )


def configured(settings: PipelineConfig) -> LiveConfig:
    """Configuration of a pipeline that has a file."""
    return LiveConfig(
        address=settings.gateway.address,
        ca=settings.gateway.ca,
        certificate=settings.gateway.certificate,
        key=settings.gateway.key,
        store=settings.states,
        archive=settings.archive,
        tick_seconds=settings.tick_seconds,
        regular_seconds=settings.regular_seconds,
    )
