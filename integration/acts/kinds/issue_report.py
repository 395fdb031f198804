"""起草、签发态势报告 · A situation report, drafted from the picture with its sources, edited and issued."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from google.protobuf.timestamp_pb2 import Timestamp

from integration.acts.checks import can_be_shown
from integration.acts.kinds.drafting import draft, name_incidents, will
from integration.acts.kinds.fields import NO_POST, OFFICERS, instant, post, stamp, text
from integration.acts.kinds.filled import MISSING, Filled
from integration.acts.kinds.target import NotHere, newest, picture_of
from integration.acts.seam import Field, Form, Known, Person, Said, Thing, seen, thing
from integration.page.desk import Shown
from pipelines.facts.scope import ACTUAL
from pipelines.sitrep.report import Report, cited, sections
from pipelines.sitrep.text import Footnotes, Origin, body, footnotes, number
from pipelines.words import EN, NAMES, ZH
from yrd.exchange.v1.message_pb2 import Draft, Message
from yrd.situation.v1.report_pb2 import SituationReport

TYPE = SituationReport.DESCRIPTOR.full_name
MOST_TEXT, MOST_SOURCES, MOST_CITED = 12_000, 12_000, 2_000
"""What a browser sends at once has room for these."""
_ID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b")
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")
_ALTERED = Said("与起草时不符：请重新打开表单", "is not as it was drafted: open the form again")


class Drafted(NamedTuple):
    """A report as it is offered to a person: of which number, over which summary, and its texts."""

    number: int
    zh: str
    en: str
    sources: str


class IssueReport:
    """Two persons: one drafts, another signs. The report keeps the summary that it was drafted from."""

    name = "issue-report"
    label = Said("起草态势报告", "Draft a situation report")
    roles = OFFICERS
    on = frozenset(("scope",))

    def form(self, known: Known, about: str) -> Form:
        """Raises CannotAct."""
        named, shown, issued = _known(known, about)
        made = drafted(known, shown, issued)
        title = _title(known.me, made.number)
        return Form(
            act=self.name,
            about=about,
            seen=seen(issued),
            title=Said("起草、签发态势报告", "Draft and issue a situation report"),
            warning=will(
                named.scope,
                "签发后各方收到；正文由画面汇编，请逐条核定后再发。",
                "all receive it once it is issued. It was compiled from the picture: check each line first.",
            ),
            fields=[
                _line(
                    "number",
                    Said("期号（1为首报）", "Number (1 is the first report)"),
                    str(made.number),
                ),
                instant("as-of", Said("截至", "As of"), shown.summary.as_of_time),
                _line(
                    "summary",
                    Said(
                        "所据态势摘要（自动填写，勿改）",
                        "Summary it rests on (filled in; leave it)",
                    ),
                    shown.message.header.message_id,
                ),
                _line("title-zh", Said("标题（中文）", "Title in Chinese"), title.zh),
                _line("title-en", Said("标题（英文）", "Title in English"), title.en),
                text(
                    "text-zh",
                    Said("正文（中文）", "Text in Chinese"),
                    made.zh,
                    MOST_TEXT,
                    required=True,
                ),
                text(
                    "text-en",
                    Said("正文（英文）", "Text in English"),
                    made.en,
                    MOST_TEXT,
                    required=True,
                ),
                text("sources", Said("来源", "Sources"), made.sources, MOST_SOURCES),
                post(),
            ],
            two_persons=True,
        )

    def drafts(
        self, known: Known, about: str, fields: Mapping[str, str], by: Person, key: str
    ) -> list[Draft]:
        """Raises FieldErrors, CannotAct."""
        named, shown, _ = _known(known, about)
        filled = Filled(fields)
        said = SituationReport(
            author=known.me,
            title_zh=filled.text("title-zh", MISSING),
            title_en=filled.text("title-en", MISSING),
            text_zh=filled.text("text-zh", MISSING),
            text_en=filled.text("text-en", MISSING),
            sources=filled.text("sources"),
            post=filled.text("post", NO_POST),
        )
        said.summary_id = _matching(filled, "summary", _ID)
        said.number = int(_matching(filled, "number", _NUMBER) or 1)
        as_of = filled.instant("as-of", _ALTERED)
        filled.done()
        assert as_of is not None
        said.as_of_time.CopyFrom(stamp(as_of))
        said.message_ids.extend([*dict.fromkeys(_ID.findall(said.sources))][:MOST_CITED])
        made = draft(known, named.scope, key, "report", shown.message.header)
        made.header.in_reply_to = said.summary_id
        name_incidents(
            made.header, (m.entity_id for i in shown.summary.incidents for m in i.members)
        )
        made.situation_report.CopyFrom(said)
        return [made]


def _known(known: Known, about: str) -> tuple[Thing, Shown, list[Message]]:
    """The picture, and the own reports of its series."""
    named = thing(about)
    if named.kind != "scope":
        raise NotHere
    shown = picture_of(known, named.scope)
    return named, shown, [m for m in newest(known, named.scope, TYPE) if m.stamp.origin == known.me]


def drafted(known: Known, shown: Shown, issued: Sequence[Message]) -> Drafted:
    """The next report of the series over the newest picture."""
    following = max((m.situation_report.number for m in issued), default=0) + 1
    report = Report(min(following, 999_999_999), shown.summary)
    found, notes = sections(report), Footnotes()
    number((line for section in found for line in section.lines), notes)
    origins = {
        id_: Origin(message.stamp.origin, message.header.revision)
        for id_ in cited(report)
        if (message := known.message(id_)) is not None
    }
    opening = _opening(shown.scope, shown.summary.as_of_time)
    zh, en = (body(found, words, notes) for words in (ZH, EN))
    return Drafted(
        report.number,
        fitted(f"{opening.zh}\n{zh}", MOST_TEXT),
        fitted(f"{opening.en}\n{en}", MOST_TEXT),
        fitted(footnotes(notes, origins), MOST_SOURCES),
    )


def _opening(scope: str, as_of: Timestamp) -> Said:
    drill = Said("", "")
    if scope != ACTUAL:
        drill = Said("【演练】以下内容均非真实事件。\n", "EXERCISE: nothing below is real.\n")
    return Said(
        f"{drill.zh}截至{ZH.time(as_of)}（北京时间）。方括号内为来源编号，见“来源”。",
        f"{drill.en}As of {EN.time(as_of)} Beijing time. Numbers in brackets are sources, see there.",
    )


def _title(me: str, number_: int) -> Said:
    zh, en = NAMES.get(me, (me, me))
    first = number_ == 1
    which = Said("首报", "first report")
    if not first:
        which = Said(f"续报第{number_ - 1}期", f"follow-up {number_ - 1}")
    return Said(f"{zh}态势报告（{which.zh}）", f"Situation report of {en} ({which.en})")


def fitted(said: str, most: int) -> str:
    """A text that a form can hold: whole lines, and a word that there was more.

    Of titles that others wrote, what can't be shown is marked.
    """
    said = "".join(c if can_be_shown(c, lines=True) else "\ufffd" for c in said)
    if len(said) <= most:
        return said
    more = "\n…… 以下从略，见联合画面 · the rest is in the joint picture"
    return said[: most - len(more)].rpartition("\n")[0] + more


def _matching(filled: Filled, name: str, pattern: re.Pattern[str]) -> str:
    value = filled.text(name)
    if not pattern.fullmatch(value):
        filled.wrong(name, _ALTERED)
        return ""
    return value


def _line(name: str, label: Said, value: str) -> Field:
    return Field(name=name, kind="text", label=label, value=value, required=True, most=200)
