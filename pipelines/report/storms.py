"""The section of the summary's text on storms."""

from collections.abc import Iterable

from pipelines.amounts import amount
from pipelines.words import Words
from yrd.situation.v1.situation_pb2 import SituationSummary
from yrd.situation.v1.storms_pb2 import CityWind, StormTrack, WindReach

FORCES = {7: ("七级风圈", "force 7"), 10: ("十级风圈", "force 10"), 12: ("十二级风圈", "force 12")}
NOW = {
    WindReach.WIND_REACH_INSIDE: ("已在圈内", "inside"),
    WindReach.WIND_REACH_EDGE: ("可能在圈内", "inside in some quadrant"),
}


def lines(summary: SituationSummary, words: Words) -> Iterable[str]:
    """Each storm, by each source: where it is, by which forecast it goes, whom its winds reach and when."""
    for storm in summary.storms:
        for track in storm.tracks:
            name = words.say(storm.name_zh, storm.name_en)
            yield f"{storm.number} {name}: {_fix(track, words)}; {_forecast(track, words)}"
            yield from (f"    {line}" for line in _winds(track, words))


def _fix(track: StormTrack, words: Words) -> str:
    if not track.HasField("newest_fix"):
        return words.say(f"{track.source}：无实况定位", f"{track.source}: no observed fix")
    fix = track.newest_fix
    at, where = words.time(fix.fix_time), f"{fix.center.latitude:g}N {fix.center.longitude:g}E"
    wind = f" {amount(fix.wind_mps)} m/s" if fix.HasField("wind_mps") else ""
    pressure = f" {amount(fix.pressure_hpa)} hPa" if fix.HasField("pressure_hpa") else ""
    return f"{track.source}: {at} {where}{wind}{pressure}"


def _forecast(track: StormTrack, words: Words) -> str:
    if not track.HasField("forecast"):
        return words.say("无预报", "no forecast")
    issued, who = words.time(track.forecast.issue_time), words.name(track.forecast.participant)
    until = words.time(track.forecast.fixes[-1].fix_time)
    return words.say(
        f"所用预报：{who}{issued}发布，至{until}",
        f"forecast used: issued {issued} by {who}, until {until}",
    )


def _winds(track: StormTrack, words: Words) -> Iterable[str]:
    for force, names in FORCES.items():
        told = [(c, w) for c in track.cities for w in c.winds if w.beaufort_force == force]
        reached = [(_order(w), _when(w, words), words.place(c.admin_code)) for c, w in told]
        reached = sorted(r for r in reached if r[1])
        if not reached:
            continue
        held = words.say("（半径沿用实况，推断）", " (radius held, inferred)")
        note = held if force in track.held_forces else ""
        cities = words.say("；", "; ").join(f"{place} {when}" for _, when, place in reached)
        yield words.say(f"{names[0]}{note}：{cities}", f"{names[1]}{note}: {cities}")


def _order(wind: CityWind) -> tuple[bool, float]:
    return not wind.HasField("earliest_hours"), wind.earliest_hours


def _when(wind: CityWind, words: Words) -> str:
    """Empty if it isn't inside and doesn't get there as far as is known."""
    if wind.reach in NOW:
        return NOW[wind.reach][words.index]
    if not wind.HasField("earliest_hours"):
        return ""
    earliest = f"{wind.earliest_hours:.1f}"
    if not wind.HasField("latest_hours"):
        return words.say(f"最早{earliest}小时后", f"in {earliest} h at the soonest")
    return words.say(
        f"{earliest}至{wind.latest_hours:.1f}小时后", f"in {earliest} to {wind.latest_hours:.1f} h"
    )
