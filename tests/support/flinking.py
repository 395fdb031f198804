"""A pipeline's job on Flink as its users run it, and what a reader of committed records sees of it."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

import yaml
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from integration.engines.flink import SECONDS, Cluster
from pipelines.facts.taking_in import forget_people
from pipelines.flink.settings import Settings
from pipelines.flink.submitting import Submission, submit
from pipelines.pictures.results import View, draft, emptied, is_joint, is_view, withdrawal
from pipelines.running.graph import Instant, run
from schemas.avro.codec import decode
from tests.support.bridging import committed, produce
from tests.support.commands import yrd
from tests.support.waiting import until
from yrd.exchange.v1.message_pb2 import Draft, Message
from yrd.exchange.v1.service_pb2 import SubscribeResponse

MOST_BYTES = 4 << 20


@dataclass(slots=True)
class Job:
    """One job over topics of its own."""

    cluster: Cluster
    settings: Settings
    id: str = ""
    told: list[Message] = field(default_factory=list)
    _expected: tuple[int, dict[str, View]] = (0, {})

    @classmethod
    def over(cls, cluster: Cluster, brokers: str, name: str) -> Self:
        """With topics of that name, which it makes, and settings that make it quick."""
        settings = Settings(
            name=name,
            brokers=brokers,
            feed=f"{name}.feed",
            results=f"{name}.results",
            rejected=f"{name}.feed.rejected",
            checkpoint_seconds=1.0,
            transaction_seconds=300,
        )
        made = cls(cluster, settings)
        made._make_topics()
        return made

    def _make_topics(self) -> None:
        wanted = self.settings
        config = {"retention.ms": "-1", "max.message.bytes": str(MOST_BYTES)}
        names = wanted.feed, wanted.results, wanted.rejected
        admin = AdminClient({"bootstrap.servers": wanted.brokers})
        for made in admin.create_topics([NewTopic(n, 3, 1, config=config) for n in names]).values():
            made.result(SECONDS)

    def tell(self, messages: Sequence[Message], together: int = 7) -> None:
        """Into the feed, as the bridge does: so many messages of one participant in a record, at most."""
        self.told += messages
        by_origin: dict[str, list[Message]] = {}
        for message in messages:
            by_origin.setdefault(message.stamp.origin, []).append(message)
        records: list[tuple[bytes | None, bytes | None]] = [
            (origin.encode(), SubscribeResponse(messages=some).SerializeToString())
            for origin, all_ in by_origin.items()
            for some in _parts(all_, together)
        ]
        self.put(records)

    def put(self, records: Sequence[tuple[bytes | None, bytes | None]]) -> None:
        """Anything into the feed."""
        produce(self.settings.brokers, self.settings.feed, records)

    def submit(self, resume: str = "", **changes: Any) -> None:
        """By the same function as the command; all its tasks run on return."""
        made = self.cluster.distribution
        self.settings = replace(self.settings, **changes)
        self.id = submit(
            Submission(
                settings=self.settings,
                environment=made.environment,
                connector=made.connector,
                cluster=self.cluster.address,
                resume=resume,
            )
        )
        self.wait()

    def submit_by_command(self, folder: Path) -> None:
        """By `yrd pipeline submit`, with a bridge's file in a folder; all its tasks run on return."""
        wanted, made = self.settings, self.cluster.distribution
        keys = {"ca": "ca.pem", "certificate": "c.pem", "key": "k.pem"}
        content = {
            "id": "310000",
            "brokers": wanted.brokers,
            "gateway": {"address": "127.0.0.1:1", **keys},
            "out": {"feed": {"topic": wanted.feed}},
        }
        config = folder / "bridge.yaml"
        config.write_text(yaml.safe_dump(content))
        options = {
            "engine": "flink",
            "config": config,
            "results": wanted.results,
            "name": wanted.name,
            "cluster": self.cluster.address,
            "environment": made.environment,
            "connector": made.connector,
        }
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        ran = yrd("pipeline", "submit", *words)
        assert ran.status == 0, ran.err
        self.id = ran.out.strip()
        self.wait()

    def wait(self) -> None:
        """Until all its tasks run."""
        until(self.runs, f"job {self.id} runs", SECONDS)

    def runs(self) -> bool:
        """Whether all its tasks run."""
        vertices = self.cluster.rest.get(f"/jobs/{self.id}").get("vertices", [])
        time.sleep(0.1)
        return bool(vertices) and all(vertex["status"] == "RUNNING" for vertex in vertices)

    def newest_checkpoint(self) -> str:
        """Folder of the newest one that is kept. From an older one results would come again."""
        kept = (self.cluster.folder / "checkpoints" / self.id).glob("chk-*/_metadata")
        found = max(kept, key=lambda path: int(path.parent.name.removeprefix("chk-")))
        return str(found.parent)

    def stop(self) -> str:
        """With a savepoint; its folder."""
        asked = self.cluster.rest.ask("POST", f"/jobs/{self.id}/stop", {"drain": False})
        path = f"/jobs/{self.id}/savepoints/{asked['request-id']}"

        def done() -> dict[str, Any]:
            found = self.cluster.rest.get(path)
            time.sleep(0.1)
            return found if found.get("status", {}).get("id") == "COMPLETED" else {}

        return str(until(done, "a savepoint", SECONDS)["operation"]["location"])

    def cancel(self) -> None:
        """At once, if it runs; it is gone on return."""
        ended = "CANCELED", "FINISHED", "FAILED", None
        if self._status() not in ended:
            self.cluster.rest.ask("PATCH", f"/jobs/{self.id}?mode=cancel", {})
            until(lambda: self._status() in ended, "an end", SECONDS)

    def _status(self) -> Any:
        return self.cluster.rest.get(f"/jobs/{self.id}/status").get("status")

    def results(self) -> list[Draft]:
        """What a reader of committed records sees, partition by partition, in order."""
        return [
            Draft.FromString(decode(record.value() or b"").SerializeToString())
            for record in committed(self.settings.brokers, [self.settings.results])
        ]

    def says_all(self) -> bool:
        """Whether the newest word on each view is, byte for byte, the embedded run's."""
        if len(self.told) != self._expected[0]:
            self._expected = len(self.told), embedded(self.told)
        time.sleep(0.5)  # the job needs the processor, too
        found = {d.header.entity_id: _body(d) for d in self.results() if is_view(d)}
        views = self._expected[1]
        gone = {name: _nothing_left(name, views.values()) for name in found.keys() - views.keys()}
        return found == {name: _body(draft(v, 1)) for name, v in (views | gone).items()}


def embedded(told: Sequence[Message]) -> dict[str, View]:
    """What the embedded run's graph says of the same messages at the newest instant that they tell of."""
    views = run([list(map(_bare, told))], [], Instant(None)).views
    return {view.entity_id: view for view in views}


def _nothing_left(name: str, views: Iterable[View]) -> View:
    """Of a view that was said in between, and is none any more."""
    whole = next(view for view in views if is_joint(view) and f"/{view.scope}/" in name)
    proposal = name.startswith("joint/proposal/")
    return withdrawal(name[-6:], whole) if proposal else emptied(name, whole)


def _bare(message: Message) -> bytes:
    bare = Message.FromString(message.SerializeToString())
    bare.ClearField("receipt")
    forget_people(bare)
    return bare.SerializeToString()


def _parts(messages: Sequence[Message], most: int) -> Iterable[Sequence[Message]]:
    return (messages[start : start + most] for start in range(0, len(messages), most))


def _body(draft: Draft) -> bytes:
    """A view's bytes. A proposal stands from the instant at which it was made first."""
    body = Draft.FromString(draft.SerializeToString()).aid_proposal
    if draft.HasField("situation_summary"):
        return draft.situation_summary.SerializeToString(deterministic=True)
    body.ClearField("as_of_time")
    body.ClearField("input_digest")
    return body.SerializeToString(deterministic=True)


def in_order(drafts: Iterable[Draft]) -> None:
    """Of each entity every revision is there once, in order, from the first."""
    revisions: dict[str, list[int]] = {}
    for one in drafts:
        revisions.setdefault(one.header.entity_id, []).append(one.header.revision)
    wrong = {n: found for n, found in revisions.items() if found != [*range(1, len(found) + 1)]}
    assert not wrong, wrong
