"""What an answer must be. Each rule gives what is wrong and what to do, or an empty text."""

import re
from collections.abc import Callable

from integration.setup.question import Known

Rule = Callable[[str, Known], str]

YES, NO = "yes", "no"
_WORDS = {"y": YES, "yes": YES, "true": YES, "是": YES, "n": NO, "no": NO, "false": NO, "否": NO}
_ADDRESS = re.compile(r"[^\s:,]+:\d{1,5}")
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_SYSTEM = re.compile(r"[a-z0-9][a-z0-9._*-]{0,63}")


def one_of(*choices: str) -> Rule:
    """One of a few words."""

    def rule(answer: str, known: Known) -> str:
        return "" if answer in choices else f"{answer!r}: one of 请选 {', '.join(choices)}"

    return rule


def yes_or_no(answer: str, known: Known) -> str:
    """是 or 否 in any of their spellings."""
    return "" if answer.lower() in _WORDS else f"{answer!r}: 是或否 yes or no"


def is_yes(answer: str) -> bool:
    """Whether an answer to such a question is yes."""
    return _WORDS.get(answer.lower()) == YES


def address(answer: str, known: Known) -> str:
    """HOST:PORT."""
    fits = _ADDRESS.fullmatch(answer) and int(answer.rpartition(":")[2]) < 1 << 16
    return "" if fits else f"{answer!r}: 主机:端口 HOST:PORT, such as 10.31.0.5:7310"


def addresses(answer: str, known: Known) -> str:
    """HOST:PORT, with commas."""
    return next(filter(None, (address(each, known) for each in listed(answer))), "")


def name(answer: str, known: Known) -> str:
    """A name of one system."""
    fits = _NAME.fullmatch(answer)
    return "" if fits else f"{answer!r}: 小写字母、数字 small letters, digits, . _ and -"


def systems(answer: str, known: Known) -> str:
    """Names or patterns of systems, with commas."""
    bad = [each for each in listed(answer) if not _SYSTEM.fullmatch(each)]
    return f"{bad[0]!r}: 小写字母、数字 small letters, digits, . _ - and *" if bad else ""


def number(least: float, most: float) -> Rule:
    """A number between two."""

    def rule(answer: str, known: Known) -> str:
        try:
            fits = least <= float(answer) <= most
        except ValueError:
            fits = False
        return "" if fits else f"{answer!r}: 数字 a number from {least:g} to {most:g}"

    return rule


def listed(answer: str) -> list[str]:
    """The parts of an answer with commas (also 、 and ，)."""
    return [part.strip() for part in re.split("[,，、]", answer) if part.strip()]
