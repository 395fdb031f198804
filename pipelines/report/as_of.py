"""What an instant looks like with what came later, as text: both pictures, then what differs."""

import json
from collections.abc import Iterator
from typing import Any

from pipelines.facts.scope import timestamp
from pipelines.pictures.as_of import AsOf
from pipelines.pictures.differences import CHANGED, GONE, JOINED, NEW, Difference
from pipelines.pictures.picture import Picture
from pipelines.report.proposals import proposal_text
from pipelines.report.summary import summary_text
from pipelines.words import EN, ZH, Words
from schemas.json_form import to_json

MOST_LISTED = 100
"""Differences that are told one by one; all are counted."""
_SUBJECTS = {
    "incidents": ("联合事件", "incident"),
    "totals": ("合计", "totals"),
    "warnings": ("预警", "warning"),
    "responses": ("应急响应", "response"),
    "controls": ("管控措施", "control"),
    "resources": ("资源", "resource"),
    "aid": ("互助", "aid"),
    "hazmat": ("危险货物运输", "trip"),
    "handovers": ("省界交接", "handover"),
    "isolation_zones": ("隔离防护区", "isolation zone"),
    "hazmat_counts": ("车次合计", "trip counts"),
    "escalations": ("升级提示", "escalation"),
    "cascades": ("灾害链", "cascade"),
    "capabilities": ("能力", "capability"),
    "supplies": ("应急物资", "supplies"),
    "shelters": ("避难场所", "shelters"),
    "bases": ("救援基地", "rescue base"),
    "readings": ("省界监测", "readings"),
    "earthquakes": ("地震", "earthquake"),
    "storms": ("台风", "storm"),
    "alignments": ("预案联动", "plan alignment"),
    "need_lines": ("需求", "need"),
    "aid_lives": ("互助进程", "course of aid"),
    "double_promises": ("重复承诺", "double promise"),
    "proposals": ("互助建议", "proposal"),
}
_KINDS = {NEW: ("新增", "new"), GONE: ("不再有", "gone")}


def as_of_text(found: AsOf) -> str:
    """All of it; Chinese first, then English."""
    then, now = ("当时所知", "as it was known then"), ("现在所知", "as it is known now")
    return "\n\n".join(
        [
            *_picture(then, found.known_then),
            *_picture(now, found.known_now),
            *(_differences(found, words) for words in (ZH, EN)),
        ]
    )


def as_of_json(found: AsOf) -> str:
    """All of it as one JSON object; summaries and proposals as ProtoJSON."""
    return json.dumps(
        {
            "at": timestamp(found.at_us).ToJsonString(),
            "scope": found.scope,
            "known_then": _object(found.known_then),
            "known_now": _object(found.known_now),
            "differences": [difference._asdict() for difference in found.differences],
        },
        ensure_ascii=False,
    )


def _object(picture: Picture) -> dict[str, Any]:
    return {
        "summary": json.loads(to_json(picture.summary)),
        "proposals": [json.loads(to_json(proposal)) for proposal in picture.proposals],
    }


def _picture(title: tuple[str, str], picture: Picture) -> Iterator[str]:
    yield f"═══ {title[0]} · {title[1]} ═══"
    yield summary_text(picture.summary)
    if picture.proposals:
        yield "\n".join(proposal_text(proposal) for proposal in picture.proposals)


def _differences(found: AsOf, words: Words) -> str:
    count = len(found.differences)
    at = words.time(timestamp(found.at_us))
    title = words.say(
        f"【差异】{at}（北京时间）：当时所知 → 现在所知，共{count}项",
        f"[Differences] {at} Beijing time: known then → known now, {count} in all",
    )
    lines = [f"  · {_line(one, words)}" for one in found.differences[:MOST_LISTED]]
    if count > MOST_LISTED:
        lines.append(f"  … {count - MOST_LISTED} (--json)")
    return "\n".join([title, *lines])


def _line(one: Difference, words: Words) -> str:
    subject = _subject(one.subject, words)
    title = words.say(f"「{one.title}」", f' "{one.title}"') if one.title else ""
    about = " ".join(filter(None, (subject, one.key))) + title
    rests = words.say("；依据：", "; messages: ") + f"{_ids(one.ids_then)} → {_ids(one.ids_now)}"
    return f"{about} {_what(one, words)}{rests}"


def _subject(path: str, words: Words) -> str:
    name, dot, inner = path.partition(".")
    return _SUBJECTS.get(name, (name, name))[words.index] + dot + inner


def _what(one: Difference, words: Words) -> str:
    if one.kind == CHANGED:
        unknown = words.say("不详", "unknown")
        return f"{one.field}: {one.then or unknown} → {one.now or unknown}"
    if one.kind == JOINED:
        return words.say(f"并入 {one.now}", f"is part of {one.now}")
    return _KINDS[one.kind][words.index]


def _ids(ids: tuple[str, ...]) -> str:
    return ", ".join(ids) or "—"
