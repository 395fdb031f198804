"""yrd config init: asks, explains, writes a file."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from integration.cli.ending import BAD_INPUT, INTERRUPTED, REFUSED, fail

if TYPE_CHECKING:
    from integration.setup.question import Answers, Known, Question

KINDS = ("gateway", "bridge", "page", "http", "pipeline")


def _kinds(incomplete: str) -> list[str]:
    return [kind for kind in KINDS if kind.startswith(incomplete)]


def init(
    kind: Annotated[
        str,
        typer.Argument(help=f"What to set up: {', '.join(KINDS)}.", autocompletion=_kinds),
    ],
    to: Annotated[
        Path | None, typer.Option(help="The file to write; KIND.yaml here if left out.")
    ] = None,
    answers: Annotated[
        Path | None,
        typer.Option(help="Answers, as --questions prints them; then nothing is asked."),
    ] = None,
    given: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=ANSWER", help="One answer; may be repeated."),
    ] = None,
    usual: Annotated[
        bool, typer.Option("--yes", help="Ask nothing: take the usual answer for the rest.")
    ] = False,
    questions: Annotated[
        bool, typer.Option("--questions", help="Print the questions as a file of answers; no more.")
    ] = False,
) -> None:
    """Ask what a file needs, say why and what is usual, and write it with comments.

    A file that is there is never overwritten. What is written is what the program itself accepts.
    At the end it says what comes next, and checks the file if you like.
    """
    from gateway.settings_file import ConfigError
    from integration.setup.answers_file import to_fill_in
    from integration.setup.kinds import KINDS as FILES
    from integration.setup.kinds import content
    from integration.setup.question import AnswersError, Known

    if kind not in FILES:
        fail(f"{kind!r}: one of {', '.join(KINDS)}", BAD_INPUT)
    file = to or Path(f"{kind}.yaml")
    folder = file.resolve().parent
    if questions:
        print("\n".join(to_fill_in(FILES[kind].questions, folder)))
        return
    if file.exists():
        fail(f"{file}: 已存在，不会覆盖 is there and stays: choose another with --to", REFUSED)
    quiet = usual or answers is not None
    try:
        found = _answers(FILES[kind].questions, answers, given or [], quiet, folder)
        known = Known(found, folder)
        _write(file, content(kind, known))
    except (AnswersError, ConfigError) as error:
        fail(str(error), BAD_INPUT)
    print(f"\n已写入 wrote {file}")
    _say_next(kind, file, known)
    if not quiet and typer.confirm("现在检查？ Check it now?", default=True):
        from integration.cli.config import check

        check(file)


def _answers(
    questions: "tuple[Question, ...]",
    file: Path | None,
    given: list[str],
    quiet: bool,
    folder: Path,
) -> "Answers":
    from integration.setup.answers_file import pairs, read
    from integration.setup.question import settled

    told = {**(read(file) if file else {}), **pairs(given)}
    if not quiet:
        settled_now = _asked(questions, told, folder)
        return settled(questions, settled_now, folder)
    return settled(questions, told, folder)


def _asked(questions: "tuple[Question, ...]", told: "Answers", folder: Path) -> "Answers":
    """Answers from the person, but for those that are told already."""
    from integration.setup.question import Known

    print("回车采用方括号中的通常答案；“-”表示留空。")
    print("Enter takes the usual answer in brackets; - leaves empty.")
    answers: dict[str, str] = {}
    known = Known(answers, folder)
    try:
        for question in questions:
            if not question.when(known):
                answers[question.key] = ""
            elif question.key in told:
                answers[question.key] = told[question.key]
            else:
                answers[question.key] = _ask(question, known)
    except typer.Abort:
        fail(
            "没有回答，未写任何文件 no answer, nothing was written: answer, or use --answers FILE or --yes",
            INTERRUPTED,
        )
    return {**told, **answers}


def _ask(question: "Question", known: "Known") -> str:
    """One answer, asked until it can be taken."""
    print(f"\n{question.asks.zh} {question.asks.en}")
    print(f"  {question.why.zh}\n  {question.why.en}")
    usual = question.usual(known)
    while True:
        typed = typer.prompt(question.key, default=usual, show_default=bool(usual)).strip()
        answer = "" if typed == "-" else typed
        problem = question.problem(answer, known)
        if not problem:
            return answer
        print(f"  {problem}")


def _write(file: Path, content: str) -> None:
    """Writes a file that is not there yet; others than its owner and group can't read it."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640), "w") as opened:
            opened.write(content)
    except OSError as error:
        fail(f"{file}: {error.strerror}; choose another with --to", BAD_INPUT)


def _say_next(kind: str, file: Path, known: "Known") -> None:
    from integration.setup.next_steps import steps

    print("接下来 Next:")
    for number, (what, command) in enumerate(steps(kind, file, known), 1):
        print(f"{number}. {what.zh}\n   {what.en}\n     {command}")
