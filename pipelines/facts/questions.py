"""Questions about the data: what can't be as it was told.

Whoever evaluates a subject asks; the summary shows the questions and counts them, so that nonsense from one
participant neither stops the picture nor hides in it.
"""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple, Protocol

from pipelines.facts.scope import told_us
from yrd.exchange.v1.message_pb2 import DataLevel, Message, Priority
from yrd.situation.v1.situation_pb2 import DataQuestion, DataQuestionCount

MOST_LISTED = 20
"""Questions of one kind to one participant that are listed; all are counted."""


class Question(NamedTuple):
    """What is wrong with one message. `field` is empty if it is the message as a whole.

    Of the message are also its entity, its priority and data level, which an objection to it shares, and when
    it was told (microseconds since 1970).
    """

    kind: str
    participant: str
    message_id: str
    field: str
    text_zh: str
    text_en: str
    entity_id: str = ""
    priority: Priority = Priority.PRIORITY_ROUTINE
    data_level: DataLevel = DataLevel.DATA_LEVEL_GENERAL_3
    told_us: int = 0


class Asked(Protocol):
    """Whatever questions are put beside."""

    questions: set[Question]


def about(message: Message, kind: str, field: str, text_zh: str, text_en: str) -> Question:
    """A question to the origin of a message."""
    header = message.header
    return Question(
        kind,
        message.stamp.origin,
        header.message_id,
        field,
        text_zh,
        text_en,
        header.entity_id,
        header.priority,
        header.data_level,
        told_us(message),
    )


def ask(known: Asked, question: Question) -> None:
    """Puts a question beside the picture; the same one twice is one."""
    known.questions.add(question)


def listed(questions: Iterable[Question]) -> list[DataQuestion]:
    """Up to MOST_LISTED of each kind and participant, those with the newest message ids; sorted."""
    groups: dict[tuple[str, str], list[Question]] = {}
    for question in sorted(questions):
        groups.setdefault((question.kind, question.participant), []).append(question)
    chosen = [q for group in groups.values() for q in group[-MOST_LISTED:]]
    return [_shown(question) for question in chosen]


def _shown(question: Question) -> DataQuestion:
    return DataQuestion(
        kind=question.kind,
        participant=question.participant,
        message_id=question.message_id,
        field=question.field,
        text_zh=question.text_zh,
        text_en=question.text_en,
    )


def counts(questions: Iterable[Question]) -> list[DataQuestionCount]:
    """How many there are by kind and participant; sorted."""
    found = Counter((question.kind, question.participant) for question in questions)
    return [
        DataQuestionCount(kind=kind, participant=participant, count=count)
        for (kind, participant), count in sorted(found.items())
    ]
