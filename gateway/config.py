"""Configuration of one gateway: one YAML file, with environment overrides.

An override is named YRD_ and the path of the key with two underscores between its parts, for
example YRD_LISTEN or YRD_LIMITS__MAX_DRAFT_BYTES. Unknown keys are refused.
"""

import os
import re
from datetime import time
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Literal, Self, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from gateway import settings_file

ConfigError = settings_file.ConfigError
PARTICIPANTS = ("310000", "320000", "330000", "340000", "joint")

Participant = Literal["310000", "320000", "330000", "340000", "joint"]
Role = Literal[
    "publisher", "subscriber", "administrator", "security", "auditor", "acts-for-persons"
]
ROLES: frozenset[Role] = frozenset(get_args(Role))
_IPV4 = re.compile(r"\d{1,3}(\.\d{1,3}){3}:\d{1,5}")
Address = Annotated[str, Field(pattern=r"^[^\s:]+:\d{1,5}$")]


def _listed(value: object) -> object:
    """One is a list of one."""
    return value if isinstance(value, (list, tuple)) else (value,)


def _time_of_day(value: object) -> object:
    """HH:MM. YAML makes a number of 12:30: so many minutes."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 24 * 60:
        return time(*divmod(value, 60))
    if value is None or value == "never" or isinstance(value, time):
        return value
    if isinstance(value, str) and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value, re.ASCII):
        return time.fromisoformat(value)
    raise ValueError(f"{value!r} is no time of day: say HH:MM in Beijing, such as 03:00, or never")


class Section(BaseModel):
    """A part of the file; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Tls(Section):
    """Certificate authority, and this gateway's certificate and key (PEM).

    `ca` may be a bundle: the old CA and the new one. `crl` is a list of revocations of each CA.
    """

    ca: Path
    certificate: Path
    key: Path
    crl: Path | None = None


class Keys(Section):
    """Ed25519 private keys (PEM): one signs this participant's log, one cosigns its peers' logs.

    Each may be a list: the first signs, the others sign along. `retired` are public keys (C2SP
    verifier keys) that signed before.
    """

    log: Annotated[tuple[Path, ...], BeforeValidator(_listed), Field(min_length=1), NoDecode]
    witness: Annotated[tuple[Path, ...], BeforeValidator(_listed), Field(min_length=1), NoDecode]
    retired: tuple[str, ...] = ()


class ListedKey(Section):
    """A public key (C2SP verifier key). `retired`: it verifies what is old, and nothing new."""

    key: str
    retired: bool = False

    @model_validator(mode="before")
    @classmethod
    def _of_text(cls, value: object) -> object:
        return {"key": value} if isinstance(value, str) else value


class Client(Section):
    """What systems of this participant may do. `system` is a pattern such as "dispatch-*"."""

    system: str
    roles: frozenset[Role]
    types: tuple[str, ...] = ()
    messages_per_second: Annotated[float | None, Field(gt=0)] = None
    """This and the next three: instead of what limits say, for each system of this line."""
    bytes_per_second: Annotated[float | None, Field(gt=0)] = None
    calls_per_second: Annotated[float | None, Field(gt=0)] = None
    streams: Annotated[int | None, Field(ge=1)] = None

    def matches(self, system: str) -> bool:
        """Whether this line speaks of that system."""
        return fnmatchcase(system, self.system)

    def covers(self, type_name: str) -> bool:
        """Whether this line speaks of that type."""
        return not self.types or any(fnmatchcase(type_name, pattern) for pattern in self.types)


class Peer(Section):
    """Another participant's gateway, with the keys (C2SP verifier keys) that it signs with."""

    participant: Participant
    address: Annotated[tuple[Address, ...], BeforeValidator(_listed), Field(min_length=1)]
    """One, or those of the active gateway and its standby as IP:PORT: the one that answers is taken."""
    log_key: Annotated[tuple[ListedKey, ...], BeforeValidator(_listed)]
    witness_key: Annotated[tuple[ListedKey, ...], BeforeValidator(_listed)]

    @field_validator("address")
    @classmethod
    def _reachable(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if len(value) > 1 and not all(_IPV4.fullmatch(address) for address in value):
            raise ValueError(
                "of several addresses each must be IPv4:PORT; a single one may be a name, and have "
                "several records"
            )
        return value


class Limits(Section):
    """Bounds that protect the gateway. Those of a caller hold for each system and each peer."""

    max_draft_bytes: int = Field(1 << 20, ge=1024, le=16 << 20)
    max_batch: int = Field(1000, ge=1, le=10_000)
    max_request_bytes: int = Field(32 << 20, ge=1 << 20, le=256 << 20)
    """Largest request on the wire; larger ones are refused before they are read."""
    max_clock_skew_seconds: float = Field(300.0, ge=0)
    messages_per_second: float = Field(50_000.0, gt=0)
    bytes_per_second: float = Field(256e6, gt=0)
    calls_per_second: float = Field(2_000.0, gt=0)
    peer_calls_per_second: float = Field(50.0, gt=0)
    """Instead of calls_per_second, for a peer."""
    receipts_per_second: float = Field(5_000.0, gt=0)
    streams: int = Field(32, ge=1)
    """Streams of one caller at a time."""
    peer_streams: int = Field(8, ge=2)
    """Instead of streams, for a peer: it needs one, and another while it connects anew."""
    streams_in_all: int = Field(500, ge=1)
    unary_calls: int = Field(200, ge=1)
    """Calls of all callers at a time that are no streams."""
    calls_per_connection: int = Field(200, ge=1)
    """Further ones wait at the client (HTTP/2 SETTINGS_MAX_CONCURRENT_STREAMS)."""
    publish_bytes_in_flight: int = Field(16 << 20, ge=1)
    """Batches of one caller's streams that are being worked on or wait for their answer to be taken."""
    slow_reader_seconds: float = Field(60.0, gt=0)
    """A reader that has not taken an answer for so long is cut off."""
    certificate_check_seconds: float = Field(60.0, gt=0)
    """How often the files of tls are looked at; new ones are read at once."""
    idle_stream_seconds: float = Field(120.0, gt=0)
    """A stream on which no request has come for so long after its start is ended."""
    shutdown_grace_seconds: float = Field(5.0, ge=0)
    heartbeat_seconds: float = Field(2.0, gt=0)


class Traces(Section):
    """Where spans go (OTLP over HTTP) and of which part of the messages. Needs the extra `telemetry`."""

    endpoint: Annotated[str, Field(pattern=r"^https?://[^\s/]+(/\S*)?$")]
    """The collector's address, for example http://127.0.0.1:4318."""
    ratio: float = Field(0.01, ge=0, le=1)
    """Every process that says the same ratio traces the same messages."""


class Measured(Section):
    """What an operator's own systems are told. Off by default."""

    metrics: Address | None = None
    """Where Prometheus reads (docs/operate/metrics.md)."""


class Telemetry(Measured):
    """The same, of a process that follows messages."""

    traces: Traces | None = None
    """Where spans go (docs/operate/traces.md)."""


RETENTION_AT = time(3)


class GatewayConfig(settings_file.FileSettings):
    """One gateway. Relative paths start at the folder of the file."""

    model_config = SettingsConfigDict(env_prefix="YRD_")

    participant: Participant
    listen: Address
    data_dir: Path
    agreements_dir: Path
    store: Annotated[str, Field(pattern=r"^(sqlite|postgres(ql)?://\S+)$")] = "sqlite"
    """A file in data_dir, or a database that a standby gateway may take over."""
    tls: Tls
    keys: Keys
    clients: tuple[Client, ...] = (Client(system="*", roles=ROLES),)
    """For trials the default gives every system everything; say who may do what before real use."""
    peers: tuple[Peer, ...] = ()
    retention: Path | None = None
    """The retention policy; the one that is shipped if there is none."""
    retention_at: Annotated[time | Literal["never"] | None, BeforeValidator(_time_of_day)] = None
    """When it runs every day, in Beijing. Default: at 03:00; if no policy is named, then only for what
    clauses let one keep no longer."""
    check_processes: int = Field(default_factory=lambda: min(8, os.cpu_count() or 1), ge=0, le=64)
    """Processes that check large batches; they start when the first one comes. 0: a thread does."""
    limits: Limits = Limits()  # type: ignore[call-arg]  # every field has a default
    telemetry: Telemetry = Telemetry()

    @property
    def daily_terms(self) -> time | None:
        """When what clauses let one keep no longer is destroyed every day, in Beijing; None: never."""
        if self.retention_at is None:
            return RETENTION_AT
        return None if self.retention_at == "never" else self.retention_at

    @property
    def daily_retention(self) -> time | None:
        """When the retention policy runs every day, in Beijing; None: never."""
        asked = self.retention or self.retention_at is not None
        return self.daily_terms if asked else None

    @model_validator(mode="after")
    def _peers_are_others(self) -> Self:
        names = [peer.participant for peer in self.peers]
        if self.participant in names:
            raise ValueError("peers: a gateway is not its own peer; remove that entry")
        if len(set(names)) != len(names):
            raise ValueError("peers: name each participant once")
        return self


def load(path: Path) -> GatewayConfig:
    """Reads a configuration. Raises ConfigError naming each key that is wrong, and what to do."""
    return _absolute(
        settings_file.read(path, GatewayConfig, "docs/operate.md"), path.resolve().parent
    )


def _absolute(config: GatewayConfig, base: Path) -> GatewayConfig:
    keys = config.keys.model_copy(
        update={
            "log": tuple(base / path for path in config.keys.log),
            "witness": tuple(base / path for path in config.keys.witness),
        }
    )
    return config.model_copy(
        update={
            "data_dir": base / config.data_dir,
            "agreements_dir": base / config.agreements_dir,
            "retention": config.retention and base / config.retention,
            "tls": settings_file.absolute(config.tls, base),
            "keys": keys,
        }
    )
