"""Text as man(7) wants it: what a formatter would take for a command or an escape is made harmless."""

import re
from collections.abc import Iterable, Iterator

_SPECIAL = {
    "\\": r"\e",
    "-": r"\-",
    "'": r"\(aq",
    "^": r"\(ha",
    "~": r"\(ti",
    "`": r"\(ga",
    '"': r"\(dq",
}


def plain(text: str) -> str:
    """A text that is shown as it is."""
    shown = "".join(_SPECIAL.get(char, char) for char in text)
    return re.sub(r"(?m)^\.", r"\\&.", shown)


def bold(text: str) -> str:
    """A text in bold."""
    return rf"\fB{plain(text)}\fR"


def italic(text: str) -> str:
    """A text in italics: what a person replaces."""
    return rf"\fI{plain(text)}\fR"


def title(name: str, version: str) -> str:
    """The first line of a page."""
    source = plain(f"yrd {version}")
    return f'.TH {plain(name.upper())} 1 "" "{source}" "Yangtze Delta exchange"'


def section(heading: str, lines: Iterable[str]) -> Iterator[str]:
    """A section, if it has any lines."""
    found = list(lines)
    if found:
        yield f".SH {heading}"
        yield from found


def paragraphs(text: str) -> Iterator[str]:
    """Paragraphs that blank lines part; lines within one flow together."""
    for number, part in enumerate(re.split(r"\n\s*\n", text.strip())):
        if number:
            yield ".PP"
        yield plain(" ".join(part.split()))


def item(tag: str, text: str) -> Iterator[str]:
    """A tag that is made already, and what it means."""
    yield ".TP"
    yield tag
    yield plain(" ".join(text.split()) or "—")


def example(lines: Iterable[str]) -> Iterator[str]:
    """Lines that stand as they are typed."""
    yield ".nf"
    yield from (plain(line) for line in lines)
    yield ".fi"
