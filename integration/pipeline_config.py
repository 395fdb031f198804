"""Configuration of the joint pipeline: one YAML file, with environment overrides.

An override is named YRD_PIPELINE_ and the path of the key with two underscores between its parts, for
example YRD_PIPELINE_GATEWAY__ADDRESS. Unknown keys are refused.
"""

from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from gateway.config import Telemetry
from gateway.settings_file import FileSettings, absolute, read
from integration.called_gateway import CalledGateway

GUIDE = "docs/guide/operator.md"


class Observed(FileSettings):
    """Who is told of a pipeline. That of a local stack has no file: its environment says."""

    model_config = SettingsConfigDict(env_prefix="YRD_PIPELINE_")

    telemetry: Telemetry = Telemetry()


class PipelineConfig(Observed):
    """One pipeline. Relative paths start at the folder of the file."""

    gateway: CalledGateway
    states: Path
    """Its states, offset and outbox: one file, of one pipeline at a time."""
    archive: Path
    """Folder of what it read, an Avro file a day, without personal data."""
    tick_seconds: float = Field(5.0, gt=0, le=600)
    """How often the actual picture is looked at without new messages."""
    regular_seconds: float = Field(60.0, gt=0, le=3600)
    """How often a summary is published in which nothing is new but counts and positions."""


def load(path: Path) -> PipelineConfig:
    """Reads a configuration. Raises ConfigError naming each key that is wrong, and what to do."""
    config, base = read(path, PipelineConfig, GUIDE), path.resolve().parent
    changes = {
        "gateway": absolute(config.gateway, base),
        "states": base / config.states,
        "archive": base / config.archive,
    }
    return config.model_copy(update=changes)
