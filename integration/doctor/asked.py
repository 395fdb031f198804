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
    """Its settings, or its folder with states.db."""
    network: bool = True
    """Whether peers, brokers and databases are spoken to."""

    def others(self) -> list[tuple[str, Path]]:
        """Files of settings beside the gateway's, each with its kind."""
        named = {"kafka": self.bridge, "page": self.page, "http": self.http}
        found = [(kind, path) for kind, path in named.items() if path is not None]
        if self.pipeline is not None and not self.pipeline.is_dir():
            found.append(("pipeline", self.pipeline))
        return found
