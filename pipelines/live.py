"""The live loop: read, archive, run the graph, commit, publish.

Every step is safe to repeat: the archive is cut back to the length that was committed, states merge
idempotently, and a result that may have been published already is published again under the same
message id.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from pipelines.config import LiveConfig
from pipelines.picture import Staleness, evaluate
from pipelines.ports import Batch, FeedLost, Publisher, Source
from pipelines.results import View, draft, view_of, views
from pipelines.scope import ACTUAL, key_of, scope_of
from pipelines.store import AlreadyRunning, LiveStore, Step
from schemas.avro.archive import append
from yrd.exchange.v1.message_pb2 import Draft, Message
from yrd.state.v1.state_pb2 import State

__all__ = ["AlreadyRunning", "LivePipeline", "run"]

logger = logging.getLogger(__name__)
RETRY_SECONDS = 1.0
PUBLISH_BATCH = 50


class LivePipeline:
    """One pipeline over its store. `step` does one round; `now_us` is the clock."""

    def __init__(
        self,
        store: LiveStore,
        archive: Path,
        source: Source,
        publisher: Publisher,
        now_us: Callable[[], int],
        staleness: Staleness,
    ) -> None:
        self._store, self._archive = store, archive
        self._source, self._publisher = source, publisher
        self._now_us, self._staleness = now_us, staleness

    def step(self, timeout_seconds: float) -> None:
        """Takes in what has come, or looks at the actual picture if nothing has. May raise FeedLost."""
        batch = self._source.read(self._store.offset(), timeout_seconds)
        if batch.messages:
            self._take_in(batch)
        elif batch.offset > self._store.offset():
            self._store.commit(Step(offset=batch.offset))
        else:
            self._tick()
        self.publish()

    def _take_in(self, batch: Batch) -> None:
        from pipelines.graph import run as run_graph  # noqa: PLC0415  # Beam takes a second to import

        archived = self._append_to_archive(batch.messages)
        scopes = sorted({s for s in map(scope_of, batch.messages) if s is not None})
        stored = self._store.states(scopes)
        serialised = [message.SerializeToString() for message in batch.messages]
        outcome = run_graph([serialised], stored, self._now_us(), self._staleness)
        changed = {k: data for k, data in outcome.states.items() if stored.get(k) != data}
        news = self._news(outcome.views)
        self._store.commit(
            Step(
                offset=batch.offset,
                states=changed,
                archived=archived,
                views={v.entity_id: (revision, v.content) for v, revision in news},
                outbox=[draft(view, revision) for view, revision in news],
                rejected=outcome.rejected,
            )
        )
        logger.info(
            "batch_taken_in",
            extra={"messages": len(serialised), "offset": batch.offset, "results": len(news)},
        )

    def _append_to_archive(self, messages: Sequence[Message]) -> dict[str, int]:
        known, lengths = self._store.archived(), dict[str, int]()
        by_day: dict[str, list[Message]] = {}
        for message in messages:
            received = datetime.fromtimestamp(message.receipt.received_time.seconds, UTC)
            by_day.setdefault(f"{received:%Y-%m-%d}.avro", []).append(message)
        for file, found in by_day.items():
            lengths[file] = append(self._archive / file, known.get(file, 0), found)
        return lengths

    def _news(self, found: Sequence[View]) -> list[tuple[View, int]]:
        """Views that say something new, with their revisions."""
        news = []
        for view in found:
            revision, content = self._store.view(view.entity_id)
            if content != view.content:
                news.append((view, revision + 1))
        return news

    def _tick(self) -> None:
        """Silence is news: the actual picture may change although nothing came."""
        stored = {
            key_of(key): State.FromString(data)
            for key, data in self._store.states([ACTUAL]).items()
        }
        if not stored:
            return
        picture = evaluate(ACTUAL, stored, self._now_us(), self._staleness)
        news = self._news(list(views(picture)))
        if news:
            self._store.commit(
                Step(
                    views={v.entity_id: (revision, v.content) for v, revision in news},
                    outbox=[draft(view, revision) for view, revision in news],
                )
            )

    def publish(self) -> None:
        """Publishes what waits in the outbox."""
        waiting = self._store.outbox()
        for start in range(0, len(waiting), PUBLISH_BATCH):
            part = waiting[start : start + PUBLISH_BATCH]
            known = self._publisher.publish([d for _, d in part])
            done = [number for (number, _), stale in zip(part, known, strict=True) if stale is None]
            self._store.published(done)
            for (number, result), stale in zip(part, known, strict=True):
                if stale is not None:
                    self._reissue(number, result, stale + 1)

    def _reissue(self, number: int, result: Draft, revision: int) -> None:
        """The store was lost and counted anew: go on behind what the gateway knows."""
        view = view_of(result)
        self._store.reissue(number, draft(view, revision), (view.entity_id, revision, view.content))


def run(config: LiveConfig, stop: threading.Event) -> None:
    """Runs until `stop` is set. Raises AlreadyRunning."""
    from pipelines.gateway_source import Gateway  # noqa: PLC0415  # grpc is for the live run only

    store = LiveStore(config.store)
    gateway = Gateway(config)
    pipeline = LivePipeline(
        store, config.archive, gateway, gateway, lambda: time.time_ns() // 1000, config.staleness
    )
    logger.info("pipeline_ready", extra={"offset": store.offset()})
    try:
        while not stop.is_set():
            try:
                pipeline.step(config.tick_seconds)
            except FeedLost as error:
                logger.warning("feed_lost", extra={"detail": str(error)})
                stop.wait(RETRY_SECONDS)
    finally:
        gateway.close()
        store.close()
    logger.info("pipeline_stopped")
