"""The live loop: read, archive, run the graph, commit, publish.

Every step is safe to repeat: the archive is cut back to the length that was committed, states merge
idempotently, and a result that may have been published already is published again under the same
message id.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.facts.facts import Facts
from pipelines.facts.scope import ACTUAL, Key, key_of, micros
from pipelines.facts.state import Part, fold, parts_of, serialise
from pipelines.facts.taking_in import forget_people
from pipelines.pictures.picture import Picture, Staleness, evaluate
from pipelines.pictures.results import draft, is_view, view_of
from pipelines.running.config import LiveConfig
from pipelines.running.metrics import Outcome
from pipelines.running.observers import Observers
from pipelines.running.ports import Answer, FeedLost, Publisher, Refused, Source
from pipelines.running.sayings import Sayings, Views, is_said
from pipelines.running.store import LiveStore, Step, StoreUnusable
from schemas.avro.archive import ArchiveError, append, file_of
from yrd.exchange.v1.message_pb2 import Draft, Message
from yrd.state.v1.state_pb2 import State

if TYPE_CHECKING:
    from pipelines.running.prepared import PreparedGraph

__all__ = ["ArchiveError", "LivePipeline", "StoreUnusable", "run"]

logger = logging.getLogger(__name__)
RETRY_SECONDS = 1.0
PUBLISH_BATCH = 50
EXERCISES_KEPT = 3
"""Exercises whose facts stay in memory."""


class LivePipeline:
    """One pipeline over its store. `step` does one round; `now_us` is the clock.

    The actual picture is looked at at least every `tick_seconds`, whatever else comes in; what only moves in
    it is published every `regular_seconds`.
    """

    def __init__(
        self,
        store: LiveStore,
        archive: Path,
        source: Source,
        publisher: Publisher,
        now_us: Callable[[], int],
        staleness: Staleness,
        tick_seconds: float,
        regular_seconds: float = 60.0,
        observers: Observers | None = None,
    ) -> None:
        self._store, self._archive = store, archive
        observers = observers or Observers()
        self._meter, self._traces = observers.meter, observers.traces
        self._source, self._publisher = source, publisher
        self._now_us, self._staleness = now_us, staleness
        self._tick_us, self._looked_us = round(tick_seconds * 1e6), 0
        self._sayings = Sayings(store, round(regular_seconds * 1e6))
        self._facts: dict[str, Facts] = {}
        self._memos: dict[str, dict[str, Any]] = {}
        self._graph: PreparedGraph | None = None

    def step(self, timeout_seconds: float) -> None:
        """Takes in what has come, looks at the actual picture if it is time, publishes.

        Raises FeedLost, or ArchiveError.
        """
        batch = self._source.read(self._store.offset(), timeout_seconds)
        began_us = self._now_us()
        heard = self._sayings.heard(batch.messages)
        told = [message for message in batch.messages if not is_said(message)]
        if told:
            with self._traces.taking_in(told):
                self._take_in(told, batch.offset, heard, began_us)
        elif batch.offset > self._store.offset():
            self._store.commit(Step(offset=batch.offset, views=heard))
        if began_us - self._looked_us >= self._tick_us:  # a step that looked has looked
            self._look()
        self.publish()
        self._meter.stepped(self._looked_us / 1e6)

    def _take_in(
        self, messages: Sequence[Message], offset: int, heard: Views, began_us: int
    ) -> None:
        for message in messages:
            forget_people(message)
        archived = self._append_to_archive(messages)
        serialised = [message.SerializeToString() for message in messages]
        stored = self._store.parts(_touched(messages))
        states = [(key, data) for (key, _), data in stored.items()]
        outcome = self._prepared().run([serialised], states)
        merged = {key_of(text): State.FromString(data) for text, data in outcome.states.items()}
        parts = {p: serialise(s) for k, m in merged.items() for p, s in parts_of(k, m).items()}
        pictures = [self._seen(scope, merged) for scope in sorted({k.scope for k in merged})]
        news = self._sayings.news(pictures, heard)
        self._store.commit(
            Step(
                offset=offset,
                parts={part: data for part, data in parts.items() if stored.get(part) != data},
                archived=archived,
                views=heard | news.views,
                outbox=news.drafts,
                rejected=outcome.rejected,
            )
        )
        self._measure(messages, len(outcome.rejected), offset, began_us)
        logger.info(
            "batch_taken_in",
            extra={"messages": len(serialised), "offset": offset, "results": len(news.drafts)},
        )

    def _measure(
        self, messages: Sequence[Message], rejected: int, offset: int, began_us: int
    ) -> None:
        oldest_us = min(micros(message.receipt.received_time) for message in messages)
        lag, took = (began_us - oldest_us) / 1e6, (self._now_us() - began_us) / 1e6
        self._meter.took_in(len(messages), rejected, offset, lag, took)

    def _prepared(self) -> "PreparedGraph":
        if self._graph is None:
            from pipelines.running.prepared import PreparedGraph  # noqa: PLC0415  # Beam takes a second to import

            self._graph = PreparedGraph()
        return self._graph

    def _seen(self, scope: str, merged: Mapping[Key, State]) -> Picture:
        """The picture of a scope with what has just been merged."""
        facts = self._facts_of(scope)
        facts.update({key: state for key, state in merged.items() if key.scope == scope})
        return self._picture(scope, facts)

    def _picture(self, scope: str, facts: Facts) -> Picture:
        """The picture of a scope now."""
        now_us = self._now_us()
        if scope == ACTUAL:
            self._looked_us = now_us
        memo = self._memos.setdefault(scope, {})
        return evaluate(scope, facts, now_us, self._staleness, memo)

    def _facts_of(self, scope: str) -> Facts:
        """Facts of a scope, from the store if they were not needed lately."""
        facts = self._facts.pop(scope, None)
        if facts is None:
            facts = Facts()
            for key, data in self._store.scope(scope):
                facts.update({key_of(key): State.FromString(data)})
        self._facts[scope] = facts
        for old in [s for s in self._facts if s != ACTUAL][:-EXERCISES_KEPT]:
            del self._facts[old]
            self._memos.pop(old, None)
        return facts

    def _append_to_archive(self, messages: Sequence[Message]) -> dict[str, int]:
        known, lengths = self._store.archived(), dict[str, int]()
        by_day: dict[str, list[Message]] = {}
        for message in messages:
            received = datetime.fromtimestamp(message.receipt.received_time.seconds, UTC)
            by_day.setdefault(file_of(received), []).append(message)
        for file, found in by_day.items():
            lengths[file] = append(self._archive / file, known.get(file, 0), found)
        return lengths

    def _look(self) -> None:
        """Silence is news: the actual picture may change although nothing came for it."""
        facts = self._facts_of(ACTUAL)
        if not facts.coverage:
            self._looked_us = self._now_us()
            return
        news = self._sayings.news([self._picture(ACTUAL, facts)])
        if news.drafts:
            self._store.commit(Step(views=news.views, outbox=news.drafts))

    def publish(self) -> None:
        """Publishes what waits in the outbox.

        What the gateway will never take is put beside, with the reason; what it may take later waits,
        and keeps nothing else from being published. Raises FeedLost if anything waits.
        """
        waiting = self._store.outbox()
        self._meter.waits(len(waiting))
        newest = set({result.header.entity_id: number for number, result in waiting}.values())
        later: list[str] = []
        for start in range(0, len(waiting), PUBLISH_BATCH):
            part = waiting[start : start + PUBLISH_BATCH]
            results = [result for _, result in part]
            with self._traces.publishing(results):
                answers = self._publisher.publish(results)
            done = []
            for (number, result), answer in zip(part, answers, strict=True):
                self._meter.answered(_outcome(answer))
                if isinstance(answer, Refused):
                    later += self._put_aside(number, result, answer)
                elif answer is not None and number in newest and is_view(result):
                    self._reissue(number, result, answer + 1)
                else:  # durable, or there is a newer word: of an objection, it comes in the feed
                    done.append(number)
            self._store.published(done)
        if later:
            raise FeedLost(f"{len(later)} results wait: {later[0]}")

    def _put_aside(self, number: int, result: Draft, refused: Refused) -> list[str]:
        """Why it waits, if it does."""
        if not refused.for_good:
            return [refused.reason]
        logger.error(
            "result_refused",
            extra={"entity_id": result.header.entity_id, "reason": refused.reason},
        )
        self._store.refused(number, result.SerializeToString(), refused.reason)
        return []

    def _reissue(self, number: int, result: Draft, revision: int) -> None:
        """The store was lost and counted anew: go on behind what the gateway knows."""
        view = view_of(result)
        self._store.reissue(
            number, draft(view, revision), (view.entity_id, revision, view.said.text())
        )


def _outcome(answer: Answer) -> Outcome:
    if isinstance(answer, Refused):
        return "refused" if answer.for_good else "waiting"
    return "durable" if answer is None else "stale"


def _touched(messages: Sequence[Message]) -> list[Part]:
    """Parts of states that messages may change."""
    return [part for key, state in fold(messages).items() for part in parts_of(key, state)]


def run(config: LiveConfig, stop: threading.Event, observers: Observers | None = None) -> None:
    """Runs until `stop` is set. Raises StoreUnusable, or ArchiveError."""
    from pipelines.running.gateway_source import Gateway  # noqa: PLC0415  # grpc is for the live run only

    observers = observers or Observers()
    store, gateway = LiveStore(config.store), Gateway(config, observers.calls)
    pipeline = LivePipeline(
        store,
        config.archive,
        gateway,
        gateway,
        lambda: time.time_ns() // 1000,
        config.staleness,
        config.tick_seconds,
        config.regular_seconds,
        observers,
    )
    logger.info("pipeline_ready", extra={"offset": store.offset()})
    try:
        while not stop.is_set():
            try:
                pipeline.step(config.tick_seconds)
            except FeedLost as error:
                observers.meter.lost()
                logger.warning("feed_lost", extra={"detail": str(error)})
                stop.wait(RETRY_SECONDS)
    finally:
        gateway.close()
        store.close()
    logger.info("pipeline_stopped")
