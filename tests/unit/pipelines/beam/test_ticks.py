"""Instants of pictures: the same whenever a job is started."""

from pipelines.beam.ticks import Ticks


def all_of(ticks: Ticks, most: int = 10) -> list[int]:
    found, at = list[int](), ticks.first()
    while len(found) < most:
        found.append(at)
        after = ticks.after(at)
        if after is None:
            break
        at = after
    return found


def test_they_are_multiples() -> None:
    assert all_of(Ticks(10, 25), 3) == [30, 40, 50]
    assert all_of(Ticks(10, 30), 3) == [30, 40, 50]


def test_the_last_is_at_the_instant_asked_for() -> None:
    assert all_of(Ticks(10, 25, 47)) == [30, 40, 47]
    assert all_of(Ticks(10, 25, 40)) == [30, 40]


def test_a_job_for_one_instant_has_one() -> None:
    assert all_of(Ticks(10, 25, 25)) == [25]
    assert all_of(Ticks(10, 99, 25)) == [25]
