"""Certificates and configurations for tests, made once a run."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.config import GatewayConfig
from integration import certs
from integration.stack import AGREEMENTS

AGREED = len(list(AGREEMENTS.glob("*.yaml")))
"""Entries that a fresh log begins with under these agreements: one activation each."""
UNCONCERNED = Path(__file__).parent / "agreements_of_others"
"""Agreements that do not concern Shanghai: its log begins empty, and it shares nothing."""


@dataclass(frozen=True, slots=True)
class Materials:
    """A folder with certificates for all participants."""

    folder: Path

    def system(self, participant: str, system: str = "console") -> tuple[Path, Path, Path]:
        """CA, certificate and key of a system; made if it is not there yet."""
        own = self.folder / participant
        if not (own / f"{system}.pem").exists():
            certs.issue(certs.load_authority(self.folder), own, participant, system)
        return self.folder / "ca.pem", own / f"{system}.pem", own / f"{system}.key"

    def peer(self, participant: str, address: str) -> dict[str, str]:
        """A peer's entry in a configuration."""
        own = self.folder / participant
        return {
            "participant": participant,
            "address": address,
            "log_key": (own / "log.vkey").read_text().strip(),
            "witness_key": (own / "witness.vkey").read_text().strip(),
        }

    def config(self, participant: str, port: int, data: Path, **changes: Any) -> GatewayConfig:
        """A gateway's configuration without peers."""
        own = self.folder / participant
        settings: dict[str, Any] = {
            "participant": participant,
            "listen": f"127.0.0.1:{port}",
            "data_dir": data,
            "agreements_dir": AGREEMENTS,
            "tls": {
                "ca": self.folder / "ca.pem",
                "certificate": own / "gateway.pem",
                "key": own / "gateway.key",
            },
            "keys": {"log": own / "log.key", "witness": own / "witness.key"},
            # nothing happens because of the time of day a test runs at
            "retention_at": "never",
        }
        return GatewayConfig(**(settings | changes))
