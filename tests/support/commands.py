"""The command `yrd` in this process, as a person types it."""

import json
import signal
from collections.abc import Sequence
from typing import Any, NamedTuple

import typer
from typer.testing import CliRunner

from integration.cli.main import app

WIDE = {"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"}


class Ran(NamedTuple):
    """How a command ended, and what it said."""

    status: int
    out: str
    err: str

    def json(self) -> Any:
        """Standard output as one JSON value."""
        return json.loads(self.out)

    def json_lines(self) -> list[Any]:
        """Standard output as one JSON value a line."""
        return [json.loads(line) for line in self.out.splitlines()]


def yrd(*arguments: object, stdin: str | bytes = "") -> Ran:
    """Runs it. An exception that is not its way of ending is raised here: a person saw a traceback."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        result = CliRunner().invoke(app, [str(a) for a in arguments], input=stdin, env=WIDE)
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ran(result.exit_code, result.stdout, result.stderr)


def all_commands() -> dict[str, Any]:
    """Every command by its words, "certs init" for example."""
    return dict(_commands(typer.main.get_command(app), ()))


def _commands(command: Any, words: tuple[str, ...]) -> list[tuple[str, Any]]:
    if not hasattr(command, "commands"):
        return [(" ".join(words), command)]
    return [
        found for name, sub in command.commands.items() for found in _commands(sub, (*words, name))
    ]


def taken(arguments: Sequence[str]) -> list[str]:
    """Reads what a person typed after `yrd` as the command would, and does not run it.

    Raises what the command raises at a word, an option or a value that there is not. Returns its words.
    """
    command: Any = typer.main.get_command(app)
    words, left = list[str](), list(arguments)
    while left and left[0] in getattr(command, "commands", {}):
        command = command.commands[left[0]]
        words.append(left.pop(0))
    command.make_context("yrd", left)
    return words
