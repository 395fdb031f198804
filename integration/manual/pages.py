"""A page for each command and each group of commands, from what their help says."""

from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from integration.cli.ending import STATUSES
from integration.cli.examples import EXAMPLES
from integration.manual.roff import (
    bold,
    example,
    italic,
    item,
    paragraphs,
    plain,
    section,
    title,
)

Words = tuple[str, ...]


def pages(command: Any, words: Words = ("yrd",)) -> dict[str, str]:
    """Pages by file name, of a command (as click knows it) and all below it."""
    made = {f"{'-'.join(words)}.1": "\n".join(_page(command, words)) + "\n"}
    for name, inner in _below(command).items():
        if not inner.hidden:
            made |= pages(inner, (*words, name))
    return made


def _page(command: Any, words: Words) -> Iterator[str]:
    name = "-".join(words)
    said = (command.help or "").strip()
    first = " ".join(said.split("\n\n")[0].split())
    yield title(name, _version())
    yield from section("NAME", [f"{plain(name)} \\- {plain(first.rstrip('.'))}"])
    yield from section("SYNOPSIS", [_synopsis(command, words)])
    yield from section("DESCRIPTION", paragraphs(said))
    yield from section("ARGUMENTS", _parameters(command, "argument"))
    yield from section("OPTIONS", _parameters(command, "option"))
    yield from section("COMMANDS", _commands(command, words))
    yield from section("EXAMPLES", _examples(words))
    yield from section("EXIT STATUS", paragraphs(STATUSES.removeprefix("Exit statuses: ")))
    yield from section("SEE ALSO", _see_also(command, words))


def _synopsis(command: Any, words: Words) -> str:
    parts = [bold(" ".join(words))]
    if any(p.param_type_name == "option" and p.name != "help" for p in command.params):
        parts.append(f"[{italic('options')}]")
    parts += [_argument(p) for p in command.params if p.param_type_name == "argument"]
    if _below(command):
        parts.append(f"{italic('command')} ...")
    return " ".join(parts)


def _argument(parameter: Any) -> str:
    shown = italic(_name(parameter)) + (" ..." if parameter.nargs == -1 else "")
    return shown if parameter.required else f"[{shown}]"


def _name(parameter: Any) -> str:
    return str(parameter.metavar or parameter.name)


def _parameters(command: Any, kind: str) -> Iterator[str]:
    for parameter in command.params:
        if parameter.param_type_name != kind or getattr(parameter, "hidden", False):
            continue
        tag = italic(_name(parameter)) if kind == "argument" else _option(parameter)
        yield from item(tag, f"{parameter.help or ''} {_usual(parameter)}")


def _option(parameter: Any) -> str:
    names = ", ".join(bold(name) for name in (*parameter.opts, *parameter.secondary_opts))
    if parameter.is_flag:
        return names
    return f"{names} {italic(parameter.metavar or parameter.opts[0].lstrip('-').upper())}"


def _usual(parameter: Any) -> str:
    if parameter.required:
        return "Required."
    usual = parameter.default
    if (
        usual in (None, "", False, True)
        or callable(usual)
        or not isinstance(usual, (str, int, float))
    ):
        return ""
    return f"Default: {usual}."


def _commands(command: Any, words: Words) -> Iterator[str]:
    for name, inner in _below(command).items():
        if not inner.hidden:
            first = (inner.help or "").strip().split("\n\n")[0]
            yield from item(f"{bold('-'.join((*words, name)))}(1)", first)


def _examples(words: Words) -> Iterator[str]:
    found = EXAMPLES.get(" ".join(words[1:]))
    if found:
        yield from example(found)


def _see_also(command: Any, words: Words) -> Iterator[str]:
    near = [words[:-1]] if len(words) > 1 else []
    near += [(*words, name) for name, inner in _below(command).items() if not inner.hidden]
    if near:
        yield ", ".join(f"{bold('-'.join(each))}(1)" for each in near)


def _below(command: Any) -> dict[str, Any]:
    return getattr(command, "commands", {})


def _version() -> str:
    try:
        return version("yangtze-delta-exchange")
    except PackageNotFoundError:
        return ""
