"""How far a reader has come: values only, and time that never goes back."""

import pickle

from pipelines.beam.marks import Mark, MarkCoder, Place


def test_time_never_goes_back() -> None:
    place = Place()
    assert [place.take(number, told) for number, told in enumerate((50, 20, 60))] == [50, 50, 60]
    assert place.offset == 3


def test_an_idle_partition_is_heard_up_to_now_less_what_records_take_on_their_way() -> None:
    place = Place(heard_ms=1_000, at_end=True)
    place.wait(now_ms=9_000, idle_ms=2_000)
    assert place.heard_ms == 7_000
    place.wait(now_ms=3_000, idle_ms=2_000)
    assert place.heard_ms == 7_000


def test_a_partition_with_more_to_read_waits_for_it() -> None:
    place = Place(heard_ms=1_000)
    place.wait(now_ms=9_000, idle_ms=2_000)
    assert place.heard_ms == 1_000


def test_what_comes_late_counts_as_told_now() -> None:
    place = Place(heard_ms=1_000, at_end=True)
    place.wait(now_ms=9_000, idle_ms=2_000)
    assert place.take(0, 1_500) == 7_000
    assert not place.at_end


def test_a_mark_comes_back_from_its_bytes() -> None:
    mark, coder = Mark({10: Place(7, 70), 2: Place(5, 50)}), MarkCoder()
    same = Mark({2: Place(5, 50), 10: Place(7, 70)})
    assert coder.decode(coder.encode(mark)).places == mark.places
    assert coder.encode(mark) == coder.encode(same)
    assert coder.is_deterministic()
    assert pickle.loads(pickle.dumps(mark)).places == mark.places
