"""Configuration of a door: one YAML file, with environment overrides.

An override is named YRD_HTTP_ and the path of the key with two underscores between its parts, for
example YRD_HTTP_LIMITS__BODY_BYTES. Unknown keys are refused. docs/http.md has an example.
"""

import ipaddress
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_settings import SettingsConfigDict

from gateway.config import Address, Measured, Participant, Section
from gateway.errors import IdentityUnknown
from gateway.exchange.access import PEER_SYSTEM
from gateway.server.identity import caller_of
from gateway.settings_file import ConfigError, FileSettings, absolute, read

GUIDE = "docs/http.md"
System = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]


class Gateway(Section):
    """The participant's gateway, and the CA (PEM) by which it is known."""

    address: Address
    ca: Path


class SystemKey(Section):
    """The door's certificate and key (PEM) to speak as one system."""

    certificate: Path
    key: Path


class Tls(Section):
    """The door's own certificate and key (PEM).

    With `client_ca` systems may show certificates; `crl` is a list of revocations of that CA.
    """

    certificate: Path
    key: Path
    client_ca: Path | None = None
    crl: Path | None = None

    @model_validator(mode="after")
    def _list_of_a_ca(self) -> Self:
        if self.crl and not self.client_ca:
            raise ValueError("crl: revocations are of clients' certificates: name client_ca, too")
        return self


class Cap(Section):
    """Warnings as CAP 1.2. `keys`: certificates of issuers (PEM file, or a folder of them)."""

    keys: Path | None = None
    require_signature: bool = False
    """Take nothing that none of `keys` signed."""

    @model_validator(mode="after")
    def _known_issuers(self) -> Self:
        if self.require_signature and self.keys is None:
            raise ValueError("require_signature: of whom? name the issuers' certificates in keys")
        return self


class Limits(Section):
    """Bounds that protect the door. The gateway's own, by system, hold as well."""

    body_bytes: int = Field(8 << 20, ge=1024, le=64 << 20)
    body_seconds: float = Field(30, gt=0, le=600)
    """How long a body may take to come."""
    head_seconds: float = Field(10, gt=0, le=600)
    """How long a request line and its headers may take to come."""
    idle_seconds: int = Field(30, ge=1, le=3600)
    """How long a connection may stay without a request."""
    slow_reader_seconds: float = Field(30, gt=0, le=600)
    """A reader that has taken nothing for so long is cut off."""
    heartbeat_seconds: float = Field(15, gt=0, le=300)
    connections: int = Field(500, ge=1)
    publishing: int = Field(4, ge=1)
    """Bodies of one system that are read and published at once; further ones wait."""
    gateway_seconds: float = Field(30, gt=0, le=600)
    """How long the gateway may take for an answer."""


class HttpConfig(FileSettings):
    """One door. Relative paths start at the folder of the file."""

    model_config = SettingsConfigDict(env_prefix="YRD_HTTP_")

    participant: Participant
    listen: Address
    gateway: Gateway
    systems: dict[System, SystemKey] = Field(min_length=1)
    """As which systems callers may speak, and with which certificate the door then calls the gateway."""
    tls: Tls | None = None
    tokens: Path | None = None
    """File of tokens, written by `yrd http token`. Absent: none."""
    cap: Cap | None = None
    """Absent: no CAP. Needs the extra `cap`."""
    limits: Limits = Limits()  # type: ignore[call-arg]  # every field has a default
    telemetry: Measured = Measured()

    @property
    def host(self) -> str:
        """Where it listens."""
        return self.listen.rpartition(":")[0]

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.listen.rpartition(":")[2])

    @model_validator(mode="after")
    def _no_gateway(self) -> Self:
        if PEER_SYSTEM in self.systems:
            raise ValueError(
                f"systems.{PEER_SYSTEM}: a gateway's own certificate stays with the gateway: name others"
            )
        return self

    @model_validator(mode="after")
    def _nothing_in_the_clear(self) -> Self:
        if self.tls is None and not _is_loopback(self.host):
            raise ValueError(
                "tls: without it tokens and messages would travel in the clear: name certificate and "
                "key, or listen on 127.0.0.1 behind a proxy of this machine"
            )
        if self.tokens is None and (self.tls is None or self.tls.client_ca is None):
            raise ValueError("tokens: nobody could call: name a file of tokens, or tls.client_ca")
        return self


def load(path: Path) -> HttpConfig:
    """Reads a configuration. Raises ConfigError naming each key that is wrong, and what to do."""
    config, base = read(path, HttpConfig, GUIDE), path.resolve().parent
    found = config.model_copy(
        update={
            "gateway": absolute(config.gateway, base),
            "systems": {name: absolute(key, base) for name, key in config.systems.items()},
            "tls": config.tls and absolute(config.tls, base),
            "cap": config.cap and absolute(config.cap, base),
            "tokens": config.tokens and base / config.tokens,
        }
    )
    for name, key in found.systems.items():
        _require_own(found.participant, name, key.certificate)
    return found


def _require_own(participant: str, system: str, certificate: Path) -> None:
    """Raises ConfigError unless the certificate says the system under which it is named."""
    where = f"systems.{system}.certificate"
    try:
        said = caller_of(certificate.read_bytes())
    except OSError as error:
        raise ConfigError(f"{where}: {certificate}: {error.strerror}; check the path") from None
    except IdentityUnknown as error:
        raise ConfigError(f"{where}: {certificate}: {error}") from None
    if (said.participant, said.system) != (participant, system):
        raise ConfigError(
            f"{where}: {certificate} speaks for {said.participant}/{said.system}: use one with the "
            f"URI yrd://participant/{participant}/{system}"
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
