"""Configuration of the live pipeline."""

from dataclasses import dataclass, field
from pathlib import Path

from pipelines.pictures.picture import Staleness


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveConfig:
    """Where the gateway is and where states and archives are kept.

    `tick_seconds`: how often the actual picture is looked at without new messages. `regular_seconds`: how
    often a summary is published in which nothing is new but counts and positions.
    """

    address: str
    ca: Path
    certificate: Path
    key: Path
    store: Path
    archive: Path
    tick_seconds: float = 5.0
    regular_seconds: float = 60.0
    staleness: Staleness = field(default_factory=Staleness)
