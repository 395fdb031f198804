"""Trying a condition on samples, before anything depends on it. Pure: samples are arguments."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gateway.sharing.condition import Condition, reason
from gateway.sharing.content import Content

_ABSENT = (KeyError, IndexError, ZeroDivisionError)
"""What may happen to a good condition on some entry: it counts as false there."""


@dataclass(frozen=True, slots=True)
class Sampled:
    """A sample message by its name."""

    name: str
    content: Content


@dataclass(frozen=True, slots=True)
class Tried:
    """What a condition made of samples: names of those that it holds for, and of the others.

    `problem` is why it can't be used; empty if it can. `failed`: samples on which it counts as false
    because something is absent.
    """

    holds: tuple[str, ...] = ()
    fails: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    problem: str = ""


def tried(condition: Condition, samples: Sequence[Sampled]) -> Tried:
    """Evaluates a condition on samples of its types."""
    holds, fails, failed = list[str](), list[str](), list[str]()
    last = ""
    for sample in samples:
        try:
            value = condition.evaluate(sample.content)
        except _ABSENT as error:
            failed.append(sample.name)
            last = reason(error)
            continue
        except Exception as error:  # noqa: BLE001  # CEL raises what its functions raise
            why = reason(error)
            return Tried(
                problem=f"can't be evaluated for the sample {sample.name}: {why}; correct it"
            )
        if not isinstance(value, bool):
            return Tried(problem=_not_bool(sample.name, value))
        (holds if value else fails).append(sample.name)
    if samples and len(failed) == len(samples):
        return Tried(problem=f"yields neither true nor false for any sample: {last}")
    return Tried(tuple(holds), tuple(fails), tuple(failed))


def _not_bool(sample: str, value: Any) -> str:
    return f"yields {value!r} for the sample {sample}, not true or false; compare it with something"


def constant(condition: Condition) -> bool | None:
    """The value of a condition that names no field; None if it names one, or has no value."""
    if condition.reads.header or condition.reads.body:
        return None
    try:
        value = condition.constant()
    except Exception:  # noqa: BLE001  # a trial on samples says what is wrong
        return None
    return value if isinstance(value, bool) else None
