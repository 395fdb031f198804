"""Sections of the summary's text on readings, earthquakes, storms and plan alignment."""

from collections.abc import Callable, Iterable

from pipelines.amounts import amount
from pipelines.report import storms
from pipelines.words import Words
from schemas.codes.tables import measure
from yrd.monitoring.v1.monitoring_pb2 import (
    EarthquakeReportKind,
    MagnitudeScale,
    ThresholdKind,
    Trend,
)
from yrd.situation.v1.alignment_pb2 import AlignmentPair, AlignmentSide
from yrd.situation.v1.earthquakes_pb2 import JointEarthquake
from yrd.situation.v1.readings_pb2 import BorderReadings, ReadingsTrend, StationReading
from yrd.situation.v1.situation_pb2 import SituationSummary

Section = Callable[[SituationSummary, Words], Iterable[str]]

THRESHOLDS = {
    ThresholdKind.THRESHOLD_KIND_ATTENTION: ("关注值", "attention mark"),
    ThresholdKind.THRESHOLD_KIND_WARNING: ("警戒值", "warning mark"),
    ThresholdKind.THRESHOLD_KIND_GUARANTEED: ("保证值", "guaranteed level"),
    ThresholdKind.THRESHOLD_KIND_RECORD: ("历史极值", "record"),
    ThresholdKind.THRESHOLD_KIND_CLOSURE: ("关闭限值", "closure limit"),
}
MOVEMENTS = {
    Trend.TREND_RISING: ("上涨", "rising"),
    Trend.TREND_STEADY: ("持平", "steady"),
    Trend.TREND_FALLING: ("下降", "falling"),
}
TRENDS = {
    ReadingsTrend.READINGS_TREND_UNSPECIFIED: ("趋势不详", "trend unknown"),
    ReadingsTrend.READINGS_TREND_WORSENING: ("趋于恶化", "getting worse"),
    ReadingsTrend.READINGS_TREND_STEADY: ("持平", "steady"),
    ReadingsTrend.READINGS_TREND_EASING: ("趋于缓解", "easing"),
}
SCALES = {
    MagnitudeScale.MAGNITUDE_SCALE_MS: "Ms",
    MagnitudeScale.MAGNITUDE_SCALE_ML: "ML",
    MagnitudeScale.MAGNITUDE_SCALE_MW: "Mw",
    MagnitudeScale.MAGNITUDE_SCALE_MB: "mb",
}


def sections(words: Words) -> list[tuple[str, Section]]:
    """Headings with their lines."""
    return [
        (words.say("跨界监测", "Readings across borders"), _readings),
        (words.say("震情", "Earthquakes"), _earthquakes),
        (words.say("台风", "Storms"), storms.lines),
        (words.say("预案衔接", "Plan alignment"), _alignments),
    ]


def _readings(summary: SituationSummary, words: Words) -> Iterable[str]:
    for found in summary.readings:
        yield _situation(found, words)
        yield from (f"    {_station(station, words)}" for station in found.stations)
        for same in found.comparable:
            datum = f" {same.datum}" if same.datum else ""
            highest, lowest, unit = amount(same.highest), amount(same.lowest), same.unit
            yield words.say(
                f"    可比读数{datum}：最高{highest}{unit}，最低{lowest}{unit}",
                f"    comparable readings{datum}: highest {highest} {unit}, lowest {lowest} {unit}",
            )


def _situation(found: BorderReadings, words: Words) -> str:
    known = measure(found.measure.value)
    what = words.say(known.name_zh, known.name_en) if known else found.measure.value
    trend = TRENDS[found.trend][words.index]
    who = words.say("、", ", ").join(map(words.name, found.participants))
    others = words.say("、", ", ").join(map(words.name, found.concerned))
    also_zh, also_en = (f"，涉及{others}", f"; concerns {others}") if others else ("", "")
    return words.say(
        f"{found.object_name} {what}：{trend}；超阈值：{who}{also_zh}",
        f"{found.object_name}, {what}: {trend}; past a threshold in {who}{also_en}",
    )


def _station(station: StationReading, words: Words) -> str:
    say = words.say
    value = f"{amount(station.value)}{say('', ' ')}{station.unit}"
    parts = [f"{words.name(station.participant)} {station.station_name} {value}"]
    parts += [station.datum] if station.datum else []
    if station.passed:
        name = THRESHOLDS.get(station.passed, ("阈值", "threshold"))[words.index]
        since = words.time(station.passed_time)
        limit = amount(station.threshold)
        parts.append(say(f"超{name}{limit}，不晚于{since}", f"past its {name} {limit} by {since}"))
    if station.HasField("change"):
        since, change = words.time(station.change_since_time), f"{station.change:+g}"
        moves = MOVEMENTS[station.trend][words.index]
        parts.append(say(f"{moves}{change}（自{since}）", f"{moves}, {change} since {since}"))
    elif station.stated_trend in MOVEMENTS:
        moves = MOVEMENTS[station.stated_trend][words.index]
        parts.append(say(f"{moves}（站方称）", f"{moves} (as the station says)"))
    parts += [say("数据过时", "outdated")] if station.outdated else []
    return say("，", ", ").join(parts)


def _earthquakes(summary: SituationSummary, words: Words) -> Iterable[str]:
    for quake in summary.earthquakes:
        yield _earthquake(quake, words)
        for province in quake.felt_provinces:
            gravest = next(area for area in quake.felt if area.province == province)
            estimated = words.say("（预估）", " (computed)") if gravest.estimated else ""
            yield words.say(
                f"    {words.name(province)}有感，最大烈度{gravest.intensity}{estimated}",
                f"    felt in {words.name(province)}, intensity up to {gravest.intensity}{estimated}",
            )


def _earthquake(quake: JointEarthquake, words: Words) -> str:
    say = words.say
    how = {source.parameter: _how(source.kind, words) for source in quake.sources}
    scale = SCALES.get(quake.magnitude_scale, "M")
    parts = [f"{words.time(quake.origin_time)} {quake.location_name}"]
    if quake.HasField("magnitude"):
        parts.append(f"{scale}{quake.magnitude:g} ({how['magnitude']})")
    if quake.HasField("depth_km"):
        depth = amount(quake.depth_km)
        parts.append(say(f"深度{depth}km", f"{depth} km deep") + f" ({how['depth_km']})")
    else:
        parts.append(say("深度不详", "depth unknown"))
    sources = say("、", ", ").join(words.name(m.participant) for m in quake.members)
    parts.append(say(f"来源：{sources}", f"sources: {sources}"))
    if quake.withdrawn_by:
        who = say("、", ", ").join(map(words.name, quake.withdrawn_by))
        parts.append(say(f"{who}已撤销", f"withdrawn by {who}"))
    return say("，", ", ").join(parts)


def _how(kind: EarthquakeReportKind, words: Words) -> str:
    if kind == EarthquakeReportKind.EARTHQUAKE_REPORT_KIND_REVIEWED:
        return words.say("正式", "reviewed")
    return words.say("自动", "automatic")


def _alignments(summary: SituationSummary, words: Words) -> Iterable[str]:
    for found in summary.alignments:
        sides = words.say("；", "; ").join(_side(side, words) for side in found.provinces)
        yield f"{words.kind(found.event_type)}: {sides}"
        for pair in found.borders:
            if pair.colors_differ or pair.levels_differ:
                yield f"    {_pair(pair, words)}"


def _side(side: AlignmentSide, words: Words) -> str:
    say, part = words.say, words.say("（部分）", " (in part)")
    none, unknown = say("无", "none"), say("不详（静默）", "unknown (silent)")
    nothing = unknown if side.silent else none
    color = words.color(side.color) if side.color else nothing
    level = words.level(side.level) if side.level else nothing
    color += part if side.color_in_part else ""
    level += part if side.level_in_part else ""
    place = words.place(side.admin_code)
    return say(f"{place} 预警{color}、响应{level}", f"{place} warning {color}, response {level}")


def _pair(pair: AlignmentPair, words: Words) -> str:
    say = words.say
    what = [say("预警颜色", "colours")] if pair.colors_differ else []
    what += [say("响应级别", "levels")] if pair.levels_differ else []
    differs = say("、", " and ").join(what)
    unsure = say("（或因未报送）", " (or for want of data)") if pair.uncertain else ""
    return say(
        f"{differs}不一致{unsure}：{_side(pair.a, words)} / {_side(pair.b, words)}",
        f"{differs} differ{unsure}: {_side(pair.a, words)} / {_side(pair.b, words)}",
    )
