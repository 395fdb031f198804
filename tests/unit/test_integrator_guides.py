"""The integrator's guides quote the example programs, and must not drift from them."""

import re
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from yrd.exchange.v1.errors_pb2 import ErrorReason

GUIDES = Path(__file__).resolve().parents[2] / "docs" / "integrate"
QUOTE = re.compile(r"^```\w+ file=(\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)[^)]*\)")
REASON = re.compile(r"^\| [A-Z_]+ \| ([A-Z_]+) \| \S", re.MULTILINE)
SOURCES = (".go", ".java", ".py", ".xml", ".yaml", ".txt", ".mod")


def guides() -> list[Path]:
    return sorted(GUIDES.glob("*.md"))


def quotes() -> list[tuple[str, str, str]]:
    """Guide, file and text of every block that names a file."""
    return [
        (guide.name, file, text)
        for guide in guides()
        for file, text in QUOTE.findall(guide.read_text(encoding="utf-8"))
    ]


def holds(content: str, block: str) -> bool:
    """Whether the lines of the block stand in the content, one after another, at any indent."""
    lines, wanted = content.splitlines(), dedent(block).splitlines()
    windows = (lines[n : n + len(wanted)] for n in range(len(lines)))
    return any(dedent("\n".join(window)).splitlines() == wanted for window in windows)


@pytest.mark.parametrize(("guide", "file", "text"), quotes())
def test_a_quoted_block_stands_in_its_file(guide: str, file: str, text: str) -> None:
    content = (GUIDES / file).read_text(encoding="utf-8")
    assert holds(content, text), f"{guide} quotes {file}, which no longer says:\n{text}"


def sources() -> Iterator[Path]:
    for language in ("go", "java", "python"):
        for path in (GUIDES / language).rglob("*"):
            made = {"gen", "target", ".venv"} & set(path.relative_to(GUIDES).parts)
            if path.suffix in SOURCES and not made:
                yield path


def test_a_guide_names_every_file_of_its_language() -> None:
    for path in sources():
        name = path.relative_to(GUIDES)
        guide = GUIDES / f"{name.parts[0]}.md"
        assert f"({name.as_posix()})" in guide.read_text(encoding="utf-8"), f"{name} is in no link"


@pytest.mark.parametrize("guide", guides(), ids=lambda path: path.name)
def test_links_lead_somewhere(guide: Path) -> None:
    for link in LINK.findall(guide.read_text(encoding="utf-8")):
        assert (guide.parent / link).exists(), f"{guide.name}: {link}"


def test_the_guide_says_what_to_do_about_every_reason() -> None:
    told = REASON.findall((GUIDES / "README.md").read_text(encoding="utf-8"))
    names = [name.removeprefix("ERROR_REASON_") for name in ErrorReason.keys()]  # noqa: SIM118
    assert sorted(told) == sorted(set(names) - {"UNSPECIFIED"})
