"""Dangerous goods in a report: alerts, counts, and isolation zones with who is inside."""

from collections.abc import Iterable, Iterator

from pipelines.report.hazmat import ALERTS, ASSUMPTIONS, BASES
from pipelines.sitrep import naming
from pipelines.sitrep.parts import (
    Figure,
    Line,
    Name,
    Section,
    Source,
    SummarySource,
    TableSource,
    figure,
    line,
    messages,
    sub,
    together,
)
from yrd.situation.v1.hazmat_watch_pb2 import Inside, IsolationZone
from yrd.situation.v1.situation_pb2 import HazmatTrip, SituationSummary

TABLE = "schemas/codes/erg2016_distances.tsv"


def hazmat(summary: SituationSummary) -> Section:
    """Counts over all trips; those with an alert; isolation zones."""
    lines = [*_counts(summary)]
    lines += [_alerted(trip) for trip in summary.hazmat if trip.open_alerts]
    for zone in summary.isolation_zones:
        lines += _zone(zone)
    return Section("危险货物运输与隔离防护区", "Dangerous goods and isolation zones", tuple(lines))


def _counts(summary: SituationSummary) -> Iterator[Line]:
    counts, sources = summary.hazmat_counts, (SummarySource(summary.input_digest),)
    if counts.under_way or counts.attention:
        overdue = next((c.count for c in counts.handovers if c.key == "overdue"), 0)
        yield line(
            "在途{trips}车次，需关注{attention}，省界交接逾期{overdue}",
            "{trips} trips under way, {attention} need attention, {overdue} handovers overdue",
            trips=naming.sourced(counts.under_way, sources),
            attention=naming.sourced(counts.attention, sources),
            overdue=naming.sourced(overdue, sources),
        )


def _alerted(trip: HazmatTrip) -> Line:
    ids = trip.message_ids
    kinds = [ALERTS[kind] for kind in trip.open_alerts]
    goods = "、".join(trip.un_numbers)
    code = trip.last_place.admin_code
    return line(
        "{trip}（UN {goods}）报警：{kinds}；{place}，{at}",
        "{trip} (UN {goods}), ALERT: {kinds}; {place}, {at}",
        trip=_entity(trip.waybill_id, messages(ids)),
        goods=figure(goods, messages(ids)),
        kinds=Name("、".join(zh for zh, _ in kinds), ", ".join(en for _, en in kinds)),
        place=naming.place(code) if code else Name("位置不详", "place unknown"),
        at=naming.instant(trip.last_time, messages(ids)),
    )


def _entity(entity_id: str, sources: Iterable[Source]) -> Figure:
    return figure(entity_id.rsplit("/", 1)[-1], sources)


def _zone(zone: IsolationZone) -> Iterator[Line]:
    told = messages(zone.message_ids)
    called = line(
        "{source}隔离防护区（UN {goods}{material}，{basis}）：",
        "isolation zone of {source} (UN {goods}{material}, {basis}): ",
        source=_entity(zone.source_id, told),
        goods=figure(zone.un_number, told),
        material=Name(f" {zone.material}", f" {zone.material}") if zone.material else Name("", ""),
        basis=Name(*BASES[zone.basis]),
    )
    advisory = line(
        "（仅供参考，以现场指挥为准）", " (advisory: the commander at the scene decides)"
    )
    metres = together(_metres(zone, told), "，", ", ")
    yield together([called, metres, advisory], "", "")
    for assumed in zone.assumptions:
        yield sub("{assumed}", "{assumed}", assumed=Name(*ASSUMPTIONS[assumed]))
    yield from _inside(zone, told)


def _metres(zone: IsolationZone, told: tuple[Source, ...]) -> list[Line]:
    """Both distances by the guidebook, and until when the hour of the day makes them so."""
    sources, found = (*told, TableSource(f"{zone.edition}, {TABLE}")), []
    if zone.HasField("isolation_meters"):
        metres = naming.sourced(zone.isolation_meters, sources)
        found.append(line("隔离{metres}米", "isolation {metres} m", metres=metres))
    if zone.HasField("protection_meters"):
        found.append(
            line(
                "防护{metres}米{more}（{hours}，至{until}）",
                "protection {metres} m{more} ({hours}, until {until})",
                metres=naming.sourced(zone.protection_meters, sources),
                more=Name("以上", " or more") if zone.or_more else Name("", ""),
                hours=Name("夜间", "night") if zone.night else Name("白天", "day"),
                until=naming.instant(zone.until_time, told),
            )
        )
    return found or [line("无距离", "no distance")]


def _inside(zone: IsolationZone, told: tuple[Source, ...]) -> Iterator[Line]:
    """Areas by name; resources and vehicles each with the message that says where it is."""
    if zone.areas:
        names = [area.name or area.id for area in zone.areas]
        yield _listed(
            "区内行政区", "areas inside", len(names), told, "、".join(names), ", ".join(names)
        )
    if zone.may_reach:
        reached = [naming.place(code) for code in zone.may_reach]
        yield sub(
            "可能波及邻省：{areas}（推断）",
            "may reach, across a border: {areas} (inferred)",
            areas=Name("、".join(n.zh for n in reached), ", ".join(n.en for n in reached)),
        )
    for zh, en, found in (
        ("区内资源", "resources inside", zone.resources),
        ("区内车辆", "vehicles inside", zone.vehicles),
    ):
        if found:
            head = sub(f"{zh}：", f"{en}: ")
            yield together([head, together([_one(one, told) for one in found], "；", "; ")], "", "")
    if zone.left_out:
        yield sub("另有{more}项未列出", "{more} more are not listed",
                  more=naming.sourced(zone.left_out, told))  # fmt: skip


def _listed(
    zh: str, en: str, count: int, told: tuple[Source, ...], names_zh: str, names_en: str
) -> Line:
    return sub(
        f"{zh}{{count}}个：{{names}}",
        f"{en}, {{count}}: {{names}}",
        count=naming.sourced(count, told),
        names=Name(names_zh, names_en),
    )


def _one(one: Inside, told: tuple[Source, ...]) -> Line:
    sources = (*told, *messages(filter(None, [one.message_id])))
    name = Name(one.name, one.name) if one.name else _entity(one.id, sources)
    return line(
        "{name} {km}公里{ring}{inferred}",
        "{name} {km} km{ring}{inferred}",
        name=name,
        km=naming.sourced(one.distance_km, sources),
        ring=Name("（隔离区内）", " (isolation area)") if one.isolation else Name("", ""),
        inferred=Name("（位置仅知行政区）", " (known by area only)")
        if one.inferred
        else Name("", ""),
    )
