"""Configuration of a bridge: one YAML file, with environment overrides.

An override is named YRD_BRIDGE_ and the path of the key with two underscores between its parts, for
example YRD_BRIDGE_LOGIN__PASSWORD. Unknown keys are refused. docs/kafka.md has an example.
"""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from gateway.config import Address, Section
from gateway.settings_file import FileSettings, absolute, read
from integration.called_gateway import CalledGateway
from integration.kafka.naming import NamingError, checked_template

GUIDE = "docs/kafka.md"


def _template(value: str) -> str:
    try:
        return checked_template(value)
    except NamingError as error:
        raise ValueError(str(error)) from None


Template = Annotated[str, AfterValidator(_template)]
Topic = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,249}$")]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]


class Login(Section):
    """How the bridge shows Kafka who it is, with a name and a password."""

    mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    username: str
    password: SecretStr


class Tls(Section):
    """TLS to Kafka. `certificate` and `key` where it asks for one."""

    ca: Path
    certificate: Path | None = None
    key: Path | None = None


class FeedTopic(Section):
    """What pipelines on an engine read (integration.kafka.engine_feed), beside the topics by type."""

    topic: Topic = "yrd.feed"
    types: tuple[str, ...] = Field(default=("*",), min_length=1)
    """Patterns of full names of types; whether one goes to another topic, too, does not matter."""
    retention_days: float | None = Field(None, gt=0)
    """None: for ever, so that a pipeline without a state can begin anew."""

    @property
    def rejected(self) -> str:
        """Where an engine puts what it could not read."""
        return f"{self.topic}.rejected"


class Out(Section):
    """What the gateway receives, to Kafka."""

    topics: dict[str, Template] = Field(default={"*": "{type}"}, min_length=1)
    """Pattern of a type's full name → topic; the first that fits. A type that fits none stays out."""
    value: Literal["body", "message"] = "body"
    """`body`: the type's own record, its header told by CloudEvents. `message`: all in one record."""
    feed: FeedTopic | None = None
    """Absent: none."""
    batch_messages: int = Field(5000, ge=1, le=100_000)
    batch_seconds: float = Field(0.05, ge=0, le=10)
    """How long a transaction gathers what follows its first message."""


class Outbox(Section):
    """What the province's systems tell, from Kafka to the gateway."""

    topics: tuple[Topic, ...] = ("yrd.outbox",)
    message_id: Literal["position", "key"] = "position"
    """What the id of a draft without one is made from: the record's place, or its key."""
    batch_records: int = Field(1000, ge=1, le=1000)


class Topics(Section):
    """How `yrd bridge kafka init` makes topics, and what `check` expects."""

    partitions: int = Field(3, ge=1)
    replication: int = Field(3, ge=1)
    min_insync_replicas: int = Field(2, ge=1)
    retention_days: float = Field(7, gt=0)
    dead_letter_days: float = Field(30, gt=0)


class BridgeConfig(FileSettings):
    """One bridge. Relative paths start at the folder of the file."""

    model_config = SettingsConfigDict(env_prefix="YRD_BRIDGE_")

    id: Name
    """Its name: two processes with one id are one bridge, and the later one takes over."""
    brokers: str
    """HOST:PORT of one broker or more, with commas."""
    gateway: CalledGateway
    login: Login | None = None
    tls: Tls | None = None
    kafka: dict[str, str | int | float | bool] = Field(default_factory=dict)
    """Further settings of librdkafka, by its names."""
    framing: Literal["single-object", "registry"] = "single-object"
    """How Avro is framed outward. Inward both are read."""
    registry: dict[int, str] = Field(default_factory=dict)
    """Id in the schema registry → a type's full name (this version's schema), or an .avsc file."""
    out: Out = Out()  # type: ignore[call-arg]  # every field has a default
    outbox: Outbox = Outbox()  # type: ignore[call-arg]
    topics: Topics = Topics()  # type: ignore[call-arg]
    max_record_bytes: int = Field(2 << 20, ge=1024, le=64 << 20)
    """Larger records are dead-lettered."""
    deadline_seconds: float = Field(20, ge=1, le=600)
    """How long Kafka may take for a transaction, before the bridge begins anew."""
    metrics: Address | None = None
    """Where Prometheus reads."""

    @property
    def place_topic(self) -> str:
        """Where it keeps how far it has come; compacted, one partition."""
        return f"yrd.bridge.{self.id}.place"

    @property
    def dead_out(self) -> str:
        """Dead letters of messages from the gateway."""
        return f"yrd.bridge.{self.id}.dead.out"

    @property
    def dead_in(self) -> str:
        """Dead letters of records for the gateway."""
        return f"yrd.bridge.{self.id}.dead.in"

    @property
    def group(self) -> str:
        """Consumer group of the outbox."""
        return f"yrd.bridge.{self.id}"

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.framing == "registry" and not self.registry:
            raise ValueError("registry: say which id stands for which type, or frame single-object")
        if self.topics.min_insync_replicas > self.topics.replication:
            raise ValueError("topics.min_insync_replicas: at most as many as topics.replication")
        return self


def load(path: Path) -> BridgeConfig:
    """Reads a configuration. Raises ConfigError naming each key that is wrong, and what to do."""
    config, base = read(path, BridgeConfig, GUIDE), path.resolve().parent
    changes: dict[str, object] = {"gateway": absolute(config.gateway, base)}
    if config.tls:
        changes["tls"] = absolute(config.tls, base)
    files = {i: str(base / n) if n.endswith(".avsc") else n for i, n in config.registry.items()}
    return config.model_copy(update={**changes, "registry": files})
