"""Dangerous goods on the road, as a summary's text says it: trips, handovers at borders, isolation zones."""

from collections.abc import Iterable, Iterator

from pipelines.amounts import amount
from pipelines.words import Words
from yrd.hazmat.v1.hazmat_pb2 import HazmatAlertKind
from yrd.situation.v1.hazmat_watch_pb2 import (
    CrossingRule,
    HandoverState,
    HandoverStatus,
    HazmatNotice,
    HazmatNoticeKind,
    Inside,
    IsolationZone,
    NextBorder,
    ZoneBasis,
)
from yrd.situation.v1.situation_pb2 import HazmatTrip, SituationSummary

Both = tuple[str, str]
_Alert, _Notice, _Handover = HazmatAlertKind, HazmatNoticeKind, HandoverState
ALERTS: dict[int, Both] = {
    _Alert.HAZMAT_ALERT_KIND_UNSPECIFIED: ("不详", "not stated"),
    _Alert.HAZMAT_ALERT_KIND_LEAK: ("泄漏", "leak"),
    _Alert.HAZMAT_ALERT_KIND_FIRE: ("火灾", "fire"),
    _Alert.HAZMAT_ALERT_KIND_EXPLOSION: ("爆炸", "explosion"),
    _Alert.HAZMAT_ALERT_KIND_CRASH: ("翻车、碰撞", "crash"),
    _Alert.HAZMAT_ALERT_KIND_LOST: ("被盗、丢失", "lost or stolen"),
    _Alert.HAZMAT_ALERT_KIND_SPEEDING: ("超速", "overspeeding"),
    _Alert.HAZMAT_ALERT_KIND_FATIGUE: ("疲劳驾驶", "driver tired"),
    _Alert.HAZMAT_ALERT_KIND_DEVIATION: ("偏离路线", "off its route"),
    _Alert.HAZMAT_ALERT_KIND_EMERGENCY_CALL: ("紧急报警", "emergency call"),
}
NOTICES: dict[int, Both] = {
    _Notice.HAZMAT_NOTICE_KIND_DEVIATION: ("偏离申报路线", "off its declared route"),
    _Notice.HAZMAT_NOTICE_KIND_CLOSED_ROAD: ("驶入管制道路", "on a closed road"),
    _Notice.HAZMAT_NOTICE_KIND_LONG_STOP: ("停车过久", "stopped too long"),
    _Notice.HAZMAT_NOTICE_KIND_SILENT: ("离线过久", "not heard for too long"),
    _Notice.HAZMAT_NOTICE_KIND_SPEEDING: ("超速", "too fast"),
    _Notice.HAZMAT_NOTICE_KIND_WARNED_AREA: ("在预警区域内", "in an area under warning"),
    _Notice.HAZMAT_NOTICE_KIND_ISOLATION_ZONE: ("在隔离防护区内", "in an isolation zone"),
    _Notice.HAZMAT_NOTICE_KIND_CLOSED_AREA: ("在管控区域内", "in a closed area"),
    _Notice.HAZMAT_NOTICE_KIND_ABOUT_TO_CROSS: ("即将过境", "about to cross"),
    _Notice.HAZMAT_NOTICE_KIND_HANDOVER_OVERDUE: ("交接逾期", "handover overdue"),
    _Notice.HAZMAT_NOTICE_KIND_HANDOVER_REFUSED: (
        "对方拒绝接收",
        "refused by the province entered",
    ),
    _Notice.HAZMAT_NOTICE_KIND_LATE: ("逾期未到", "should have arrived"),
}
HANDOVERS: dict[int, Both] = {
    _Handover.HANDOVER_STATE_UNNOTICED: ("应预告未预告", "not noticed though due"),
    _Handover.HANDOVER_STATE_NOTICED: ("已预告待接收", "noticed, to be answered"),
    _Handover.HANDOVER_STATE_ACCEPTED: ("已接收待过境", "accepted, to cross"),
    _Handover.HANDOVER_STATE_REFUSED: ("已拒绝", "refused"),
    _Handover.HANDOVER_STATE_CROSSED: ("已过境待关闭", "crossed, to be closed"),
}
RULES: dict[int, Both] = {
    CrossingRule.CROSSING_RULE_NOTICE: ("按交接预告", "by the notice"),
    CrossingRule.CROSSING_RULE_TOLD_SPEED: ("按上报车速推算", "by the speed told"),
    CrossingRule.CROSSING_RULE_USUAL_SPEED: ("按常用车速推算", "by the usual speed"),
    CrossingRule.CROSSING_RULE_PLANNED_TIME: ("按计划时间推算", "by the planned times"),
}
BASES: dict[int, Both] = {
    ZoneBasis.ZONE_BASIS_RELEASE: ("泄漏", "release"),
    ZoneBasis.ZONE_BASIS_FIRE: ("火灾、爆炸", "fire or explosion"),
    ZoneBasis.ZONE_BASIS_PRECAUTION: ("预防性", "precaution"),
}
ASSUMPTIONS: dict[str, Both] = {
    "no_row": (
        "所用指南表中无此物质，不给出距离",
        "the guidebook's table here has no row for it: no distance",
    ),
    "trip_by_plate": ("运单按车牌推断", "its waybill is inferred from the plate"),
    "place_too_wide": (
        "位置仅知市、省，或该县无代表点，不画区",
        "place known by city or province only, or by a county without a point: nothing is drawn",
    ),
    "place_by_area": ("位置仅知行政区，按其代表点", "place known by area only: its point"),
    "wind_unknown": ("风向不详，按全方位", "wind direction unknown: all around"),
    "wind_speed_unknown": ("风速不详，取最大值", "wind speed unknown: the largest"),
    "amount_unknown": ("数量不详，按大量泄漏", "amount unknown: a large spill"),
    "container_unknown": ("容器不详，按罐车", "container unknown: a tank truck"),
    "no_isolation_distance": ("指南未给隔离距离", "the guidebook gives no isolation distance"),
    "no_protective_distance": ("指南未给防护距离", "the guidebook gives no protective distance"),
}


def lines(summary: SituationSummary, words: Words) -> Iterable[str]:
    """The section, one line each."""
    yield from _counts(summary, words)
    for trip in summary.hazmat:
        yield from _trip(trip, words)
    for handover in summary.handovers:
        yield _handover(handover, words)
    for zone in summary.isolation_zones:
        yield from _zone(zone, words)


def _counts(summary: SituationSummary, words: Words) -> Iterator[str]:
    counts = summary.hazmat_counts
    if counts.under_way or counts.attention:
        overdue = next((c.count for c in counts.handovers if c.key == "overdue"), 0)
        yield words.say(
            f"在途{counts.under_way}车次，需关注{counts.attention}，交接逾期{overdue}",
            f"{counts.under_way} trips under way, {counts.attention} need attention, "
            f"{overdue} handovers overdue",
        )
    left_out = counts.left_out_trips, counts.left_out_handovers, counts.left_out_zones
    if any(left_out):
        yield words.say(
            "未列出：车次{}、交接{}、隔离区{}".format(*left_out),
            "not listed: {} trips, {} handovers, {} zones".format(*left_out),
        )


def _trip(trip: HazmatTrip, words: Words) -> Iterator[str]:
    say = words.say
    kinds = say("、", ", ").join(ALERTS[kind][words.index] for kind in trip.open_alerts)
    alert = say(f"，报警：{kinds}", f", ALERT: {kinds}") if kinds else ""
    closed = say("，路线受管控", ", its road is under control") if trip.control_ids else ""
    code = trip.last_place.admin_code
    place = words.place(code) if code else say("位置不详", "place unknown")
    goods = ", ".join(f"UN{number}" for number in trip.un_numbers)
    borders = ", ".join(trip.borders_crossed) or say("未跨省界", "no border crossed")
    yield f"{_short(trip.waybill_id)} {goods} {place}; {borders}{alert}{closed}"
    if trip.HasField("next_border"):
        yield _next(trip.next_border, words)
    for notice in trip.notices:
        yield _notice(notice, words)


def _short(entity_id: str) -> str:
    return entity_id.rsplit("/", 1)[-1]


def _next(border: NextBorder, words: Words) -> str:
    left, entered = words.name(border.from_province), words.name(border.to_province)
    inferred = words.say("（推断）", " (inferred)") if border.inferred else ""
    way = words.say(
        f"    下一省界 {left}→{entered}{inferred}", f"    next border {left}–{entered}{inferred}"
    )
    if not border.HasField("expected_time"):
        return way + words.say("，预计时间不详", ", time not known")
    rule, at = RULES[border.rule][words.index], words.time(border.expected_time)
    return way + words.say(f"，预计{at}过境（{rule}）", f", expected to cross {at} ({rule})")


def _notice(notice: HazmatNotice, words: Words) -> str:
    what, since = NOTICES[notice.kind][words.index], words.time(notice.since_time)
    value = f" {amount(notice.value)} / {amount(notice.limit)} {notice.unit}"
    figures = value if notice.HasField("value") else ""
    subject = f" {notice.subject}" if notice.subject else ""
    if notice.inferred:
        subject += words.say("（位置仅知行政区）", " (its place is known by area only)")
    return words.say(
        f"    系统发现：{what}{subject}{figures}（{since}起）",
        f"    noticed here: {what}{subject}{figures} (since {since})",
    )


def _handover(handover: HandoverStatus, words: Words) -> str:
    left, entered = words.name(handover.from_province), words.name(handover.to_province)
    state = HANDOVERS[handover.state][words.index]
    late = words.say("，逾期", ", OVERDUE") if handover.overdue else ""
    due = ""
    if handover.HasField("due_time"):
        at = words.time(handover.due_time)
        due = words.say(f"，时限{at}", f", due {at}")
    trip = _short(handover.waybill_id)
    return words.say(
        f"省界交接 {trip} {left}→{entered}：{state}{due}{late}",
        f"handover {trip} {left}–{entered}: {state}{due}{late}",
    )


def _zone(zone: IsolationZone, words: Words) -> Iterator[str]:
    say = words.say
    name = f"{zone.material} (UN {zone.un_number})" if zone.material else f"UN {zone.un_number}"
    basis = BASES[zone.basis][words.index]
    yield say(
        f"隔离防护区 {_short(zone.source_id)} {name}：{basis}，{_metres(zone, words)}"
        f"（{zone.edition}，仅供参考，以现场指挥为准）",
        f"isolation zone {_short(zone.source_id)} {name}: {basis}, {_metres(zone, words)} "
        f"({zone.edition}, advisory: the commander at the scene decides)",
    )
    assumed = [ASSUMPTIONS[a][words.index] for a in zone.assumptions]
    if assumed:
        yield "    " + say("；", "; ").join(assumed)
    for heading, found in (
        (say("区内行政区", "areas inside"), [i.name or i.id for i in zone.areas]),
        (say("可能波及邻省", "may reach, across a border"), map(words.place, zone.may_reach)),
        (say("区内资源", "resources inside"), _named(zone.resources)),
        (say("区内车辆", "vehicles inside"), [_short(i.id) for i in zone.vehicles]),
    ):
        listed = list(found)
        if listed:
            yield f"    {heading}{say('：', ': ')}{say('、', ', ').join(listed)}"


def _named(found: Iterable[Inside]) -> list[str]:
    return [f"{one.name} {amount(one.distance_km)} km" for one in found]


def _metres(zone: IsolationZone, words: Words) -> str:
    parts = []
    if zone.HasField("isolation_meters"):
        metres = zone.isolation_meters
        parts.append(words.say(f"隔离{metres}米", f"isolation {metres} m"))
    if zone.HasField("protection_meters"):
        more = words.say("以上", " or more") if zone.or_more else ""
        metres, hours = zone.protection_meters, words.say("白天", "day")
        if zone.night:
            hours = words.say("夜间", "night")
        parts.append(
            words.say(f"防护{metres}米{more}（{hours}）", f"protection {metres} m{more} ({hours})")
        )
    return words.say("，", ", ").join(parts) or words.say("无距离", "no distance")
