"""Storms in a report: where they are, by which forecast they go, and whom their winds reach when."""

from collections.abc import Iterator, Sequence

from pipelines.report.storms import NOW
from pipelines.sitrep import naming
from pipelines.sitrep.parts import (
    Figure,
    Line,
    Name,
    Section,
    Source,
    figure,
    line,
    messages,
    sub,
    together,
)
from pipelines.words import EN, ZH
from yrd.situation.v1.situation_pb2 import SituationSummary
from yrd.situation.v1.storms_pb2 import CityWind, StormTrack, StormView

FORCES = {
    7: Name("七级风圈", "force seven winds"),
    10: Name("十级风圈", "force ten winds"),
    12: Name("十二级风圈", "force twelve winds"),
}
INSIDE = {reach: Name(*names) for reach, names in NOW.items()}


def storms(summary: SituationSummary) -> Section:
    """Each storm by each source that tells of it."""
    lines = [found for storm in summary.storms for t in storm.tracks for found in _track(storm, t)]
    return Section("台风", "Storms", tuple(lines))


def _track(storm: StormView, track: StormTrack) -> Iterator[Line]:
    fixed = messages(filter(None, [track.fix_message_id]))
    forecast = messages(filter(None, [track.forecast.message_id]))
    called: dict[str, Figure | Name] = {
        "number": figure(storm.number, fixed or forecast),
        "name": Name(storm.name_zh, storm.name_en),
        "source": Name(track.source, track.source),
    }
    if track.HasField("newest_fix"):
        yield _fix(track, called, fixed)
    else:
        yield line("台风{number}{name}（{source}）：无实况定位",
                   "{number} {name} ({source}): no observed fix", **called)  # fmt: skip
    if track.HasField("forecast"):
        yield _forecast(track, forecast)
    else:
        yield sub("无预报", "no forecast")
    yield from _winds(track, (*fixed, *forecast))


def _fix(track: StormTrack, called: dict[str, Figure | Name], sources: tuple[Source, ...]) -> Line:
    fix = track.newest_fix
    where = line(
        "台风{number}{name}（{source}）：{at}位于北纬{north}、东经{east}",
        "{number} {name} ({source}): at {at} at {north} north, {east} east",
        **called,
        at=naming.instant(fix.fix_time, sources),
        north=naming.sourced(fix.center.latitude, sources),
        east=naming.sourced(fix.center.longitude, sources),
    )
    told = [where]
    if fix.HasField("wind_mps"):
        wind = Figure(f"{fix.wind_mps:g}米/秒", f"{fix.wind_mps:g} m/s", sources)
        told.append(line("风速{wind}", "wind {wind}", wind=wind))
    if fix.HasField("pressure_hpa"):
        pressure = Figure(f"{fix.pressure_hpa:g}百帕", f"{fix.pressure_hpa:g} hPa", sources)
        told.append(line("气压{pressure}", "pressure {pressure}", pressure=pressure))
    return together(told, "，", ", ")


def _forecast(track: StormTrack, sources: tuple[Source, ...]) -> Line:
    return sub(
        "所用预报：{who} {issued}发布，至{until}",
        "forecast used: issued {issued} by {who}, until {until}",
        who=naming.participant(track.forecast.participant),
        issued=naming.instant(track.forecast.issue_time, sources),
        until=naming.instant(track.forecast.fixes[-1].fix_time, sources),
    )


def _winds(track: StormTrack, sources: Sequence[Source]) -> Iterator[Line]:
    """By force: cities inside now, then those that it reaches within the forecast, the soonest first."""
    for force, named in FORCES.items():
        winds = [
            (c.admin_code, w) for c in track.cities for w in c.winds if w.beaufort_force == force
        ]
        held = force in track.held_forces
        note = Name("（半径沿用实况，推断）", " (radius held, inferred)") if held else Name("", "")
        for reach, where in INSIDE.items():
            codes = [code for code, wind in winds if wind.reach == reach]
            if codes:
                yield sub("{force}{note}{where}：{cities}", "{force}{note}, {where}: {cities}",
                          force=named, note=note, where=where,
                          cities=_cities(codes, sources))  # fmt: skip
        ahead = [
            (w, code) for code, w in winds if w.reach not in INSIDE and w.HasField("earliest_hours")
        ]
        if ahead:
            first = sub("{force}{note}到达：", "{force}{note} to come: ", force=named, note=note)
            soonest = sorted(ahead, key=lambda found: (found[0].earliest_hours, found[1]))
            arrivals = together([_arrival(*found, sources) for found in soonest], "；", "; ")
            yield together([first, arrivals], "", "")


def _cities(codes: Sequence[str], sources: Sequence[Source]) -> Figure:
    return Figure("、".join(map(ZH.place, codes)), ", ".join(map(EN.place, codes)), tuple(sources))


def _arrival(wind: CityWind, code: str, sources: Sequence[Source]) -> Line:
    soonest = figure(f"{wind.earliest_hours:.1f}", sources)
    if not wind.HasField("latest_hours"):
        return line("{city}最早{soonest}小时后", "{city} in {soonest} h at the soonest",
                    city=naming.place(code), soonest=soonest)  # fmt: skip
    return line(
        "{city}{soonest}至{latest}小时后",
        "{city} in {soonest} to {latest} h",
        city=naming.place(code),
        soonest=soonest,
        latest=figure(f"{wind.latest_hours:.1f}", sources),
    )
