"""What Kafka and Flink carried in a drill, held against what the joint gateway has."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial

from confluent_kafka import Message as Record

from integration.drill.engines.bridges import JOINT, Topics
from integration.drill.engines.job import RUNNING, Job
from integration.drill.engines.topics import Reader, told
from integration.drill.facts import Check, check
from pipelines.running.sayings import is_said
from schemas.avro.codec import decode
from yrd.exchange.v1.message_pb2 import Draft, Message
from yrd.exchange.v1.service_pb2 import SubscribeResponse


def kafka_line(
    version: str,
    brokers: str,
    topics: Topics,
    dead_topics: Sequence[str],
    held: Sequence[Message],
    drafts: str,
) -> Check:
    """Each message that is held is in both topics once, and nothing is a dead letter.

    `drafts`: what came in, in words.
    """
    wanted = {message.header.message_id for message in held}
    problems = _differences(brokers, topics.messages, wanted, _message)
    problems += _differences(brokers, topics.feed, wanted, _fed)
    with Reader(brokers, dead_topics) as dead:
        dead.look(1.0)
        problems += [f"dead letter: {told(one).get('yrd-text')}" for one in dead.records]
    good = f"{len(wanted)} messages of {JOINT} out, once each; {drafts} in"
    return check(f"Apache Kafka {version}", problems, good)


def flink_line(job: Job, brokers: str, topics: Topics, held: Sequence[Message]) -> Check:
    """All that the duty room says came from the job, once."""
    wanted = {m.header.message_id for m in held if m.stamp.origin == JOINT and is_said(m)}
    problems = _differences(brokers, topics.results, wanted, _result)
    state, checkpoints = job.state(), job.checkpoints()
    if state != RUNNING:
        problems.append(f"the job is {state}; see the cluster's log")
    good = f"{len(wanted)} views and objections, once each; {checkpoints} checkpoints"
    return check(f"Apache Flink {job.version()}", problems, good)


def _differences(
    brokers: str, topic: str, wanted: set[str], read: Callable[[Record], Iterable[str]]
) -> list[str]:
    """What is missing in a topic, or there twice. More may come while one looks."""
    found: Counter[str] = Counter()
    with Reader(brokers, [topic]) as reader:
        reader.until(partial(_complete, reader, wanted, found, read))
    missing = sorted(wanted - found.keys())
    problems = [f"{topic} has {name} {count} times" for name, count in found.items() if count > 1]
    return (
        [f"{topic} lacks {len(missing)}, such as {missing[0]}", *problems] if missing else problems
    )


def _complete(
    reader: Reader, wanted: set[str], found: Counter[str], read: Callable[[Record], Iterable[str]]
) -> bool:
    found.update(name for record in reader.taken() for name in read(record))
    return wanted <= found.keys()


def _message(record: Record) -> list[str]:
    return [told(record)["ce_id"]]


def _fed(record: Record) -> list[str]:
    answer = SubscribeResponse.FromString(record.value() or b"")
    return [message.header.message_id for message in answer.messages]


def _result(record: Record) -> list[str]:
    found = decode(record.value() or b"")
    return [found.header.message_id] if isinstance(found, Draft) else []
