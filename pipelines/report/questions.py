"""Questions about the data as text: how many of each kind to whom, then those that are listed."""

from collections.abc import Iterable

from pipelines.questions.kinds import kind_of
from pipelines.words import ZH, Words
from yrd.situation.v1.situation_pb2 import DataQuestion, DataQuestionCount, SituationSummary


def lines(summary: SituationSummary, words: Words) -> Iterable[str]:
    """Lines of the section."""
    listed: dict[tuple[str, str], list[DataQuestion]] = {}
    for question in summary.questions:
        listed.setdefault((question.kind, question.participant), []).append(question)
    for count in summary.question_counts:
        found = listed.get((count.kind, count.participant), [])
        yield _heading(count, len(found), words)
        for question in found:
            yield _line(question, words)


def _heading(count: DataQuestionCount, listed: int, words: Words) -> str:
    kind = kind_of(count.kind)
    name = words.name(count.participant)
    more = count.count > listed
    return words.say(
        f"{name} {kind.name_zh}：{count.count}项" + (f"，列出最新{listed}项" if more else ""),
        f"{name}, {kind.name_en}: {count.count}"
        + (f", the newest {listed} listed" if more else ""),
    )


def _line(question: DataQuestion, words: Words) -> str:
    text = question.text_zh if words is ZH else question.text_en
    field = f" {question.field}" if question.field else ""
    return f"    {text}{words.say('（', ' (')}{question.message_id}{field}{words.say('）', ')')}"
