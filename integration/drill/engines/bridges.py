"""The bridges of a drill: what the joint gateway receives goes to Kafka; one province's drafts and the
engine's results come from there."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from confluent_kafka import KafkaException

from integration.drill.setting import DrillError
from integration.kafka.config import FeedTopic, load
from integration.kafka.connecting import Admin, client_settings
from integration.kafka.errors import BridgeError
from integration.kafka.setting_up import set_up
from integration.stack import Member, Stack

JOINT = "joint"
DEADLINE_SECONDS = 20
ALONE = {"replication": 1, "min_insync_replicas": 1}


@dataclass(frozen=True, slots=True)
class Topics:
    """Names that no other drill has."""

    prefix: str

    @property
    def messages(self) -> str:
        """What the joint gateway received, as Avro."""
        return f"{self.prefix}.messages"

    @property
    def feed(self) -> str:
        """The same for the pipelines."""
        return f"{self.prefix}.feed"

    @property
    def results(self) -> str:
        """What the pipelines say."""
        return f"{self.prefix}.results"

    @property
    def rejected(self) -> str:
        """What they could not read."""
        return FeedTopic.model_validate({"topic": self.feed}).rejected

    @property
    def outbox(self) -> str:
        """What the province's systems tell."""
        return f"{self.prefix}.outbox"


class Bridges:
    """Their files, topics and processes; those belong to the stack.

    `province`: whose systems tell Kafka and not the gateway.
    """

    def __init__(self, stack: Stack, brokers: str, prefix: str, province: str) -> None:
        self._stack, self._brokers = stack, brokers
        self.topics = Topics(prefix)
        out = {"topics": {"*": self.topics.messages}, "feed": {"topic": self.topics.feed}}
        # the order in which a province tells things is kept by one partition
        ours = {"out": out, "outbox": {"topics": [self.topics.results]}}
        # it delivers nothing, and would make a topic for each type
        nothing = {"topics": {"*": self.topics.messages}}
        theirs = {"out": nothing, "outbox": {"topics": [self.topics.outbox]}}
        self.joint = self._config(JOINT, 2, ours)
        self.province = self._config(province, 1, theirs)

    def _config(self, participant: str, partitions: int, more: dict[str, Any]) -> Path:
        member = self._stack.members[participant]
        path = self._stack.folder / participant / "bridge.yaml"
        content = {
            "id": f"{self.topics.prefix}.{participant}",
            "brokers": self._brokers,
            "gateway": _gateway(member),
            "topics": {"partitions": partitions, **ALONE},
            "deadline_seconds": DEADLINE_SECONDS,
            **more,
        }
        path.write_text(yaml.safe_dump(content))
        return path

    def begin(self) -> None:
        """Makes the topics and starts the bridges. Raises DrillError."""
        try:
            for file in (self.joint, self.province):
                set_up(load(file), None)
        except BridgeError as error:
            raise DrillError(f"--kafka: {error}") from None
        for name, direction, file in (
            ("bridge-out", "out", self.joint),
            ("bridge-results", "in", self.joint),
            ("bridge-outbox", "in", self.province),
        ):
            self._stack.run(name, ["bridge", "kafka", direction, "--config", str(file)])

    def dead_topics(self) -> list[str]:
        """Where there is what could not be delivered."""
        configs = load(self.joint), load(self.province)
        return [name for config in configs for name in (config.dead_out, config.dead_in)]

    def remove(self) -> None:
        """Takes the topics away."""
        config = load(self.joint)
        admin = Admin(client_settings(config), DEADLINE_SECONDS)
        mine = [name for name in admin.topics() if self.topics.prefix in name]
        for done in admin.client.delete_topics(mine).values() if mine else ():
            with suppress(KafkaException):
                done.result(DEADLINE_SECONDS)


def _gateway(member: Member) -> dict[str, str]:
    """As its console: every system of a drill has all roles."""
    return {
        "address": member.address,
        "ca": str(member.certs.parent / "ca.pem"),
        "certificate": str(member.certs / "console.pem"),
        "key": str(member.certs / "console.key"),
    }
