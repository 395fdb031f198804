"""Late and corrected reports change what follows, and never what was published."""

from pathlib import Path

import pytest

from pipelines.pictures.as_of import AsOf, as_of
from pipelines.running.archives import Archived, messages_of
from tests.support.feeds import Feed
from tests.support.living import Life
from tests.support.situation import after, incident, text, us
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.situation_pb2 import SituationSummary

SUMMARY = "joint/summary/actual"
FLOOD = "310000/flood/1"


def report(kind: str, dead: int, revision: int, *, told: float, received: float) -> Message:
    """A report on the flood, which occurred now; hours until it was told, and until it was received."""
    body = {"kind": f"REPORT_KIND_{kind}", "casualties": {"dead": dead}}
    made = incident(
        FLOOD,
        body,
        revision=revision,
        sequence=revision - 1,
        sealed=after(hours=told),
        occurredTime=text(after()),
        reportedTime=text(after(hours=told)),
    )
    made.receipt.received_time.FromDatetime(after(hours=received))
    return made


FIRST = report("INITIAL", 1, 1, told=0, received=0)
FOLLOW_UP = report("FOLLOW_UP", 5, 2, told=2, received=6)
CORRECTION = report("CORRECTION", 3, 3, told=30, received=30)
WITHDRAWAL = report("WITHDRAWAL", 0, 4, told=50, received=50)


class Told:
    """A live pipeline that hears of things one after the other."""

    def __init__(self, folder: Path) -> None:
        self.life = Life(folder, Feed([]))

    def hear(self, message: Message) -> None:
        self.life.now_us = message.receipt.received_time.ToMicroseconds()
        self.life.feed.add(message)
        self.life.run()

    def published(self) -> list[bytes]:
        return [d.SerializeToString(deterministic=True) for d in self.life.board.of(SUMMARY)]

    def newest(self) -> SituationSummary:
        return self.life.board.of(SUMMARY)[-1].situation_summary


def dead(summary: SituationSummary) -> list[int]:
    return [one.casualties.dead for one in summary.incidents]


def test_what_comes_late_makes_a_new_revision_and_the_old_ones_stay(tmp_path: Path) -> None:
    told = Told(tmp_path)
    seen: list[bytes] = []
    shown = []
    for message in (FIRST, FOLLOW_UP, CORRECTION):
        told.hear(message)
        assert told.published()[: len(seen)] == seen
        assert len(told.published()) == len(seen) + 1
        seen = told.published()
        shown += dead(told.newest())
    assert shown == [1, 5, 3]
    revisions = [d.header.revision for d in told.life.board.of(SUMMARY)]
    assert revisions == [1, 2, 3]
    assert len({d.header.message_id for d in told.life.board.of(SUMMARY)}) == 3


def test_what_was_overtaken_before_it_came_changes_no_figure(tmp_path: Path) -> None:
    """A follow-up that arrives behind the correction of it."""
    told = Told(tmp_path)
    told.hear(FIRST)
    told.hear(CORRECTION)
    before = told.published()
    late = Message.FromString(FOLLOW_UP.SerializeToString())
    late.receipt.received_time.FromDatetime(after(hours=40))
    told.hear(late)
    assert told.published()[: len(before)] == before
    assert dead(told.newest()) == [3]


@pytest.mark.parametrize(
    ("hours", "then", "now"),
    [
        (1, [1], [3]),  # the follow-up was not told yet; the correction is of what was said before
        (3, [1], [3]),  # told, and on its way
        (7, [5], [3]),
        (31, [3], [3]),
    ],
)
def test_an_instant_as_it_was_known_and_as_it_is_known(
    hours: float, then: list[int], now: list[int], tmp_path: Path
) -> None:
    """From what the live run archived; what it published at that instant is what was known then."""
    told = Told(tmp_path)
    published: list[SituationSummary] = []
    for message in (FIRST, FOLLOW_UP, CORRECTION):
        told.hear(message)
        published.append(told.newest())
    found = seen(told, hours)
    assert dead(found.known_then.summary) == then
    assert dead(found.known_now.summary) == now
    last = [s for s in published if s.as_of_time.ToMicroseconds() <= found.at_us][-1]
    assert dead(last) == then


def test_what_was_withdrawn_was_never_there_as_it_is_known_now(tmp_path: Path) -> None:
    told = Told(tmp_path)
    for message in (FIRST, FOLLOW_UP, CORRECTION, WITHDRAWAL):
        told.hear(message)
    found = seen(told, 3)
    assert dead(found.known_then.summary) == [1]
    assert dead(found.known_now.summary) == []
    gone = found.differences[0]
    assert (gone.subject, gone.key, gone.kind) == ("incidents", FLOOD, "gone")
    assert gone.ids_then == (FIRST.header.message_id,)


def seen(told: Told, hours: float) -> AsOf:
    files = sorted(told.life.archive.glob("*.avro"))
    assert len(files) > 1
    return as_of(messages_of([Archived(file) for file in files]), us(after(hours=hours)))
