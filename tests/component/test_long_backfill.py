"""A long history, live day by day and anew from its archive: the same bytes, then and now."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from pipelines.facts.facts import Facts
from pipelines.facts.scope import ACTUAL, micros, scope_of
from pipelines.facts.state import fold
from pipelines.pictures.as_of import as_of, received_us
from pipelines.pictures.picture import Picture
from pipelines.pictures.results import view_of, views
from pipelines.running.archives import Archived, messages_of
from pipelines.running.backfill import backfill
from schemas.avro.archive import read
from tests.support.feeds import Feed
from tests.support.history import History
from tests.support.living import Life
from yrd.exchange.v1.message_pb2 import Draft, Message
from yrd.situation.v1.situation_pb2 import SituationSummary

DAYS, EACH_DAY = 32, 9
DAY = 86_400_000_000
EXERCISE = "exercise/drill-3"


@dataclass(frozen=True, slots=True)
class Lived:
    """What the live pipeline left behind."""

    life: Life
    files: list[Path]

    def last(self, scope: str) -> dict[str, Draft]:
        """The newest of each view of a scope."""
        found = {d.header.entity_id: d for d in self.life.board.published}
        return {entity: d for entity, d in found.items() if view_of(d).scope == scope}


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    """Weeks, taken in a day at a time, with a restart in the middle; then a minute of rest."""
    life = Life(tmp_path_factory.mktemp("lived"), Feed([], most=50), regular_seconds=60)
    days = list(by_day(History(seed=7).days(DAYS, EACH_DAY)))
    for part in (days[: DAYS // 2], days[DAYS // 2 :]):
        with life.process() as (pipeline, store):
            for day, told in part:
                life.feed.add(*told)
                life.now_us = (day + 1) * DAY
                while store.offset() < len(life.feed.entries):
                    pipeline.step(0)
            life.now_us += 60_000_000
            pipeline.step(0)
    return Lived(life, sorted(life.archive.glob("*.avro")))


def by_day(messages: list[Message]) -> Iterator[tuple[int, list[Message]]]:
    days: dict[int, list[Message]] = {}
    for message in messages:
        days.setdefault(micros(message.receipt.received_time) // DAY, []).append(message)
    yield from sorted(days.items())


def summary_of(published: dict[str, Draft], scope: str) -> SituationSummary:
    return published[f"joint/summary/{scope}"].situation_summary


def same(picture: Picture, published: dict[str, Draft]) -> None:
    """The summary to the byte; proposals but for the instant at which they became true."""
    summary = summary_of(published, picture.scope)
    assert picture.summary.input_digest == summary.input_digest
    assert serialised(picture.summary) == serialised(summary)
    said = {entity: view_of(draft).content for entity, draft in published.items()}
    found = {view.entity_id: view.content for view in views(picture)}
    assert found.items() <= said.items()
    standing = {
        draft.aid_proposal.beneficiary
        for draft in published.values()
        if draft.HasField("aid_proposal") and not draft.aid_proposal.withdrawn
    }
    assert {proposal.beneficiary for proposal in picture.proposals} == standing


def serialised(summary: SituationSummary) -> bytes:
    return summary.SerializeToString(deterministic=True)


def test_the_history_is_worth_it(lived: Lived) -> None:
    """Files of many days, late ones, both scopes, and messages that are over."""
    told = [message for file in lived.files for message in read(file)]
    assert len(lived.files) >= DAYS
    assert len(told) == DAYS * EACH_DAY
    late = [m for m in told if received_us(m) - micros(m.stamp.sealed_time) > DAY]
    assert len(late) > 15
    assert len({d.header.entity_id for d in lived.life.board.published}) > 4
    known = Facts(fold(m for m in told if scope_of(m) == ACTUAL))
    all_of_it = len(known)
    known.compact(lived.life.now_us)
    assert len(known) < all_of_it


@pytest.mark.parametrize("seed", range(2))
def test_the_last_instant_has_the_bytes_of_the_live_run(lived: Lived, seed: int) -> None:
    """In any order of files, some of them twice."""
    files = lived.files + lived.files[seed::5]
    Random(seed).shuffle(files)
    last = summary_of(lived.last(ACTUAL), ACTUAL).as_of_time
    found = {picture.scope: picture for picture in backfill(files, micros(last))}
    assert sorted(found) == [ACTUAL, EXERCISE]
    for scope, picture in found.items():
        same(picture, lived.last(scope))


def test_every_published_summary_can_be_had_again(lived: Lived) -> None:
    """What the archive says was known at an instant is what was published then."""
    told = [message for file in lived.files for message in read(file)]
    published = [d.situation_summary for d in lived.life.board.of(f"joint/summary/{ACTUAL}")]
    newest = {micros(summary.as_of_time): summary for summary in published}
    assert len(newest) > DAYS // 2
    for at_us in [*newest][:: len(newest) // 5]:
        then = as_of(told, at_us).known_then.summary
        assert serialised(then) == serialised(newest[at_us])


def test_an_exercise_can_be_had_again_in_its_own_time(lived: Lived) -> None:
    last = summary_of(lived.last(EXERCISE), EXERCISE)
    told = messages_of([Archived(file) for file in lived.files])
    found = as_of(told, micros(last.as_of_time), EXERCISE)
    assert serialised(found.known_then.summary) == serialised(last)
