"""Configuration of the duty-room page: one YAML file, with environment overrides.

An override is named YRD_PAGE_ and the path of the key with two underscores between its parts, for example
YRD_PAGE_GATEWAY__ADDRESS. Unknown keys are refused. docs/page.md has an example.
"""

from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_settings import SettingsConfigDict

from gateway.config import Address, Measured, Section
from gateway.settings_file import FileSettings, absolute, read
from integration.acts.config import LOOPBACK, People
from integration.called_gateway import CalledGateway
from integration.page.tiles import Tiles

GUIDE = "docs/page.md"
Host = Annotated[str, Field(pattern=r"^(\*\.)?[A-Za-z0-9.-]+$")]


class Tls(Section):
    """The page's own certificate and key (PEM), and the CA whose client certificates may read it.

    With people.oidc whoever signs in reads it, too; then the CA may be left out.
    """

    certificate: Path
    key: Path
    clients_ca: Path | None = None


class PageConfig(FileSettings):
    """One page. Relative paths start at the folder of the file."""

    model_config = SettingsConfigDict(env_prefix="YRD_PAGE_")

    gateway: CalledGateway
    listen: Address = "127.0.0.1:8470"
    tls: Tls | None = None
    """Needed for any address but this machine's own."""
    hosts: tuple[Host, ...] = ()
    """Names under which browsers reach it, beside that of `listen` and this machine's own."""

    history_days: Annotated[float, Field(gt=0, le=3650)] = 7.0
    """How far back it reads at a start: older pictures and reports are not shown."""

    people: People | None = None
    """Who may act at the page, and how they sign in. Absent: it is read-only."""
    tiles: Tiles | None = None
    """The operator's own map tiles under the schematic map. Absent: none."""
    telemetry: Measured = Measured()

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
        signing_in = self.people is not None and self.people.oidc is not None
        if self.tls is not None and self.tls.clients_ca is None and not signing_in:
            raise ValueError(
                "tls.clients_ca: nobody could show who they are: name the CA of people's certificates, or "
                "set people.oidc"
            )
        if self.people and not signing_in and (self.tls is None or self.tls.clients_ca is None):
            raise ValueError(
                "people: nobody could sign in: set tls with clients_ca, or people.oidc"
            )
        return self


def load(path: Path) -> PageConfig:
    """Reads a configuration. Raises ConfigError naming each key that is wrong, and what to do."""
    config, base = read(path, PageConfig, GUIDE), path.resolve().parent
    changes: dict[str, object] = {"gateway": absolute(config.gateway, base)}
    if config.tls:
        changes["tls"] = absolute(config.tls, base)
    if config.tiles:
        changes["tiles"] = absolute(config.tiles, base)
    if config.people:
        changes["people"] = config.people.absolute(base)
    return config.model_copy(update=changes)
