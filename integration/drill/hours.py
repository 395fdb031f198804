"""A scenario hour by hour: what the picture shows, beside what is known to have happened.

By the pipeline's plain functions alone, without gateways: the picture of each hour rests on what was told
until then.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from integration.drill.scenario import Known, Scenario, Step
from pipelines.facts.facts import Facts
from pipelines.facts.scope import Key
from pipelines.facts.state import fold, merge
from pipelines.pictures.picture import Picture, Staleness, evaluate
from pipelines.words import COLORS, EN, LEVELS, ZH, Words
from schemas.instants import BEIJING
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.situation_pb2 import SituationSummary
from yrd.situation.v1.storms_pb2 import StormTrack
from yrd.state.v1.state_pb2 import State

HOUR = timedelta(hours=1)
SIX_HOURS_SECONDS = 21_600
FORCE = 10
"""Wind force whose arrival is shown: storm force on the Beaufort scale."""
MOST_ARRIVALS = 3


@dataclass(frozen=True, slots=True)
class Hour:
    """What the picture shows at an instant, and what happened in the hour before."""

    at: datetime
    told: int
    """Messages told in the hour."""
    warnings: Mapping[str, int]
    """Gravest colour in force by participant, 1 red to 4 blue."""
    responses: Mapping[str, int]
    """Highest response level in force by participant."""
    incidents_open: int
    dead: int | None
    """Over incidents whose figure is known; None if none is."""
    dead_unknown: int
    evacuated: int | None
    trips: int
    aid_lines: int
    aid_covered: int
    questions: int
    """About the data."""
    storm: str
    """Place, wind and source of the newest fixes of the last six hours; sources are never mixed."""
    arrivals: Mapping[str, tuple[float, float | None]]
    """Hours until force 10 is there, soonest and at the latest, by city that it has still to reach."""
    happened: tuple[Known, ...]

    def as_json(self) -> dict[str, Any]:
        """As it is listed."""
        happened = [asdict(k) | {"at": k.at.astimezone(BEIJING).isoformat()} for k in self.happened]
        at = self.at.astimezone(BEIJING).isoformat()
        return asdict(self) | {"at": at, "happened": happened}


class Shown(NamedTuple):
    """The picture at an instant, how many messages were told in the hour before, and what happened in it."""

    at: datetime
    told: int
    picture: Picture
    happened: tuple[Known, ...]


def hours(scenario: Scenario) -> Iterator[Hour]:
    """Every hour from the first message to the last."""
    return (_hour(*shown) for shown in pictures(scenario))


def pictures(scenario: Scenario) -> Iterator[Shown]:
    """The exercise's picture at every hour from the first message to the last."""
    facts, states, sequences = Facts(), dict[Key, State](), dict[str, int]()
    left = list(scenario.steps)
    scope = f"exercise/{scenario.exercise_id}"
    at = left[0].at.replace(minute=0, second=0)
    while left:
        at += HOUR
        due = [step for step in left if step.at <= at]
        left = left[len(due) :]
        news = fold(_messages(due, sequences))
        merged = {k: merge(states.get(k, State()), s) for k, s in news.items() if k.scope == scope}
        states |= merged
        facts.update(merged)
        picture = evaluate(scope, facts, None, Staleness())
        happened = tuple(known for known in scenario.known if at - HOUR < known.at <= at)
        yield Shown(at, len(due), picture, happened)


def _messages(steps: list[Step], sequences: dict[str, int]) -> Iterator[Message]:
    """As the steps' gateways would seal them."""
    for step in steps:
        message = Message.FromString(step.draft.SerializeToString())
        message.stamp.origin = step.participant
        message.stamp.sequence = sequences.get(step.participant, 0)
        sequences[step.participant] = message.stamp.sequence + 1
        message.stamp.sealed_time.FromDatetime(step.at)
        yield message


def _hour(at: datetime, told: int, picture: Picture, happened: tuple[Known, ...]) -> Hour:
    summary = picture.summary
    sums = summary.totals.known
    return Hour(
        at=at,
        told=told,
        warnings=_gravest((w.participant, w.color) for w in summary.warnings),
        responses=_gravest((r.participant, r.level) for r in summary.responses),
        incidents_open=summary.totals.open_incidents,
        dead=sums.dead if sums.HasField("dead") else None,
        dead_unknown=summary.totals.incidents_with_unknown_dead,
        evacuated=sums.evacuated if sums.HasField("evacuated") else None,
        trips=len(summary.hazmat),
        aid_lines=len(summary.aid),
        aid_covered=sum(line.offered >= line.requested.value for line in summary.aid),
        questions=sum(found.count for found in summary.question_counts),
        storm=_storm(summary),
        arrivals=_arrivals(summary),
        happened=happened,
    )


def _gravest(found: Iterator[tuple[str, int]]) -> dict[str, int]:
    gravest: dict[str, int] = {}
    for participant, level in found:
        gravest[participant] = min(level, gravest.get(participant, level))
    return dict(sorted(gravest.items()))


def _storm(summary: SituationSummary) -> str:
    tracks = [
        track for storm in summary.storms for track in storm.tracks if track.HasField("newest_fix")
    ]
    newest = max((_fixed(track) for track in tracks), default=0)
    recent = [track for track in tracks if newest - _fixed(track) < SIX_HOURS_SECONDS]
    return "; ".join(map(_track, sorted(recent, key=_fixed, reverse=True)))


def _arrivals(summary: SituationSummary) -> dict[str, tuple[float, float | None]]:
    """By the forecasts that the picture shows; of two, the one by which it is there sooner."""
    winds = [
        (wind.earliest_hours, wind.latest_hours if wind.HasField("latest_hours") else None, city)
        for storm in summary.storms
        for track in storm.tracks
        for city, wind in ((c.admin_code, w) for c in track.cities for w in c.winds)
        if wind.beaufort_force == FORCE and wind.earliest_hours
    ]
    found: dict[str, tuple[float, float | None]] = {}
    for soonest, latest, city in sorted(winds, key=lambda wind: (wind[0], wind[2])):
        found.setdefault(city, (soonest, latest))
    return found


def _fixed(track: StormTrack) -> int:
    return track.newest_fix.fix_time.seconds


def _track(track: StormTrack) -> str:
    fix = track.newest_fix
    wind = f" {fix.wind_mps:g} m/s" if fix.wind_mps else ""
    source = track.source.split(",")[0]
    return f"{fix.center.latitude:.1f}N {fix.center.longitude:.1f}E{wind} ({source})"


def text(found: Hour) -> str:
    """An hour in both languages, Chinese first."""
    return "\n".join((_line(found, ZH), _line(found, EN)))


def _line(found: Hour, words: Words) -> str:
    def each(levels: Mapping[str, int], names: Mapping[int, tuple[str, str]]) -> str:
        told = [(words.name(p), names[level][words.index]) for p, level in levels.items()]
        joined = words.say("、".join(a + b for a, b in told), ", ".join(map(" ".join, told)))
        return joined or words.say("无", "none")

    unknown = words.say(f"（{found.dead_unknown}起不详）", f" ({found.dead_unknown} unknown)")
    parts = [
        f"{found.at.astimezone(BEIJING):%m-%d %H:%M}",
        words.say("预警 ", "warnings ") + each(found.warnings, COLORS),
        words.say("响应 ", "responses ") + each(found.responses, LEVELS),
        words.say(
            f"事件{found.incidents_open}起未结，死亡{_figure(found.dead, words)}{unknown}",
            f"{found.incidents_open} incidents open, dead {_figure(found.dead, words)}{unknown}",
        ),
        words.say(
            f"危货{found.trips}趟，求援{found.aid_lines}项（{found.aid_covered}项满足）",
            f"{found.trips} hazmat trips, {found.aid_lines} aid lines ({found.aid_covered} covered)",
        ),
    ]
    if found.questions:
        asked = found.questions
        parts.append(words.say(f"数据疑问{asked}项", f"questions about the data: {asked}"))
    if found.storm:
        parts.append(found.storm)
    if found.arrivals:
        parts.append(_next(found, words))
    happened = [
        f"  ◆ {k.at.astimezone(BEIJING):%H:%M} {(k.zh, k.en)[words.index]}" for k in found.happened
    ]
    return "\n".join([" | ".join(parts), *happened])


def _next(found: Hour, words: Words) -> str:
    """The cities that it reaches next."""
    told = [
        words.say(
            f"{words.place(city)}{soonest:.1f}小时后", f"{words.place(city)} in {soonest:.1f} h"
        )
        for city, (soonest, _) in list(found.arrivals.items())[:MOST_ARRIVALS]
    ]
    cities = words.say("、", ", ").join(told)
    return words.say(f"十级风圈最早：{cities}", f"force {FORCE} at the soonest: {cities}")


def _figure(value: int | None, words: Words) -> str:
    return words.say("不详", "unknown") if value is None else str(value)
