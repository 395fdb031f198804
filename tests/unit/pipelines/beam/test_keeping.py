"""Keyed state and ticks: what is said does not depend on when what came, late, twice or by another worker."""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import apache_beam as beam
import pytest
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.direct.direct_runner import BundleBasedDirectRunner
from apache_beam.testing import test_stream
from apache_beam.transforms.window import TimestampedValue
from apache_beam.utils.timestamp import Timestamp

from pipelines.beam import keeping
from pipelines.beam.job import Scoped, pictures
from pipelines.beam.keeping import KeepAndSay, Result, Rules
from pipelines.beam.ticks import Ticks
from pipelines.facts.state import fold
from pipelines.facts.taking_in import forget_people
from pipelines.pictures.picture import Staleness, evaluate
from pipelines.pictures.results import is_view, view_of, views
from pipelines.streaming.reading import read_feed
from tests.support.history import History
from tests.support.situation import after, us
from yrd.exchange.v1.message_pb2 import Draft, Message
from yrd.exchange.v1.service_pb2 import SubscribeResponse

HISTORY = History(3).days(3, 12)
for _message in HISTORY:
    forget_people(_message)
DAY_US = 86_400_000_000
TICKS = Ticks(DAY_US, us(after(days=1)), us(after(days=4)))
RULES = Rules(TICKS, Staleness(), regular_us=0)
Told = tuple[int, Message]
"""When it counts as told, microseconds since 1970."""


def plain() -> list[Told]:
    """Each when it was sealed."""
    return sorted(
        ((m.stamp.sealed_time.ToMicroseconds(), m) for m in HISTORY), key=lambda told: told[0]
    )


def elements(told: Iterable[Told]) -> list[TimestampedValue]:
    return [
        TimestampedValue(scoped, Timestamp(micros=at_us))
        for at_us, message in told
        for scoped in read_feed(
            SubscribeResponse(messages=[message]).SerializeToString()
        ).told.items()
    ]


def _as_is(scoped: Scoped) -> Scoped:
    return scoped


_said: list[Result] = []
"""The runner is in this process."""


def _note(result: Result) -> None:
    _said.append(result)


def streamed(parts: Sequence[tuple[Sequence[Told], int | None]]) -> list[Result]:
    """What is said if these come, and then the watermark is there; None: at its end."""
    stream: Any = test_stream.TestStream()
    for told, watermark_us in parts:
        stream.add_elements(elements(told))
        if watermark_us is not None:
            stream.advance_watermark_to(Timestamp(micros=watermark_us))
    stream.advance_watermark_to_infinity()
    _said.clear()
    options = PipelineOptions([], streaming=True)
    with beam.Pipeline(runner=BundleBasedDirectRunner(), options=options) as pipeline:
        scoped = pipeline | stream | beam.Map(_as_is).with_output_types(Scoped)
        _ = pictures(scoped, RULES) | "Note" >> beam.Map(_note)
    return sorted(_said)


def all_ticks() -> list[int]:
    found = [TICKS.first()]
    while (after_us := TICKS.after(found[-1])) is not None:
        found.append(after_us)
    return found


def seen(told: Iterable[Told], at_us: int) -> dict[str, bytes]:
    """Bodies of all views at an instant, by entity, evaluated at once from what was told by then."""
    states = fold([message for told_us, message in told if told_us <= at_us])
    return {
        view.entity_id: view.body.SerializeToString(deterministic=True)
        for scope in sorted({key.scope for key in states})
        for view in views(
            evaluate(
                scope, {k: s for k, s in states.items() if k.scope == scope}, at_us, Staleness()
            )
        )
    }


def drafts(results: Iterable[Result]) -> list[tuple[int, Draft]]:
    found = [(at_us, Draft.FromString(data)) for at_us, data in results]
    return [(at_us, draft) for at_us, draft in found if is_view(draft)]


def assert_true(results: Sequence[Result], told: Sequence[Told]) -> None:
    """What was said at a tick is what everything told by then says, and nothing is missing in the end."""
    last: dict[str, bytes] = {}
    by_tick = {at_us: seen(told, at_us) for at_us in all_ticks()}
    for at_us, draft in drafts(results):
        entity, body = draft.header.entity_id, view_of(draft).body
        last[entity] = body.SerializeToString(deterministic=True)
        assert last[entity] == by_tick[at_us].get(entity, last[entity]), (at_us, entity)
    end = by_tick[all_ticks()[-1]]
    assert end.keys() <= last.keys()
    joint = {entity for entity in end if entity.count("/") == 2}  # everything in them is news
    assert joint
    assert {entity: last[entity] for entity in joint} == {e: end[e] for e in joint}


@cache
def usual() -> tuple[Result, ...]:
    """What is said if everything is there before the first tick passes."""
    return tuple(streamed([(plain(), None)]))


def test_each_tick_says_what_was_told_by_then() -> None:
    assert {at_us for at_us, _ in usual()} == set(all_ticks())
    assert_true(usual(), plain())


def test_how_fast_what_was_read_does_not_matter() -> None:
    told = plain()
    hours = range(told[0][0], told[-1][0] + DAY_US, DAY_US // 4)
    parts = [
        ([one for one in told if begin <= one[0] < begin + hours.step], begin + hours.step)
        for begin in hours
    ]
    assert streamed(parts) == list(usual())


def test_order_and_repeats_do_not_matter() -> None:
    told = plain()
    assert streamed([([*told[::-1], *told[::3]], None)]) == list(usual())


def test_what_is_late_is_in_the_next_picture_and_rewrites_none() -> None:
    told, first, second = plain(), *all_ticks()[:2]
    late = [one for one in told if one[0] <= first][-3:]
    timely = [one for one in told if one not in late]
    results = streamed([(timely, second - 1_000), (late, None)])
    assert {at_us for at_us, _ in results} == set(all_ticks())
    before = streamed([(timely, None)])
    assert before != results
    assert [r for r in results if r[0] == first] == [r for r in before if r[0] == first]
    assert_true([r for r in results if r[0] > first], told)


def workers(patch: pytest.MonkeyPatch, count: int) -> None:
    """So many workers have each scope by turns. Left alone, this runner makes one for each bundle."""
    original = KeepAndSay._memory
    memories = [dict[str, Any]() for _ in range(count)]
    turns = Counter[str]()

    def memory(self: KeepAndSay, scope: str, *state: Any) -> Any:
        turns[scope] += 1
        self._remembered = memories[turns[scope] % count]
        return original(self, scope, *state)

    patch.setattr(KeepAndSay, "_memory", memory)


def one_worker(patch: pytest.MonkeyPatch) -> None:
    workers(patch, 1)


def two_workers(patch: pytest.MonkeyPatch) -> None:
    """Each remembers how it was before the other had it."""
    workers(patch, 2)


def clearing_up(patch: pytest.MonkeyPatch) -> None:
    """Bags are written anew at each tick."""
    patch.setattr(keeping, "SOME", -(10**9))


@pytest.mark.parametrize("change", [one_worker, two_workers, clearing_up])
def test_which_worker_has_it_does_not_matter(change: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = list(usual())
    change(monkeypatch)
    assert streamed([(plain(), None)]) == expected
