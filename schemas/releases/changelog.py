"""The contract's entries in CHANGELOG.md."""

from collections.abc import Iterable
from datetime import date
from itertools import groupby

from schemas.releases.changes import News
from schemas.releases.version import Version

_TITLE, _UNRELEASED = "# Changelog", "## Unreleased"
_WIDTH = 110


class ChangelogError(Exception):
    """A changelog that no entry can be put into; the text says why and what to do."""


def entry(version: Version, day: date, news: Iterable[News]) -> str:
    """A heading, and a list with one item for each family."""
    lines = [f"## Contract {version} — {day.isoformat()}"]
    for family, items in groupby(sorted(set(news)), key=lambda item: item.family):
        parts = [_part(what, list(same)) for what, same in groupby(items, key=lambda i: i.what)]
        lines += _item(f"{family}: {'; '.join(parts)}.")
    if len(lines) == 1:
        lines.append("- Comments and generated schemas only.")
    return "\n".join(lines) + "\n"


def _part(what: str, same: list[News]) -> str:
    plural = "s" if len(same) > 1 else ""
    return f"{what}{plural} {', '.join(item.text for item in same)}"


def _item(text: str) -> list[str]:
    """A list item, broken between words."""
    lines, current = [], "-"
    for word in text.split(" "):
        if len(current) + 1 + len(word) > _WIDTH:
            lines.append(current)
            current = " "
        current += f" {word}"
    return [*lines, current]


def inserted(changelog: str, version: Version, text: str) -> str:
    """The changelog with the entry, newest first but behind what is unreleased.

    Raises ChangelogError if it is no changelog or has the version already.
    """
    lines = changelog.splitlines(keepends=True)
    if not lines or lines[0].strip() != _TITLE:
        raise ChangelogError(f"CHANGELOG.md: does not begin with '{_TITLE}': put that line first")
    headings = [i for i, content in enumerate(lines) if content.startswith("## ")]
    if any(lines[i].startswith(f"## Contract {version} ") for i in headings):
        raise ChangelogError(
            f"CHANGELOG.md: has an entry for contract {version} already: take another version"
        )
    at = next((i for i in headings if lines[i].strip() != _UNRELEASED), len(lines))
    before, after = "".join(lines[:at]).rstrip("\n"), "".join(lines[at:])
    return f"{before}\n\n{text}" + (f"\n{after}" if after else "")
