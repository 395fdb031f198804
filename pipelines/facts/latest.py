"""The instant that a scope has come to, as its participants tell: nobody's clock drives it off alone."""

from collections.abc import Iterable

APART_US = 366 * 86_400_000_000
"""Who tells of an instant so far behind all others' newest is mistaken: nobody waits a year."""


def latest_us(newest: Iterable[int]) -> int:
    """The latest of the instants that participants told last; 0 if there is none.

    One that lies more than APART_US behind the next before it is left out, and so is what is later still.
    Needs no clock, so it is the same live and in a backfill. What lies ahead of it becomes a question
    (pipelines.checks).
    """
    latest: int | None = None
    for told_us in sorted(newest):
        if latest is not None and told_us - latest > APART_US:
            break
        latest = told_us
    return latest or 0
