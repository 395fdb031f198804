"""Readings past their thresholds at a border, and earthquakes, in a report."""

from collections.abc import Iterator, Sequence

from pipelines.report.nature import SCALES, THRESHOLDS, TRENDS
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
from schemas.codes.tables import measure
from yrd.monitoring.v1.monitoring_pb2 import EarthquakeReportKind
from yrd.situation.v1.earthquakes_pb2 import JointEarthquake
from yrd.situation.v1.readings_pb2 import BorderReadings, StationReading
from yrd.situation.v1.situation_pb2 import SituationSummary


def nature(summary: SituationSummary) -> Section:
    """Readings, station by station; then earthquakes, newest first."""
    lines: list[Line] = []
    for found in summary.readings:
        lines += _readings(found)
    for quake in summary.earthquakes:
        lines += _earthquake(quake)
    return Section("跨界监测与震情", "Readings across borders and earthquakes", tuple(lines))


def _readings(found: BorderReadings) -> Iterator[Line]:
    known = measure(found.measure.value)
    code = found.measure.value
    yield line(
        "{where}{what}：{trend}；超阈值：{who}",
        "{where}, {what}: {trend}; past a threshold in {who}",
        where=naming.quoted(found.object_name),
        what=Name(known.name_zh, known.name_en) if known else Name(code, code),
        trend=naming.rank(TRENDS[found.trend], found.message_ids),
        who=naming.participants(found.participants),
    )
    for station in found.stations:
        yield _station(station)


def _station(station: StationReading) -> Line:
    sources, unit = messages(station.message_ids), station.unit
    value = Figure(f"{station.value:g}{unit}", f"{station.value:g} {unit}", sources)
    said = [
        sub(
            "{who} {station} {value}{datum}（{at}）",
            "{who} {station} {value}{datum} ({at})",
            who=naming.participant(station.participant),
            station=naming.quoted(station.station_name),
            value=value,
            datum=Name(f" {station.datum}", f" {station.datum}") if station.datum else Name("", ""),
            at=naming.instant(station.read_time, sources),
        )
    ]
    if station.passed:
        passed = THRESHOLDS.get(station.passed, ("阈值", "threshold"))
        said.append(
            line(
                "超{mark}{limit}",
                "past its {mark} {limit}",
                mark=Name(*passed),
                limit=naming.sourced(station.threshold, sources),
            )
        )
    if station.HasField("change"):
        said.append(
            line(
                "自{since}变化{change}",
                "changed by {change} since {since}",
                since=naming.instant(station.change_since_time, sources),
                change=figure(f"{station.change:+g}", sources),
            )
        )
    if station.outdated:
        said.append(line("数据过时", "outdated"))
    return together(said, "，", ", ")


def _earthquake(quake: JointEarthquake) -> Iterator[Line]:
    by = {source.parameter: source for source in quake.sources}
    all_ = messages(quake.message_ids)

    def of(parameter: str) -> Sequence[Source]:
        return messages([by[parameter].message_id]) if parameter in by else all_

    said = [
        line(
            "{at} {where}",
            "{at}, {where}",
            at=naming.instant(quake.origin_time, of("origin_time")),
            where=naming.quoted(quake.location_name),
        )
    ]
    if quake.HasField("magnitude"):
        said.append(
            line(
                "{scale}{magnitude}级{how}",
                "{scale} {magnitude}{how}",
                scale=_scale(quake),
                magnitude=figure(f"{quake.magnitude:g}", of("magnitude")),
                how=_how(by["magnitude"].kind) if "magnitude" in by else Name("", ""),
            )
        )
    if quake.HasField("depth_km"):
        depth = naming.sourced(quake.depth_km, of("depth_km"))
        said.append(line("深度{depth}公里", "{depth} km deep", depth=depth))
    else:
        said.append(line("深度不详", "depth unknown"))
    if quake.withdrawn_by:
        said.append(
            line("{who}已撤销", "withdrawn by {who}", who=naming.participants(quake.withdrawn_by))
        )
    yield together(said, "，", ", ")
    for province in quake.felt_provinces:
        gravest = next(area for area in quake.felt if area.province == province)
        yield sub(
            "{where}有感，最大烈度{intensity}{estimated}",
            "felt in {where}, intensity up to {intensity}{estimated}",
            where=naming.participant(province),
            intensity=naming.count(gravest.intensity, [gravest.message_id]),
            estimated=Name("（预估）", " (computed)") if gravest.estimated else Name("", ""),
        )


def _scale(quake: JointEarthquake) -> Name:
    name = SCALES.get(quake.magnitude_scale, "M")
    return Name(name, name)


def _how(kind: EarthquakeReportKind) -> Name:
    if kind == EarthquakeReportKind.EARTHQUAKE_REPORT_KIND_REVIEWED:
        return Name("（正式测定）", " (reviewed)")
    return Name("（自动测定）", " (automatic)")
