"""Questions about the data, put to their origins as objections of the joint duty room (数据异议).

Each is said once: its entity id follows from what is asked. While one about an entity stands, later revisions
of that entity with the same fault are not objected to, too; and of each kind to each participant at most
MOST_OPEN are open, so that a flood of nonsense makes no flood of objections. When a question is gone its
objection is taken back, unless the origin has answered: then it is settled. What an origin has rejected is
not asked again about that entity. A fault that comes and goes is objected to MOST_A_DAY times a day.

What a message of another participant may settle is waited for: links are slower one than another, and whoever
answered a request that is on its way here is not to blame. Until then the question is in the summary alone.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Set
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple, Protocol

from pipelines.facts.questions import Question
from pipelines.facts.scope import ACTUAL, PARTICIPANTS, micros, timestamp
from pipelines.questions.kinds import kind_of
from pipelines.questions.objection_words import (
    AUTHOR,
    BEGIN,
    RAISED,
    REJECTED,
    TAKEN_BACK,
    UPHELD,
    Word,
    standing,
    standing_of,
)
from schemas import message_ids
from yrd.coordination.v1.dialogue_pb2 import Objection, ObjectionStep
from yrd.exchange.v1.message_pb2 import DataLevel, Draft, Header, Mode, Priority

MOST_OPEN = 20
"""Objections of one kind to one participant that stand unanswered at a time; further questions wait."""
MOST_A_DAY = 3
"""Objections to one kind of fault of one entity within 24 hours; then it is only counted."""
DAY_US = 86_400_000_000
WAIT_US = 600_000_000
"""How long after it was told a reference to another participant's message may be unknown without objection:
ten minutes, our choice; messages take seconds over a link that is up. A day while another is silent."""

_ADDRESSEES = frozenset(PARTICIPANTS) - {AUTHOR}
_LONGEST_TEXT = 2000
_PATH = re.compile(r"[a-z][a-z0-9_]*(\[[0-9]+\])?(\.[a-z][a-z0-9_]*(\[[0-9]+\])?)*")
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_GONE = (
    "相关数据已更正或不再适用，撤回本异议。 The data have changed or no longer apply: taken back."
)


_LAST = (
    f"同一数据的同类问题一日内已提出{MOST_A_DAY}次，此后一日内不再提出，仍计入数据疑问。",
    f" This was objected to {MOST_A_DAY} times within a day: for a day it is not again, and only counted.",
)


class Before(Protocol):
    """What was said before."""

    def word(self, entity_id: str) -> Word:
        """The last word on an objection."""
        ...

    def at_step(self, begin: str, step: ObjectionStep) -> list[str]:
        """Entity ids of objections at that step that begin so."""
        ...


class Due(NamedTuple):
    """An objection to be published, and the word on it that is then known."""

    draft: Draft
    word: Word


class _Case(NamedTuple):
    """A question with the entity id of its objection."""

    objection_id: str
    question: Question


def due(
    scope: str,
    as_of_us: int,
    questions: Iterable[Question],
    before: Before,
    silent: Set[str] = frozenset(),
) -> list[Due]:
    """What is to be said at an instant, by entity id: objections to raise, and to take back.

    `silent`: participants of whom something was heard and nothing lately; what they told may be on its way.
    """
    cases = sorted(_cases(scope, questions))
    faults = {_fault(case.objection_id) for case in cases}
    begin = f"{BEGIN}{scope}/"
    said = []
    opened: Counter[tuple[str, str]] = Counter()
    covered = {_fault(name) for name in before.at_step(begin, REJECTED)}
    for name in before.at_step(begin, RAISED):
        if _fault(name) in faults:
            covered.add(_fault(name))
            opened[_kind(name), standing_of(before.word(name)[1]).about.addressee] += 1
        else:
            said.append(_take_back(name, scope, as_of_us, before.word(name)))
    for name, question in sorted(cases, key=lambda case: case.question.message_id):
        place = _kind(name), question.participant
        if opened[place] >= MOST_OPEN or _fault(name) in covered:
            continue
        if _may_be_settled(question, as_of_us, silent):
            continue
        if before.word(name)[0] == 0:
            opened[place] += 1
            covered.add(_fault(name))
            time = _lately(before, name, as_of_us) + 1
            if time <= MOST_A_DAY:
                said.append(_raise(name, scope, as_of_us, question, time == MOST_A_DAY))
    return sorted(said, key=lambda one: one.draft.header.entity_id)


def _may_be_settled(question: Question, as_of_us: int, silent: Set[str]) -> bool:
    """Whether what another participant told may be on its way here and settle it."""
    if not kind_of(question.kind).by_any:
        return False
    others_silent = bool(silent - {question.participant})
    return as_of_us < question.told_us + (DAY_US if others_silent else WAIT_US)


def _lately(before: Before, name: str, as_of_us: int) -> int:
    """How often the same fault of the same entity was objected to within a day and has been settled since."""
    begin = name.rpartition(".")[0] + "."
    settled = [n for step in (TAKEN_BACK, UPHELD) for n in before.at_step(begin, step)]
    told = [micros(standing_of(before.word(n)[1]).header.reported_time) for n in settled]
    return sum(as_of_us - at_us < DAY_US for at_us in told)


def _cases(scope: str, questions: Iterable[Question]) -> Iterator[_Case]:
    """One for each kind and message that an objection can be about: the first of its fields."""
    found: dict[str, Question] = {}
    for question in sorted(questions):
        asked = kind_of(question.kind).ground is not None
        if asked and question.participant in _ADDRESSEES and _ID.fullmatch(question.message_id):
            found.setdefault(_objection_id(scope, question), question)
    return (_Case(*item) for item in found.items())


@lru_cache(maxsize=16_384)
def _objection_id(scope: str, question: Question) -> str:
    """Kind, the kind and entity, and the message, as digests: the id of an exercise may be long."""
    kind, participant, message_id = question.kind, question.participant, question.message_id
    fault = f"{kind}|{participant}|{question.entity_id or message_id}"
    return f"{BEGIN}{scope}/{_hex(kind, 8)}.{_hex(fault, 16)}.{_hex(message_id, 12)}"


def _hex(text: str, digits: int) -> str:
    return sha256(text.encode()).hexdigest()[:digits]


def _kind(objection_id: str) -> str:
    """Digest of the kind."""
    return objection_id.rpartition("/")[2].split(".")[0]


def _fault(objection_id: str) -> str:
    """Digest of kind, participant and entity."""
    return objection_id.rpartition("/")[2].split(".")[1]


def _raise(
    objection_id: str, scope: str, as_of_us: int, question: Question, last_today: bool
) -> Due:
    kind = kind_of(question.kind)
    last_zh, last_en = _LAST if last_today else ("", "")
    zh, en = question.text_zh[:_LONGEST_TEXT], question.text_en[:_LONGEST_TEXT]
    text = f"{kind.name_zh}：{zh}。{last_zh} {kind.name_en}: {en}.{last_en}"
    said = Objection(
        author=AUTHOR,
        objector=AUTHOR,
        addressee=question.participant,
        step=RAISED,
        message_id=question.message_id,
        field_path=question.field if _PATH.fullmatch(question.field) else "",
        ground=kind.ground,
        statement=text,
    )
    header = Header(
        priority=question.priority or Priority.PRIORITY_ROUTINE,
        data_level=question.data_level or DataLevel.DATA_LEVEL_GENERAL_3,
    )
    return _due(objection_id, scope, as_of_us, 1, header, said)


def _take_back(objection_id: str, scope: str, as_of_us: int, known: Word) -> Due:
    revision, text = known
    was = standing_of(text)
    said = Objection()
    said.CopyFrom(was.about)
    said.step, said.objection_id, said.statement = TAKEN_BACK, objection_id, _GONE
    return _due(objection_id, scope, as_of_us, revision + 1, was.header, said)


def _due(
    objection_id: str, scope: str, as_of_us: int, revision: int, common: Header, said: Objection
) -> Due:
    seed = f"{objection_id}|{revision}|".encode() + said.SerializeToString(deterministic=True)
    exercise = scope != ACTUAL
    header = Header()
    header.CopyFrom(common)
    header.message_id = message_ids.derived(as_of_us // 1000, sha256(seed).digest())
    header.entity_id, header.revision = objection_id, revision
    header.mode = Mode.MODE_EXERCISE if exercise else Mode.MODE_ACTUAL
    header.exercise_id = scope.removeprefix("exercise/") if exercise else ""
    header.occurred_time.CopyFrom(timestamp(as_of_us))
    header.reported_time.CopyFrom(header.occurred_time)
    header.in_reply_to = said.message_id
    return Due(Draft(header=header, objection=said), (revision, standing(header, said).text()))
