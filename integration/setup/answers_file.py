"""Answers in a file: one key and value a line, as YAML; and the questions as such a file to fill in."""

from collections.abc import Iterator
from pathlib import Path

import yaml

from integration.setup.question import Answers, AnswersError, Known, Question
from integration.setup.writing import text


def read(file: Path) -> Answers:
    """The answers of a file. Raises AnswersError."""
    try:
        said = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise AnswersError(f"{file}: {error.strerror}; check the path") from None
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        raise AnswersError(f"{file}: not YAML: {error}") from None
    if said is None:
        return {}
    if not isinstance(said, dict):
        raise AnswersError(f"{file}: expected key: answer, a line each; see --questions")
    return {str(key): _said(value) for key, value in said.items()}


def pairs(given: list[str]) -> Answers:
    """KEY=ANSWER as they stand on a command line. Raises AnswersError."""
    bare = [one for one in given if "=" not in one]
    if bare:
        raise AnswersError(f"--set {bare[0]}: expected KEY=ANSWER; `--questions` shows the keys")
    return {key: answer for key, _, answer in (one.partition("=") for one in given)}


def to_fill_in(questions: tuple[Question, ...], folder: Path) -> Iterator[str]:
    """The questions as a file of answers, with the usual ones in place."""
    answers: dict[str, str] = {}
    known = Known(answers, folder)
    for question in questions:
        answers[question.key] = question.usual(known)
    for question in questions:
        yield f"# {question.asks.zh} {question.asks.en}"
        yield f"# {question.why.zh}"
        yield f"# {question.why.en}"
        yield f"{question.key}: {text(answers[question.key])}\n"


def _said(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ",".join(str(each) for each in value)
    return str(value)
