"""What a job is told when it is submitted: as options of its program, so that Flink shows them."""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from pipelines.pictures.picture import Staleness

VARIABLE = "YRD_PIPELINE_KAFKA"
"""How Kafka is reached: not among the arguments, which Flink shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One job. Two jobs of one name are one: the same consumer group, the same transactions."""

    name: str = "yrd-pipeline"
    brokers: str
    feed: str = "yrd.feed"
    results: str = "yrd.results"
    rejected: str = "yrd.results.rejected"
    most_bytes: int = 2 << 20
    """Of a result; a larger one goes where rejected records go."""
    parallelism: int = 2
    checkpoint_seconds: float = 5.0
    transaction_seconds: int = 600
    """How long Kafka keeps results that wait for a checkpoint: longer than the job may be down."""
    soon_seconds: float = 0.5
    """How soon after a message a picture is looked at."""
    tick_seconds: float = 5.0
    """How often the actual picture is looked at without new messages."""
    regular_seconds: float = 60.0
    """How often a summary is published in which nothing is new but counts and positions."""
    stale_seconds: float = 600.0
    """After how long a participant counts as silent."""
    replay: bool = False
    """Pictures are of the newest instant told, and not of now."""

    @property
    def staleness(self) -> Staleness:
        """After how long a participant counts as silent."""
        return Staleness(actual=timedelta(seconds=self.stale_seconds))

    @property
    def regular_us(self) -> int:
        """How often what only moves is said; in a replay nothing may come later that would say it."""
        return 0 if self.replay else round(self.regular_seconds * 1e6)


def arguments(settings: Settings) -> list[str]:
    """The settings as a job's arguments."""
    words: list[str] = []
    for name in Settings.__dataclass_fields__:
        value, option = getattr(settings, name), f"--{name.replace('_', '-')}"
        if isinstance(value, bool):
            words += [option] if value else []
        else:
            words += [option, str(value)]
    return words


def settings_of(words: Sequence[str]) -> Settings:
    """Reads `arguments`."""
    parser = argparse.ArgumentParser("pipelines.flink.job")
    for name, field in Settings.__dataclass_fields__.items():
        option = f"--{name.replace('_', '-')}"
        if field.default is False:
            parser.add_argument(option, action="store_true")
        elif isinstance(field.default, int | float):
            parser.add_argument(option, type=type(field.default), default=field.default)
        else:
            parser.add_argument(option, required=not isinstance(field.default, str))
    return Settings(**vars(parser.parse_args(words)))


def in_environment(properties: Mapping[str, str]) -> dict[str, str]:
    """Settings of Kafka's Java clients, passwords among them, as a variable of the environment."""
    return {VARIABLE: json.dumps(dict(properties))}


def properties_in(environment: Mapping[str, str]) -> dict[str, str]:
    """Reads `in_environment`; none if there is none."""
    return dict(json.loads(environment.get(VARIABLE, "{}")))
