"""Configuration of the duty-room page: one YAML file, with environment overrides.

An override is named YRD_PAGE_ and the path of the key with two underscores between its parts, for example
YRD_PAGE_GATEWAY__ADDRESS. Unknown keys are refused. docs/page.md has an example.
"""

from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_settings import SettingsConfigDict

from gateway.config import Address, Section
from gateway.settings_file import FileSettings, absolute, read

GUIDE = "docs/page.md"
LOOPBACK = ("127.0.0.1", "localhost")
Host = Annotated[str, Field(pattern=r"^(\*\.)?[A-Za-z0-9.-]+$")]


class Gateway(Section):
    """The gateway, and the certificate (PEM) of the system as which the page calls it."""

    address: Address
    ca: Path
    certificate: Path
    key: Path


class Tls(Section):
    """The page's own certificate and key (PEM), and the CA whose client certificates may read it."""

    certificate: Path
    key: Path
    clients_ca: Path


class PageConfig(FileSettings):
    """One page. Relative paths start at the folder of the file."""

    model_config = SettingsConfigDict(env_prefix="YRD_PAGE_")

    gateway: Gateway
    listen: Address = "127.0.0.1:8470"
    tls: Tls | None = None
    """Needed for any address but this machine's own."""
    hosts: tuple[Host, ...] = ()
    """Names under which browsers reach it, beside that of `listen` and this machine's own."""

    history_days: Annotated[float, Field(gt=0, le=3650)] = 7.0
    """How far back it reads at a start: older pictures and reports are not shown."""

    @property
    def host(self) -> str:
        """Where it listens."""
        return self.listen.rpartition(":")[0]

    @property
    def port(self) -> int:
        """On which port; 0: a free one."""
        return int(self.listen.rpartition(":")[2])

    @property
    def allowed_hosts(self) -> list[str]:
        """Names that a request may be addressed to: another site's name that leads here is refused."""
        return [*dict.fromkeys((*LOOPBACK, self.host, *self.hosts))]

    @model_validator(mode="after")
    def _guarded(self) -> Self:
        if self.tls is None and self.host not in LOOPBACK:
            raise ValueError(
                f"listen: {self.host} can be reached from outside, so people must show a certificate: "
                "set tls with certificate, key and clients_ca, or listen on 127.0.0.1"
            )
        return self


def load(path: Path) -> PageConfig:
    """Reads a configuration. Raises ConfigError naming each key that is wrong, and what to do."""
    config, base = read(path, PageConfig, GUIDE), path.resolve().parent
    changes: dict[str, object] = {"gateway": absolute(config.gateway, base)}
    if config.tls:
        changes["tls"] = absolute(config.tls, base)
    return config.model_copy(update=changes)
