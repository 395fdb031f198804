"""`--help` teaches: every command says what it does, what each of its arguments is, and shows an example."""

import shlex
from typing import Any

import pytest

from integration.cli.ending import STATUSES
from integration.cli.examples import EXAMPLES
from tests.support.commands import all_commands, taken, yrd

COMMANDS = all_commands()


def test_the_commands_are_these() -> None:
    assert set(COMMANDS) == {
        "up",
        "drill",
        "page",
        "acts",
        "status",
        "publish",
        "template",
        "tail",
        "get",
        "list",
        "certs init",
        "certs issue",
        "certs renew",
        "certs revoke",
        "certs rotate-keys",
        "config check",
        "config init",
        "config files",
        "config man",
        "bridge kafka init",
        "bridge kafka check",
        "bridge kafka out",
        "bridge kafka in",
        "cap in",
        "cap out",
        "edxl check",
        "edxl in",
        "edxl out",
        "import resources",
        "import waybills",
        "import template",
        "agreements check",
        "agreements explain",
        "agreements list",
        "alarms show",
        "alarms settle",
        "alarms report-missing",
        "incident merge",
        "incident split",
        "incident withdraw",
        "gateway serve",
        "gateway reload",
        "audit access",
        "gateway move-store",
        "gateway recover",
        "audit verify",
        "audit account",
        "audit reconcile",
        "evidence export",
        "evidence verify",
        "objection raise",
        "objection answer",
        "objection take-back",
        "objection list",
        "objection trace",
        "retention check",
        "retention run",
        "retention status",
        "retention ledger",
        "retention ended",
        "contracts check",
        "contracts convert",
        "contracts release",
        "contracts verify",
        "contracts prepare",
        "http token",
        "http tokens",
        "http openapi",
        "http revoke",
        "pipeline run",
        "pipeline backfill",
        "pipeline as-of",
        "pipeline report",
        "pipeline supplies",
        "pipeline warnings",
        "pipeline submit",
        "simulate mesh",
        "simulate needs",
        "backup verify",
        "backup restore",
        "backup list",
        "doctor",
    }


@pytest.mark.parametrize("words", COMMANDS)
def test_help_names_every_argument(words: str) -> None:
    ran = yrd(*words.split(), "--help")
    assert ran.status == 0
    said = " ".join(ran.out.split())
    first_sentence = COMMANDS[words].help.split("\n")[0]
    assert first_sentence in said
    for parameter in COMMANDS[words].params:
        if parameter.name != "help":
            assert _shown(parameter) in said, parameter.name
            assert " ".join(parameter.help.split()) in said, parameter.name


def _shown(parameter: Any) -> str:
    """An option's name as it is typed, an argument's as it stands in the usage line."""
    typed: str = parameter.opts[0] if parameter.param_type_name == "option" else parameter.name
    return typed


@pytest.mark.parametrize("words", COMMANDS)
def test_help_ends_with_an_example(words: str) -> None:
    assert EXAMPLES.get(words), f"give `yrd {words}` an example in integration/cli/examples.py"
    said = " ".join(yrd(*words.split(), "--help").out.split())
    for example in EXAMPLES[words]:
        assert " ".join(example.split()) in said


@pytest.mark.parametrize(
    ("words", "example"), [(words, each) for words, found in EXAMPLES.items() for each in found]
)
def test_an_example_is_what_its_command_takes(words: str, example: str) -> None:
    """Not run, but read as the command would read it: words, options and kinds of values."""
    program, *typed = shlex.split(example.partition(" > ")[0])
    assert (program, taken(typed)) == ("yrd", words.split())


def test_short_and_long() -> None:
    assert yrd("-h").out == yrd("--help").out


def test_the_statuses_are_explained() -> None:
    said = " ".join(yrd("--help").out.split())
    assert " ".join(STATUSES.split()) in said


@pytest.mark.parametrize("group", ["certs", "config", "gateway", "audit", "pipeline"])
def test_a_group_alone_shows_its_commands(group: str) -> None:
    ran = yrd(group)
    shown = ran.out + ran.err
    for words in COMMANDS:
        if words.startswith(f"{group} "):
            assert words.split()[1] in shown


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["pubish"], "publish"),
        (["publish", "--dri", "x"], "--dir"),
        (["get"], "message_id"),
        (["audit", "verify"], "--config"),
    ],
)
def test_a_slip_of_the_hand_is_explained(arguments: list[str], words: str) -> None:
    ran = yrd(*arguments)
    assert ran.status == 2
    assert words in ran.err
