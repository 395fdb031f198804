"""Things in order: whatever came and went, and however seldom anyone looks."""

from hypothesis import given
from hypothesis import strategies as st

from pipelines.facts.in_order import InOrder


@given(came=st.lists(st.integers(0, 5)), data=st.data())
def test_things_are_in_order_whatever_came_and_went(came: list[int], data: st.DataObject) -> None:
    found, there = InOrder[int](), list[int]()
    for thing in came:
        found.add(thing)
        there.append(thing)
        if data.draw(st.booleans()):
            gone = data.draw(st.sampled_from(there))
            found.remove(gone)
            there.remove(gone)
        if data.draw(st.booleans()):
            assert list(found.things()) == sorted(there)
    assert list(found.things()) == sorted(there)


def test_what_nobody_reads_does_not_grow() -> None:
    found = InOrder[int]()
    for thing in range(1000):
        found.add(thing)
        if thing >= 10:
            found.remove(thing - 10)
    assert len(found._things) <= 30
    assert len(found._gone) <= 20
    assert list(found.things()) == list(range(990, 1000))
