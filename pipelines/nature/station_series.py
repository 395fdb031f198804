"""What each station has read: its last readings in order, and what follows from them (监测序列)."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from pipelines.facts.early import question, too_early
from pipelines.facts.known import Known
from pipelines.facts.natural_slots import passes
from pipelines.facts.questions import ask
from pipelines.facts.scope import expired, micros
from pipelines.nature.station_object import plain, told_about
from pipelines.tabled import rows
from yrd.exchange.v1.message_pb2 import Message
from yrd.monitoring.v1.monitoring_pb2 import (
    Observation,
    ReadingQuality,
    Threshold,
    ThresholdKind,
    Trend,
)

HOUR_US = 3_600_000_000
SHOWN_US = 7 * 24 * HOUR_US
"""How old a reading may be to be shown at all."""
SCHEME = "yrd-measure"

_GRAVITY = (
    ThresholdKind.THRESHOLD_KIND_ATTENTION,
    ThresholdKind.THRESHOLD_KIND_WARNING,
    ThresholdKind.THRESHOLD_KIND_CLOSURE,
    ThresholdKind.THRESHOLD_KIND_GUARANTEED,
    ThresholdKind.THRESHOLD_KIND_RECORD,
)


class Rule(NamedTuple):
    """How readings of a measure are looked at: a row of tables/readings.tsv."""

    current_hours: float
    trend_hours: float
    steady: float
    unit: str
    within_km: float | None
    has_datum: bool


class Movement(NamedTuple):
    """How a value moved since an earlier reading, in the unit of both."""

    trend: Trend
    change: float
    since: Message


@dataclass(frozen=True, slots=True)
class Series:
    """Readings of one station that are kept, oldest first; never empty."""

    readings: tuple[Message, ...]
    current: bool
    """The newest is neither outdated nor doubtful, so that it counts."""
    outdated: bool

    @property
    def newest(self) -> Message:
        """Its newest reading."""
        return self.readings[-1]

    @property
    def observation(self) -> Observation:
        """What the newest reading says."""
        return self.newest.observation

    @property
    def past(self) -> bool:
        """The newest reading counts and has passed a threshold."""
        return self.current and passes(self.observation)


@cache
def _rules() -> dict[str, Rule]:
    return {
        row["measure"]: Rule(
            float(row["current_hours"]),
            float(row["trend_hours"]),
            float(row["steady"]),
            row["unit"],
            float(row["within_km"]) if row["within_km"] else None,
            row["datum"] == "yes",
        )
        for row in rows("readings")
    }


def rule_of(observation: Observation) -> Rule:
    """The rule of its measure, or the one for those that the table has not."""
    measure = observation.measure
    known = measure.value if measure.scheme == SCHEME else "default"
    return _rules().get(known, _rules()["default"])


def read_us(message: Message) -> int:
    """When it was read, microseconds since 1970."""
    return micros(message.header.occurred_time)


def series(known: Known, as_of_us: int) -> list[Series]:
    """Stations whose newest reading by the instant has not expired, by entity id and participant.

    Only those that tell about a measure of an object of which some reading has passed a threshold.
    """
    newest = known.newest("observation")
    for message in newest:
        if too_early(message, read_us(message)):
            ask(known, question(message, "header.occurred_time", "观测时间", "the reading's time"))
    told = [*known.kept("observation"), *newest]
    past = {told_about(m.observation) for m in told if passes(m.observation)}
    stations: dict[tuple[str, str], dict[int, Message]] = {}
    for message in told:
        age_us = as_of_us - read_us(message)
        wanted = told_about(message.observation) in past and 0 <= age_us < SHOWN_US
        if wanted and not too_early(message, read_us(message)):
            station = stations.setdefault((message.header.entity_id, message.stamp.origin), {})
            station[message.header.revision] = message
    ordered = (_in_order(stations[key].values()) for key in sorted(stations))
    return [
        _series(readings, as_of_us) for readings in ordered if not expired(readings[-1], as_of_us)
    ]


def _in_order(readings: Iterable[Message]) -> tuple[Message, ...]:
    """By when they were read; of two at one time the later revision stands last."""
    return tuple(sorted(readings, key=lambda m: (read_us(m), m.header.revision)))


def _series(readings: tuple[Message, ...], as_of_us: int) -> Series:
    newest = readings[-1]
    limit_us = rule_of(newest.observation).current_hours * HOUR_US
    outdated = as_of_us - read_us(newest) > limit_us
    return Series(readings, not outdated and not doubtful(newest), outdated)


def doubtful(message: Message) -> bool:
    """Whether the station itself doubts the reading."""
    return message.observation.quality == ReadingQuality.READING_QUALITY_SUSPECT


def gravest(observation: Observation) -> Threshold | None:
    """The gravest threshold that it has passed; a kind of a later version counts as the least grave."""
    passed = [threshold for threshold in observation.thresholds if threshold.passed]
    return max(passed, key=lambda t: (_gravity(t), t.value), default=None)


def _gravity(threshold: Threshold) -> int:
    return _GRAVITY.index(threshold.kind) if threshold.kind in _GRAVITY else -1


def comparable(a: Observation, b: Observation) -> bool:
    """Whether their numbers mean the same: one measure, unit and period, and the same height datum."""
    return (
        a.measure == b.measure
        and a.unit == b.unit
        and a.period_minutes == b.period_minutes
        and plain(a.datum) == plain(b.datum)
    )


def movement(station: Series) -> Movement | None:
    """From the earliest comparable reading within the measure's trend hours to the newest.

    None if there is no other one, or if the newest is doubtful. Doubtful ones before are passed over.
    """
    newest, rule = station.newest, rule_of(station.observation)
    if doubtful(newest):
        return None
    for message in station.readings[:-1]:
        apart_us = read_us(newest) - read_us(message)
        near = 0 < apart_us <= rule.trend_hours * HOUR_US
        if near and not doubtful(message) and comparable(message.observation, newest.observation):
            return _moved(message, newest, rule)
    return None


def _moved(since: Message, newest: Message, rule: Rule) -> Movement:
    change = newest.observation.value - since.observation.value
    steady = rule.steady if newest.observation.unit == rule.unit else 0.0
    if abs(change) <= steady:
        return Movement(Trend.TREND_STEADY, change, since)
    return Movement(Trend.TREND_RISING if change > 0 else Trend.TREND_FALLING, change, since)


class Passage(NamedTuple):
    """Since when a threshold is passed: the first reading of the run, and the last one before it."""

    first: Message
    before: Message | None


def passage(station: Series) -> Passage | None:
    """When the threshold was passed, as far as the readings that are kept show; None if none is passed."""
    if not passes(station.observation):
        return None
    first, before = station.newest, None
    for message in reversed(station.readings):
        if not passes(message.observation):
            before = message
            break
        first = message
    return Passage(first, before)
