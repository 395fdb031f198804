"""The steps of the job: what Flink hands to the plain functions, and what it keeps of them."""

from collections.abc import Iterator, Mapping
from typing import Any

from pyflink.common import Row, Types
from pyflink.datastream import KeyedProcessFunction, OutputTag, ProcessFunction
from pyflink.datastream.state import MapStateDescriptor

from pipelines.facts.scope import ACTUAL
from pipelines.flink.parts import Parts
from pipelines.flink.settings import Settings
from pipelines.questions.objection_words import Word
from pipelines.running.kept import KeptScope
from pipelines.streaming.reading import Told, read_feed, said_in, states_in
from schemas.avro.codec import encode

EXERCISES_KEPT = 3
"""Exercises that stay in memory."""
RECORD = Types.ROW([Types.PRIMITIVE_ARRAY(Types.BYTE()), Types.PRIMITIVE_ARRAY(Types.BYTE())])
"""Key and value."""
FOLDED = Types.TUPLE([Types.STRING(), Types.PICKLED_BYTE_ARRAY()])
"""A scope, and what a record tells of it."""
REJECTED = OutputTag("rejected", RECORD)


class FoldRecords(ProcessFunction):  # type: ignore[misc]  # PyFlink is not in this environment
    """In: values of the feed. Out: (scope, what a record tells of it); aside: what could not be read."""

    def process_element(self, value: bytes, ctx: Any) -> Iterator[Any]:
        """One record."""
        told, rejected = read_feed(value)
        yield from told.items()
        for data, reason in rejected:
            yield REJECTED, Row(reason.encode(), data)


class Pictures(KeyedProcessFunction):  # type: ignore[misc]
    """In: (scope, what a record tells of it). Out: results, as (entity id, draft in Avro); aside: why not.

    No watermark holds a picture back: how far each participant has come is in the state itself, so one that
    is silent delays nobody, and the picture says that it is silent.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def open(self, runtime_context: Any) -> None:
        """Begins, with nothing in memory."""
        rows = Types.STRING(), Types.PICKLED_BYTE_ARRAY()
        self._parts = Parts(runtime_context.get_map_state(MapStateDescriptor("parts", *rows)))
        self._words = runtime_context.get_map_state(MapStateDescriptor("words", *rows))
        self._scopes: dict[str, KeptScope] = {}

    def process_element(self, value: tuple[str, Told], ctx: Any) -> None:
        """Takes in what a record tells; the picture is looked at soon."""
        scope, told = value
        kept = self._scope(scope)
        kept.take_in(states_in(told))
        self._note(kept.hear(said_in(told)))
        _look_at_next(ctx, self._settings.soon_seconds)

    def on_timer(self, timestamp: int, ctx: Any) -> Iterator[Any]:
        """Looks at the picture."""
        scope, now_us = ctx.get_current_key(), ctx.timer_service().current_processing_time() * 1000
        if scope == ACTUAL and not self._settings.replay:
            _look_at_next(ctx, self._settings.tick_seconds)
        news = self._scope(scope).news(None if self._settings.replay else now_us)
        self._note(news.views)
        for draft in news.drafts:
            data = encode(draft)
            if len(data) <= self._settings.most_bytes:
                yield Row(draft.header.entity_id.encode(), data)
            else:
                reason = f"{draft.header.entity_id}: {len(data)} bytes, too large a result"
                yield REJECTED, Row(reason.encode(), b"")

    def _note(self, words: Mapping[str, Word]) -> None:
        for entity_id, word in words.items():
            self._words.put(entity_id, word)

    def _scope(self, scope: str) -> KeptScope:
        """The scope whose key Flink has set; from its state, if it was not needed lately."""
        kept = self._scopes.pop(scope, None)
        if kept is None:
            manner = self._settings
            kept = KeptScope(
                scope,
                manner.staleness,
                manner.regular_us,
                every_view=manner.replay,
                parts=self._parts,
            )
            kept.remember(dict(self._words.items()))
        self._scopes[scope] = kept
        for old in [s for s in self._scopes if s != ACTUAL][:-EXERCISES_KEPT]:
            del self._scopes[old]
        return kept


def _look_at_next(ctx: Any, seconds: float) -> None:
    """Sets a timer at the next whole multiple: as often as it is set, it rings once."""
    timers, period_ms = ctx.timer_service(), round(seconds * 1000)
    now_ms = timers.current_processing_time()
    timers.register_processing_time_timer(now_ms - now_ms % period_ms + period_ms)
