"""Gives mutated inputs to a decoder and watches it: only its own errors, no hang, bounded memory."""

import resource
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from types import FrameType

from tests.fuzz.mutate import mutated
from tests.fuzz.target import Target

HANG_SECONDS = 5.0
"""For one input; they take microseconds, or a few milliseconds at worst."""


class FuzzError(AssertionError):
    """An input that a decoder can't deal with; the text has it in full."""


class Hang(BaseException):
    """Not an Exception: a decoder must not take it for an error of its own."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of a target: inputs, how many of them were taken, and the time in seconds."""

    name: str
    inputs: int
    taken: int
    seconds: float
    grown_mb: float


def fuzz(target: Target, inputs: int, seed: int) -> Ran:
    """Raises FuzzError with the first input that a decoder can't deal with."""
    random, taken = Random(f"{seed} {target.name}"), 0
    started, before = time.monotonic(), _peak_mb()
    for sample in target.samples:
        target_allows(target, sample)
    with _watchdog():
        for _ in range(inputs):
            data = mutated(random, target.samples)
            signal.setitimer(signal.ITIMER_REAL, HANG_SECONDS)
            taken += target_allows(target, data)
    spent = time.monotonic() - started
    return Ran(target.name, inputs, taken, spent, _peak_mb() - before)


def target_allows(target: Target, data: bytes) -> bool:
    """Whether the decoder takes the bytes. Raises FuzzError if it neither does nor refuses."""
    try:
        target.decode(data)
    except target.allowed:
        return False
    except Hang:
        raise FuzzError(f"{target.name}: hangs on {data!r}") from None
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a panic of a decoder in another language is no Exception
        raise FuzzError(f"{target.name}: {type(error).__name__}: {error}: on {data!r}") from error
    return True


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@contextmanager
def _watchdog() -> Iterator[None]:
    def hang(_number: int, _frame: FrameType | None) -> None:
        raise Hang

    before = signal.signal(signal.SIGALRM, hang)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
