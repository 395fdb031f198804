"""What the doctor says: one finding each, in Chinese and English."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Level(StrEnum):
    """How bad it is. The order is that of the members."""

    GOOD = "good"
    SKIPPED = "skipped"
    """Nothing of the kind is configured, or it can't be looked at from here."""
    ATTENTION = "attention"
    """It works; see to it soon."""
    TROUBLE = "trouble"
    """It does not work, or something may be lost."""


class Words(NamedTuple):
    """The same in both languages."""

    zh: str
    en: str


NOTHING = Words("", "")


@dataclass(frozen=True, slots=True)
class Finding:
    """What was seen; where it is not good, why it matters and the next step."""

    check: str
    level: Level
    what: Words
    why: Words = NOTHING
    next: Words = NOTHING


def good(check: str, zh: str, en: str) -> Finding:
    """All is well."""
    return Finding(check, Level.GOOD, Words(zh, en))


def skipped(check: str, zh: str, en: str) -> Finding:
    """Not looked at, and why."""
    return Finding(check, Level.SKIPPED, Words(zh, en))


def attention(check: str, what: Words, why: Words, step: Words) -> Finding:
    """To be seen to soon."""
    return Finding(check, Level.ATTENTION, what, why, step)


def trouble(check: str, what: Words, why: Words, step: Words) -> Finding:
    """To be seen to now."""
    return Finding(check, Level.TROUBLE, what, why, step)


def worst(findings: Iterable[Finding]) -> Level:
    """The worst level; skipped counts as good."""
    order = list(Level)
    found = max((order.index(one.level) for one in findings), default=0)
    return Level.GOOD if order[found] is Level.SKIPPED else order[found]
