"""Needs and aid: requests with what was offered, days of cover, shelters; then questions about the data."""

from collections.abc import Iterator, Mapping

from pipelines.places.areas import EVERYWHERE
from pipelines.sitrep import naming
from pipelines.sitrep.changes import figure_of
from pipelines.sitrep.opening import log
from pipelines.sitrep.parts import Figure, Line, Name, Section, line, messages, resting_on, sub
from pipelines.words import AID_STATES
from schemas.codes.tables import PROVINCES
from yrd.common.v1.common_pb2 import Quantity
from yrd.situation.v1.situation_pb2 import AidLine, SituationSummary
from yrd.situation.v1.supplies_pb2 import Cover, ShelterLine


def aid(summary: SituationSummary) -> Section:
    """Requests; then what people live on, where some were moved to safety; then shelters."""
    lines = [_request(asked) for asked in summary.aid]
    people = _people(summary)
    lines += [
        _cover(cover, people)
        for area in summary.supplies
        if area.admin_code != EVERYWHERE
        for cover in area.cover
    ]
    lines += _shelters(summary)
    return Section("需求与互助", "Needs and aid", tuple(lines))


def _request(asked: AidLine) -> Line:
    ids = list(asked.message_ids)
    offered = Quantity(value=asked.offered, unit=asked.requested.unit)
    return line(
        "{who}请求{what}{wanted}：{state}，已承诺{offered}",
        "{who} asks for {wanted} of {what}: {state}, {offered} offered",
        who=naming.participant(asked.requester),
        what=naming.ability(asked.capability),
        wanted=naming.quantity(asked.requested, ids[:1]),
        state=naming.rank(AID_STATES[asked.state], ids),
        offered=naming.quantity(offered, ids[1:] or ids),
    )


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
                kind=Name(counted.kind, counted.kind),
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
