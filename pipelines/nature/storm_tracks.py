"""What each source says of a storm: where it was seen last, and the newest forecast (台风定位与预报)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from pipelines.facts.early import question, too_early
from pipelines.facts.known import Known
from pipelines.facts.questions import about, ask
from pipelines.facts.scope import expired, micros
from pipelines.nature.publications import begun
from yrd.exchange.v1.message_pb2 import Message
from yrd.warning.v1.warning_pb2 import TyphoonFix, WarningAction

HOUR_US = 3_600_000_000
SHOWN_US = 24 * HOUR_US
"""How long a storm is shown after its last fix, unless a forecast reaches further."""
HORIZON_US = 240 * HOUR_US
"""How far ahead of its issue a forecast is followed: no centre's reaches further."""


MOST_STORMS, MOST_SOURCES = 10, 12
"""Storms that are shown at once, and sources of one."""


class Told(NamedTuple):
    """A fix, and the message that carries it."""

    fix: TyphoonFix
    message: Message


@dataclass(slots=True)
class Track:
    """A storm as one source tells it, fixes by time; sources are never mixed."""

    source: str
    observed: list[Told] = field(default_factory=list)
    forecast: list[TyphoonFix] = field(default_factory=list)
    forecast_message: Message | None = None


@dataclass(slots=True)
class Storm:
    """A storm by its national number, with the newest message about it."""

    number: str
    newest: Message
    tracks: list[Track]


def fix_us(fix: TyphoonFix) -> int:
    """Its instant, microseconds since 1970."""
    return micros(fix.fix_time)


def storms(known: Known, as_of_us: int) -> list[Storm]:
    """Storms of which something recent is known, by number; in each, sources by name."""
    messages: dict[str, list[Message]] = {}
    for message in begun(known, as_of_us):
        if message.early_warning.HasField("typhoon") and not expired(message, as_of_us):
            messages.setdefault(message.early_warning.typhoon.number, []).append(message)
    found = [_storm(known, n, messages[n], as_of_us) for n in _shown(known, messages)]
    return [storm for storm in found if storm.tracks]


def _shown(known: Known, messages: Mapping[str, list[Message]]) -> list[str]:
    """Numbers of those that most participants tell of, then the newest: nonsense can't fill the picture."""
    ranked = sorted(messages, key=lambda n: _rank(messages[n]), reverse=True)
    for number in ranked[MOST_STORMS:]:
        _ask_about_number(known, max(messages[number], key=_issued))
    return sorted(ranked[:MOST_STORMS])


def _rank(messages: Iterable[Message]) -> tuple[int, tuple[int, str]]:
    messages = list(messages)
    return len({m.stamp.origin for m in messages}), max(map(_issued, messages))


def _ask_about_number(known: Known, message: Message) -> None:
    ask(
        known,
        about(
            message,
            "too_many_storms",
            "early_warning.typhoon.number",
            f"同时报送的台风超过{MOST_STORMS}个，未列入：请核对编号",
            f"more than {MOST_STORMS} storms at once are told of, this one is left out: check the number",
        ),
    )


def _storm(known: Known, number: str, messages: Iterable[Message], as_of_us: int) -> Storm:
    oldest_first = sorted(messages, key=_issued)
    tracks: dict[str, Track] = {}
    for message in oldest_first:
        _add_observed(known, tracks, message, as_of_us)
        _add_forecast(known, tracks, message, as_of_us)
    tidied = [_tidied(tracks[source]) for source in sorted(tracks)]
    recent = [track for track in tidied if _is_recent(track, as_of_us)]
    with_forecast_first = sorted(recent, key=lambda track: (not track.forecast, track.source))
    shown = sorted(with_forecast_first[:MOST_SOURCES], key=lambda track: track.source)
    return Storm(number, oldest_first[-1], shown)


def _issued(message: Message) -> tuple[int, str]:
    return micros(message.early_warning.issue_time), message.header.message_id


def _add_observed(known: Known, tracks: dict[str, Track], message: Message, as_of_us: int) -> None:
    for fix in message.early_warning.typhoon.observed:
        if too_early(message, fix_us(fix)):
            field = "early_warning.typhoon.observed"
            ask(known, question(message, field, "实况定位时间", "an observed fix"))
        elif fix_us(fix) <= as_of_us:
            tracks.setdefault(fix.source, Track(fix.source)).observed.append(Told(fix, message))


def _add_forecast(known: Known, tracks: dict[str, Track], message: Message, as_of_us: int) -> None:
    """A source's newest forecast takes the place of those before, unless nothing of it is to come.

    A cancellation says that a storm is over: it forecasts nothing.
    """
    if message.early_warning.action == WarningAction.WARNING_ACTION_CANCEL:
        return
    issued_us = micros(message.early_warning.issue_time)
    by_source: dict[str, dict[int, TyphoonFix]] = {}
    for fix in message.early_warning.typhoon.forecast:
        if fix_us(fix) > issued_us + HORIZON_US:
            ask(
                known,
                about(
                    message,
                    "time_in_future",
                    "early_warning.typhoon.forecast",
                    "预报时效超过10天，超出部分不予采用",
                    "the forecast goes further than ten days: the rest is left out",
                ),
            )
        else:
            by_source.setdefault(fix.source, {}).setdefault(fix_us(fix), fix)
    for source, fixes in by_source.items():
        if max(fixes) > as_of_us:
            track = tracks.setdefault(source, Track(source))
            track.forecast = [fixes[at] for at in sorted(fixes)]
            track.forecast_message = message


def _tidied(track: Track) -> Track:
    """Of fixes for one instant the one told last; in order of time."""
    last = {fix_us(told.fix): told for told in track.observed}
    track.observed = [last[at] for at in sorted(last)]
    return track


def _is_recent(track: Track, as_of_us: int) -> bool:
    if track.forecast:
        return True
    return as_of_us - fix_us(track.observed[-1].fix) <= SHOWN_US
