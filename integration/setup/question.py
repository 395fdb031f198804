"""A question about a configuration, with its reason, its usual answer and what an answer must be."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

Answers = Mapping[str, str]
"""Answers by the key of their question. One that was left empty is "", and of several words has commas."""


class Both(NamedTuple):
    """A text in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Known:
    """What was answered so far, and the folder where the file will lie: relative paths begin there."""

    answers: Answers
    folder: Path

    def __getitem__(self, key: str) -> str:
        return self.answers[key]

    def has(self, path: str) -> bool:
        """Whether there is such a file or folder."""
        return (self.folder / path).exists()


def _nothing(known: Known) -> str:
    return ""


def _always(known: Known) -> bool:
    return True


def _any(answer: str, known: Known) -> str:
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """`usual`: the answer that fits most. `fault`: what is wrong with an answer and what to do, or "".

    `optional`: an empty answer is one, too. `when`: whether it is asked at all.
    """

    key: str
    asks: Both
    why: Both
    usual: Callable[[Known], str] = _nothing
    fault: Callable[[str, Known], str] = _any
    optional: bool = False
    when: Callable[[Known], bool] = _always

    def problem(self, answer: str, known: Known) -> str:
        """What is wrong with an answer and what to do; empty if it can be taken."""
        if not answer:
            return "" if self.optional else "必须回答 needs an answer"
        return self.fault(answer, known)


class AnswersError(Exception):
    """Answers that can't be used; the text names each question, what is wrong and what to do."""


def settled(questions: tuple[Question, ...], given: Answers, folder: Path) -> Answers:
    """All answers: those given, and the usual ones for the rest.

    Raises AnswersError that names every wrong, missing and unknown one.
    """
    answers: dict[str, str] = {}
    known = Known(MappingProxyType(answers), folder)
    faults: list[str] = []
    for question in questions:
        if not question.when(known):
            answers[question.key] = ""
            continue
        answer = given[question.key] if question.key in given else question.usual(known)
        answers[question.key] = answer
        if problem := question.problem(answer, known):
            faults.append(f"{question.key}: {problem} ({question.asks.zh} {question.asks.en})")
    faults += _unknown(questions, given)
    if faults:
        raise AnswersError("\n".join(faults))
    return answers


def _unknown(questions: tuple[Question, ...], given: Answers) -> list[str]:
    keys = [question.key for question in questions]
    return [
        f"{key}: no such question; known: {', '.join(keys)}" for key in given if key not in keys
    ]
