"""Sections of the summary's text on supplies, shelters, bases, experts and equipment."""

from collections.abc import Callable, Iterable

from pipelines.amounts import amount
from pipelines.places.areas import EVERYWHERE
from pipelines.words import Words
from schemas.codes.tables import PROVINCES, supply_group
from yrd.situation.v1.situation_pb2 import SituationSummary
from yrd.situation.v1.supplies_pb2 import AreaSupplies, Cover, RescueBase, SupplyLine

LEVELS = {
    0: ("未注明级别", "level not stated"),
    1: ("市级", "municipal"),
    2: ("区级", "district"),
    3: ("街镇级", "town"),
    4: ("居村级", "village"),
    5: ("家庭", "household"),
}

Section = Callable[[SituationSummary, Words], Iterable[str]]


def sections(words: Words) -> list[tuple[str, Section]]:
    """Headings with their lines."""
    return [
        (words.say("应急物资", "Supplies"), _told(_supplies)),
        (words.say("避难场所", "Shelters"), _told(_shelters)),
        (words.say("救援基地", "Rescue bases"), _told(_bases)),
        (words.say("事发地专家与装备", "Experts and equipment near by"), _told(_capabilities)),
    ]


def _told(section: Section) -> Section:
    """The section, which says so if nobody told anything: that isn't the same as having nothing."""

    def lines(summary: SituationSummary, words: Words) -> Iterable[str]:
        nothing = words.say(
            "未报送或无涉", "nothing was told, or nothing concerns an open incident"
        )
        return list(section(summary, words)) or [nothing]

    return lines


def _supplies(summary: SituationSummary, words: Words) -> Iterable[str]:
    """By area: stocks by kind and level, for provinces; days of cover; what expires."""
    for area in summary.supplies:
        if area.admin_code in PROVINCES:
            yield from (stock(line, words) for line in area.lines if len(line.kind_prefix) != 1)
        if area.admin_code != EVERYWHERE:
            yield from (_cover(cover, words) for cover in area.cover)
        yield from _expiring(area, words)


def _expiring(area: AreaSupplies, words: Words) -> Iterable[str]:
    days, count, where = (
        area.expiring_within_days,
        area.expiring_count,
        words.place(area.admin_code),
    )
    if count:
        yield words.say(
            f"{where} 已过期或{days}天内到期：{count}批",
            f"{where}, expired or expiring within {days} days: {count} lots",
        )
    for lot in area.expiring:
        when = words.time(lot.expire_time)
        how_much, unit = amount(lot.quantity.value), lot.quantity.unit
        state = words.say("已过期", "expired") if lot.expired else words.say("到期", "expires")
        yield words.say(
            f"    {words.name(lot.participant)} {lot.name} {how_much}{unit}：{when} {state}",
            f"    {words.name(lot.participant)} {lot.name} {how_much} {unit}: {state} {when}",
        )


def stock(line: SupplyLine, words: Words) -> str:
    """One line of reserves."""
    levels = words.say("、", ", ").join(
        f"{LEVELS[level.level][words.index]} {amount(level.sums.available)}"
        for level in line.levels
        if level.stocks
    )
    area, kind = words.place(line.admin_code), stock_kind(line, words)
    unit, free, total = line.unit, amount(line.sums.available), amount(line.sums.total)
    expired = amount(line.expired)
    gone = words.say(f"；已过期{expired}", f"; {expired} expired") if line.expired else ""
    over = f"{line.outdated}"
    old = words.say(f"；状态失效{over}处", f"; {over} outdated") if line.outdated else ""
    return words.say(
        f"{area} {kind}：可用{free}{unit}，共{total}（可用：{levels}）{gone}{old}",
        f"{area} {kind}: {free} {unit} available of {total} (available: {levels}){gone}{old}",
    )


def stock_kind(line: SupplyLine, words: Words) -> str:
    """Name of a line's kind: the capability, or code and the nearest group whose name is known."""
    if not line.kind_prefix:
        if not line.HasField("capability"):
            return words.say("未分类物资", "supplies of no stated kind")
        return words.ability(line.capability)
    group = supply_group(line.kind_prefix)
    name = words.say(group.name_zh, group.name_en) if group else ""
    return f"{name} {line.kind_prefix}".strip()


def _cover(line: Cover, words: Words) -> str:
    area, ability = words.place(line.admin_code), words.ability(line.capability)
    have = f"{amount(line.available)}{words.say('', ' ')}{line.unit}"
    return words.say(
        f"{area} {ability}{have}：{cover_words(line, words)}",
        f"{area} {ability}, {have}: {cover_words(line, words)}",
    )


def cover_words(line: Cover, words: Words) -> str:
    """For how long, or for how many it is enough; or why that isn't known."""
    if not line.HasField("per_person"):
        return words.say("该单位无人均用量，可保障情况不详", "no use per person known in this unit")
    served = amount(line.people_served)
    if line.once:
        return words.say(f"可供{served}人", f"enough for {served} people")
    if not line.HasField("people"):
        return words.say(
            f"转移人数不详，可保障天数不详；可供{served}人一天",
            f"days of cover unknown, since nobody says how many were moved; a day for {served} people",
        )
    if not line.HasField("days"):
        return words.say("现无转移人员", "nobody was moved")
    days, people = amount(line.days), amount(line.people)
    most = words.say("至多", "at most ") if line.at_most else ""
    return words.say(f"{most}{days}天（{people}人）", f"{most}{days} days for {people} people")


def _shelters(summary: SituationSummary, words: Words) -> Iterable[str]:
    """Each province's places; then the over-full shelters."""
    for line in [x for found in summary.shelters for x in found.lines]:
        if line.admin_code in PROVINCES:
            area, unit = words.place(line.admin_code), line.unit
            capacity, free = amount(line.capacity), amount(line.free)
            people, full = amount(line.occupancy), line.over_full
            yield words.say(
                f"{area} {line.shelters}处：容量{capacity}{unit}，已入住{people}，空余{free}，超员{full}处",
                f"{area}, {line.shelters} shelters: {capacity} {unit}, {people} taken, {free} free, "
                f"{full} over-full",
            )
    for shelter in [x for found in summary.shelters for x in found.over_full]:
        people, capacity = amount(shelter.occupancy), amount(shelter.capacity.value)
        yield words.say(
            f"    超员：{words.name(shelter.participant)} {shelter.name} 已入住{people}，容量{capacity}",
            f"    over-full: {words.name(shelter.participant)} {shelter.name}, {people} in {capacity}",
        )


def _bases(summary: SituationSummary, words: Words) -> Iterable[str]:
    """Bases with their reach and the open incidents in it."""
    titles = {incident.joint_id: incident.title for incident in summary.incidents}
    for base in summary.bases:
        yield _base(base, words)
        for reached in base.incidents:
            title = titles.get(reached.joint_id, reached.joint_id)
            where = (
                words.say("覆盖范围内", "covered")
                if reached.covered
                else words.say("辐射范围内", "reached")
            )
            fits = "" if reached.fits else words.say("，非其专长", ", not its trade")
            yield words.say(f"    {title}（{where}{fits}）", f"    {title} ({where}{fits})")


def _base(base: RescueBase, words: Words) -> str:
    name = base.name_zh if words.index == 0 else base.name_en or base.name_zh
    if not base.source:
        return words.say(f"{name}：覆盖范围不详", f"{name}: reach unknown")
    join = words.say("、", ", ").join
    covers, reaches = join(map(words.place, base.covers)), join(map(words.place, base.reaches))
    return words.say(
        f"{name}：覆盖{covers}；辐射{reaches}", f"{name}: covers {covers}; reaches {reaches}"
    )


def _capabilities(summary: SituationSummary, words: Words) -> Iterable[str]:
    """Experts and equipment in the cities and counties with an open incident."""
    for line in summary.capabilities:
        if line.admin_code not in (EVERYWHERE, *PROVINCES):
            area, ability = words.place(line.admin_code), words.ability(line.capability)
            free, total, unit = amount(line.sums.available), amount(line.sums.total), line.unit
            yield words.say(
                f"{area} {ability}：可用{free}{unit}，共{total}",
                f"{area} {ability}: {free} {unit} available of {total}",
            )
