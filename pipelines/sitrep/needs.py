"""Needs and aid: what is missing, requests, days of cover, shelters; then questions about the data."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from pipelines.amounts import amount
from pipelines.places.areas import EVERYWHERE
from pipelines.questions.kinds import kind_of
from pipelines.sitrep import naming
from pipelines.sitrep.changes import figure_of
from pipelines.sitrep.courses import double_promises, requests
from pipelines.sitrep.opening import log
from pipelines.sitrep.parts import (
    Figure,
    Line,
    Name,
    Section,
    Source,
    SummarySource,
    TableSource,
    line,
    messages,
    resting_on,
    sub,
)
from schemas.codes.tables import PROVINCES
from yrd.situation.v1.aid_pb2 import NeedLine
from yrd.situation.v1.situation_pb2 import SituationSummary
from yrd.situation.v1.supplies_pb2 import Cover, ShelterLine

NEED_TABLE = TableSource("pipelines/tables/inferred_needs.tsv")


def needs(summary: SituationSummary) -> Section:
    """Open needs, most urgent first, against what covers them and what there is."""
    lines = tuple(_need(need, summary) for need in summary.need_lines)
    return Section("需求与缺口", "Needs and what is missing", lines)


def aid(summary: SituationSummary) -> Section:
    """Requests with the course of help; then what people live on, where some were moved; then shelters."""
    lines = [*requests(summary), *double_promises(summary)]
    people = _people(summary)
    lines += [
        _cover(cover, people)
        for area in summary.supplies
        if area.admin_code != EVERYWHERE
        for cover in area.cover
    ]
    lines += _shelters(summary)
    return Section("互助与保障", "Aid and supplies", tuple(lines))


def _need(need: NeedLine, summary: SituationSummary) -> Line:
    ids, unit = need.message_ids, need.wanted.unit
    told = (*messages(ids), NEED_TABLE) if need.inferred else messages(ids)
    wanted = naming.quantity(need.wanted, ids)
    return line(
        "{who}需要{what}{wanted}{inferred}{lives}：已落实{covered}，本省可用{own}，各方可调出{others}，缺口{short}",
        "{who} needs {wanted} of {what}{inferred}{lives}: {covered} covered, {own} of its own, "
        "{others} to spare elsewhere, {short} short",
        who=naming.participant(need.beneficiary),
        what=naming.ability(need.capability),
        wanted=replace(wanted, sources=told),
        inferred=Name("（推断）", " (inferred)") if need.inferred else Name("", ""),
        lives=Name("，涉及生命", ", lives depend on it") if need.life_saving else Name("", ""),
        covered=naming.sourced(need.covered, _covering(need, summary) or told),
        own=naming.sourced(need.own_spare, _spare(need, summary, own=True) or told),
        others=naming.sourced(need.neighbor_spare, _spare(need, summary, own=False) or told),
        short=Figure(
            f"{amount(need.shortage)}{unit}",
            f"{amount(need.shortage)} {unit}",
            (*told, SummarySource(summary.input_digest)),
        ),
    )


def _covering(need: NeedLine, summary: SituationSummary) -> tuple[Source, ...]:
    """What was answered to it, by way of its own request or of those for its incident."""
    asked = [
        a.message_ids
        for a in summary.aid
        if a.line_id == need.line_id
        and (a.request_id == need.source_id or a.incident_id == need.incident_id)
    ]
    return messages(id_ for ids in asked for id_ in ids)


def _spare(need: NeedLine, summary: SituationSummary, *, own: bool) -> tuple[Source, ...]:
    """Resources with the capability: its own province's, or those of all others."""
    found = [
        resting_on(r.basis)
        for r in summary.resources
        if r.capability == need.capability and (r.participant == need.beneficiary) == own
    ]
    return tuple(dict.fromkeys(source for sources in found for source in sources))


def _people(summary: SituationSummary) -> Mapping[str, tuple[str, ...]]:
    """Who says how many were moved to safety: messages by joint incident."""
    return {i.joint_id: figure_of(i, "evacuated").message_ids for i in summary.incidents}


def _cover(cover: Cover, people: Mapping[str, tuple[str, ...]]) -> Line:
    sources = resting_on(cover.basis)
    here: dict[str, Figure | Name] = {
        "where": naming.place(cover.admin_code),
        "what": naming.ability(cover.capability),
        "have": naming.sourced(cover.available, sources),
        "unit": naming.both(lambda words: words.say(cover.unit, f" {cover.unit}")),
    }
    have = "{where} {what}可用{have}{unit}"
    stock = "{where}: {have}{unit} of {what}"
    if not cover.HasField("per_person"):
        return line(
            f"{have}，该单位无人均用量，可保障情况不详",
            f"{stock}, no use per person is known in this unit",
            **here,
        )
    served = naming.sourced(cover.people_served, sources)
    if cover.once:
        return line(f"{have}，可供{{served}}人", f"{stock}, enough for {{served}} people",
                    **here, served=served)  # fmt: skip
    if not cover.HasField("people"):
        return line(
            f"{have}，可供{{served}}人一天；转移人数不详，可保障天数不详",
            f"{stock}, a day for {{served}} people; days unknown, since nobody says how many were moved",
            **here,
            served=served,
        )
    if not cover.HasField("days"):
        return line(f"{have}，现无转移人员", f"{stock}, and nobody was moved", **here)
    moved = messages(id_ for joint in cover.incident_ids for id_ in people.get(joint, ()))
    return line(
        f"{have}，{{most}}可保障{{people}}人{{days}}天",
        f"{stock}, {{most}}{{days}} days for {{people}} people",
        **here,
        most=Name("至多", "at most ") if cover.at_most else Name("", ""),
        people=naming.sourced(cover.people, moved),
        days=naming.sourced(cover.days, (*sources, *moved)),
    )


def _shelters(summary: SituationSummary) -> Iterator[Line]:
    for found in [x for area in summary.shelters for x in area.lines]:
        if found.admin_code in PROVINCES:
            yield _shelter(found)


def _shelter(found: ShelterLine) -> Line:
    sources = resting_on(found.basis)
    return line(
        "{where}避难场所{shelters}处：容量{places}{unit}，已入住{people}，空余{free}，超员{full}处",
        "{where}: {shelters} shelters, {places} {unit}, {people} taken, {free} free, {full} over-full",
        where=naming.place(found.admin_code),
        unit=Name(found.unit, found.unit),
        shelters=naming.sourced(found.shelters, sources),
        places=naming.sourced(found.capacity, sources),
        people=naming.sourced(found.occupancy, sources),
        free=naming.sourced(found.free, sources),
        full=naming.sourced(found.over_full, sources),
    )


def questions(summary: SituationSummary) -> Section:
    """How many there are of each kind and participant; then those that are listed."""
    covered = {found.participant: found for found in summary.coverage}
    lines = []
    for counted in summary.question_counts:
        asked = [
            q
            for q in summary.questions
            if (q.kind, q.participant) == (counted.kind, counted.participant)
        ]
        sources = list(messages(q.message_id for q in asked if q.message_id))
        if len(sources) < counted.count and counted.participant in covered:
            sources += log(covered[counted.participant])
        lines.append(
            line(
                "{who}：{kind} {count}项",
                "{who}: {count} of {kind}",
                who=naming.participant(counted.participant),
                kind=_kind(counted.kind),
                count=naming.sourced(counted.count, sources),
            )
        )
        lines += [
            sub(
                "{said}",
                "{said}",
                said=Figure(q.text_zh, q.text_en, messages([q.message_id])),
            )
            for q in asked
        ]
    return Section("数据疑问", "Questions about the data", tuple(lines))


def _kind(kind: str) -> Name:
    known = kind_of(kind)
    return Name(known.name_zh, known.name_en)
