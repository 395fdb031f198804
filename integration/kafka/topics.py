"""The topics of a bridge: which there must be, made where they are missing, and looked at."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin._config import ConfigResource
from confluent_kafka.admin._resource import ResourceType
from confluent_kafka.cimpl import NewTopic

from integration.kafka.config import BridgeConfig, FeedTopic
from integration.kafka.connecting import ROOM, Admin, as_ours, translated
from integration.kafka.naming import Naming

DAY_MS = 86_400_000
REMEDY = "make it with `yrd bridge kafka init`"


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as it must be: `settings` must be so, `partitions` at least as many (None: any number)."""

    name: str
    use: str
    partitions: int
    settings: Mapping[str, str]
    exactly: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """A topic that is not as it must be."""

    topic: str
    problem: str
    remedy: str


def wanted(config: BridgeConfig) -> list[Topic]:
    """All topics that the bridge uses, in both directions."""
    told = config.topics
    safe = {
        "min.insync.replicas": str(told.min_insync_replicas),
        "max.message.bytes": str(config.max_record_bytes + ROOM),
    }
    kept = _kept(told.retention_days) | safe
    dead = _kept(told.dead_letter_days) | safe
    feed = config.out.feed
    place = {"cleanup.policy": "compact", "min.insync.replicas": str(told.min_insync_replicas)}
    return [
        *(Topic(name, "out", told.partitions, kept) for name in Naming(config.out.topics).topics),
        *([Topic(feed.topic, "out", told.partitions, _fed(feed) | safe)] if feed else ()),
        *([Topic(feed.rejected, "out", 1, dead)] if feed else ()),
        *(Topic(name, "outbox", told.partitions, kept) for name in config.outbox.topics),
        Topic(config.dead_out, "dead letters", 1, dead),
        Topic(config.dead_in, "dead letters", 1, dead),
        Topic(config.place_topic, "place", 1, place, exactly=True),
    ]


def _kept(days: float | None) -> dict[str, str]:
    kept_ms = -1 if days is None else int(days * DAY_MS)
    return {"cleanup.policy": "delete", "retention.ms": str(kept_ms)}


def _fed(feed: FeedTopic) -> dict[str, str]:
    """Its records have the time at which they were told, and engines go by it."""
    return {**_kept(feed.retention_days), "message.timestamp.type": "CreateTime"}


def create(admin: Admin, topics: Iterable[Topic], replication: int, seconds: float) -> list[str]:
    """Makes what is missing; returns the names of those. Raises Away or Halted."""
    there = admin.topics()
    fresh = [
        NewTopic(topic.name, topic.partitions, replication, config=dict(topic.settings))
        for topic in topics
        if topic.name not in there
    ]
    if not fresh:
        return []
    made = []
    for name, future in admin.client.create_topics(fresh, request_timeout=seconds).items():
        try:
            future.result(seconds)
            made.append(name)
        except KafkaException as error:
            if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise translated(error.args[0]) from None
    return made


def faults(admin: Admin, topics: Iterable[Topic], seconds: float) -> list[Fault]:
    """What is missing or another than it must be. Raises Away or Halted."""
    there, found = admin.topics(), list[Fault]()
    known = [topic for topic in topics if topic.name in there]
    found = [Fault(t.name, "is missing", REMEDY) for t in topics if t.name not in there]
    if not known:
        return found
    resources = [ConfigResource(ResourceType.TOPIC, topic.name) for topic in known]
    answers = admin.client.describe_configs(resources, request_timeout=seconds)
    by_name = {resource.name: future for resource, future in answers.items()}
    for topic in known:
        with as_ours():
            entries = by_name[topic.name].result(seconds)
        settings = {name: str(entry.value) for name, entry in entries.items()}
        found += differences(topic, there[topic.name], settings)
    return found


def differences(topic: Topic, partitions: int, settings: Mapping[str, str]) -> list[Fault]:
    """In what a topic differs so that the bridge would lose something or could not work."""
    found = []
    policy, is_policy = topic.settings["cleanup.policy"], settings.get("cleanup.policy", "")
    if set(is_policy.split(",")) != {policy}:
        loss = (
            "records of one entity would replace each other"
            if policy == "delete"
            else "the place of a bridge that stands still would be forgotten"
        )
        found.append(
            Fault(
                topic.name,
                f"has cleanup.policy={is_policy}: {loss}",
                f"set cleanup.policy={policy}, or name another topic in the configuration",
            )
        )
    if topic.exactly and partitions != topic.partitions:
        found.append(
            Fault(
                topic.name,
                f"has {partitions} partitions, must have {topic.partitions}",
                "delete it and run `yrd bridge kafka init --after OFFSET`",
            )
        )
    bound, is_bound = topic.settings.get("max.message.bytes"), settings.get("max.message.bytes")
    if bound and is_bound and int(is_bound) < int(bound):
        found.append(
            Fault(
                topic.name,
                f"takes {is_bound} bytes, fewer than the bridge may send",
                f"set max.message.bytes={bound}, or lower max_record_bytes in the configuration",
            )
        )
    return found
