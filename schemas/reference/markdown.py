"""Pieces of Markdown as GitHub reads it."""

import re
from collections.abc import Iterable, Sequence

_EXPRESSION_WIDTH = 96
_TOKEN = re.compile(r"'[^']*'|\"[^\"]*\"|&&|\|\||[?:]|(?:(?!&&|\|\|)[^'\"?:])+")
_OPERATORS = ("&&", "||", "?", ":")
_NOT_IN_ANCHOR = re.compile(r"[^\w\- ]")


def cell(text: str) -> str:
    """Text for a table's cell: no line ends, no bare pipes, no tags."""
    return text.replace("\n\n", "<br>").replace("\n", " ").replace("|", "\\|")


def prose(text: str) -> str:
    """Text of a comment: what would read as a tag or as emphasis is shown as it is."""
    return text.replace("<", "&lt;").replace("*", "\\*")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Lines of a table. Columns in which every row is empty are left out. No rows: no lines."""
    body = [list(row) for row in rows]
    if not body:
        return []
    kept = [i for i in range(len(head)) if any(row[i] for row in body)]
    lines = [[head[i] for i in kept], ["---"] * len(kept)]
    lines += [[cell(row[i]) for i in kept] for row in body]
    return [f"| {' | '.join(line)} |" for line in lines]


def link(text: str, target: str) -> str:
    """A link."""
    return f"[{text}]({target})"


def fenced(text: str, language: str = "") -> list[str]:
    """Lines of a block of code."""
    return [f"```{language}", *text.splitlines(), "```"]


def wrapped_expression(expression: str) -> str:
    """A CEL expression in lines, broken before operators: && || ? and :."""
    lines, line = [], ""
    for part in _parts(expression):
        if line and len(line) + 1 + len(part) > _EXPRESSION_WIDTH:
            lines.append(line)
            line = f"  {part}"
        else:
            line = f"{line} {part}" if line else part
    return "\n".join([*lines, line])


def _parts(expression: str) -> list[str]:
    """The expression cut before each operator that does not stand in a text."""
    parts = [""]
    for token in _TOKEN.findall(expression):
        if token in _OPERATORS:
            parts.append(token)
        elif parts[-1] in _OPERATORS:
            parts[-1] += f" {token.strip()}"
        else:
            parts[-1] += token
    return [part.strip() for part in parts]


def anchor(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    return _NOT_IN_ANCHOR.sub("", heading.strip().lower()).replace(" ", "-")


def page(blocks: Iterable[Sequence[str]]) -> str:
    """A page from blocks of lines, one empty line between them. Empty blocks are left out."""
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"
