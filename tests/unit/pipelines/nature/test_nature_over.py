"""What is over and leaves the facts was in no view any more: views with and without it are the same.

Views of what had been told by their instant, as the live run sees it.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.facts.facts import Facts
from pipelines.facts.known import Known
from pipelines.facts.scope import told_us
from pipelines.facts.state import fold
from pipelines.nature import alignment, earthquakes, readings, storm
from pipelines.nature.warnings import warnings
from tests.support.nature import fix, level, quake, told_at
from tests.support.nature import storm as typhoon
from tests.support.situation import after, text, us, warning
from yrd.exchange.v1.message_pb2 import Message

RADII = {7: (100.0, 200.0)}


class Everlasting(Facts):
    """Facts that forget nothing."""

    def compact(self, as_of_us: int) -> None:
        pass


def views(facts: Facts, at_us: int) -> list[Any]:
    known = Known(facts, at_us)
    subjects = (readings, earthquakes, storm)
    found: list[Any] = [subject.evaluate(known, at_us) for subject in subjects]
    return [*found, warnings(known, at_us), alignment.evaluate(known, at_us, ())]


def name(number: int) -> str:
    return f"31000041600000_2026060120{number:04}"


@st.composite
def told(draw: st.DrawFn, number: int) -> Message:
    """Something that nature did, at some hour of ten days; some of it of use for some hours only."""
    hours = draw(st.integers(0, 240))
    at, province = after(hours=hours), draw(st.sampled_from(["310000", "320000"]))
    header: dict[str, Any] = {}
    if draw(st.booleans()):
        header["expireTime"] = text(after(hours=hours + draw(st.integers(1, 60))))
    kind = draw(st.sampled_from(["level", "quake", "storm", "warning"]))
    if kind == "level":
        value = draw(st.sampled_from([3.4, 3.6, 3.9]))
        return level(f"{province}/level/x", value, at, **header)
    if kind == "quake":
        how = draw(st.sampled_from(["AUTOMATIC", "REVIEWED", "WITHDRAWN"]))
        return quake(f"{province}/quake/x", how, at, **header)
    if kind == "storm":
        ahead = [fix(after(hours=hours + h), (30.0, 123.0), radii=RADII) for h in (12, 100)]
        seen = [fix(at, (29.0, 124.0), radii=RADII)]
        return typhoon(seen, ahead, f"{province}/storm/{number}", at, **header)
    entity = draw(st.sampled_from(["310000/a", "310000/b", "310000/c"]))
    action = draw(st.sampled_from(["ISSUE", "UPDATE", "CANCEL"]))
    references = draw(st.lists(st.integers(0, 7).map(name), max_size=2, unique=True))
    body = {"action": f"WARNING_ACTION_{action}", "references": references}
    named = body | {"identifier": name(number), "issueTime": text(at)}
    return warning(entity, named, **told_at(at), **header)


def numbered(history: Iterable[Message]) -> list[Message]:
    """In order of time, revisions counted as a gateway demands."""
    found = sorted(history, key=told_us)
    counts: Counter[str] = Counter()
    for message in found:
        counts[message.header.entity_id] += 1
        message.header.revision = counts[message.header.entity_id]
    return found


@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_what_has_left_was_in_no_view_any_more(data: st.DataObject) -> None:
    history = numbered(data.draw(told(number)) for number in range(data.draw(st.integers(1, 8))))
    for days in data.draw(st.lists(st.integers(0, 80), min_size=1, max_size=3)):
        at_us = us(after(days=days))
        states = fold(m for m in history if told_us(m) <= at_us)
        assert views(Facts(states), at_us) == views(Everlasting(states), at_us)
