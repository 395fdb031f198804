"""What the doctor is asked to look at."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gateway.config import GatewayConfig


@dataclass(frozen=True, slots=True)
class Asked:
    """The gateway's configuration, and the files of what stands around it, as far as they are named."""

    config: GatewayConfig
    now: Callable[[], datetime]
    """Aware."""
    bridge: Path | None = None
    page: Path | None = None
    http: Path | None = None
    pipeline: Path | None = None
    """The pipeline's folder, with states.db."""
    network: bool = True
    """Whether peers, brokers and databases are spoken to."""
