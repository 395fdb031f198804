"""Links between the documents lead somewhere: the file is there, and so is the heading."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("docs", "integration", "schemas", "proto", "tests", "client", "gateway", "pipelines")
MADE = {"node_modules", ".venv", "build", "gen", "target", "__pycache__"}
FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,}).*?^[ \t]*\1`*[ \t]*$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"(`+)(?!`).+?\1")
LINK = re.compile(r"\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)")
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
ANCHOR = re.compile(r"<a\s+(?:id|name)=\"([^\"]+)\"")
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def documents() -> list[Path]:
    found = [*ROOT.glob("*.md")]
    for folder in FOLDERS:
        found += [p for p in (ROOT / folder).rglob("*.md") if not MADE & set(p.parts)]
    return sorted(found)


def links(text: str) -> Iterator[str]:
    shown = CODE.sub("", FENCE.sub("", text))
    for link in LINK.findall(shown):
        if not ELSEWHERE.match(link):
            yield link


@cache
def anchors(path: Path) -> frozenset[str]:
    """Names of headings, as GitHub and most viewers make them."""
    text = path.read_text(encoding="utf-8")
    seen: Counter[str] = Counter()
    named = set(ANCHOR.findall(text))
    for heading in HEADING.findall(FENCE.sub("", text)):
        name = slug(heading)
        named.add(f"{name}-{seen[name]}" if seen[name] else name)
        seen[name] += 1
    return frozenset(named)


def slug(heading: str) -> str:
    shown = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "")
    return re.sub(r"[^\w\- ]", "", shown.lower()).replace(" ", "-")


@pytest.mark.parametrize("path", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(path: Path) -> None:
    faults = []
    for link in links(path.read_text(encoding="utf-8")):
        name, _, anchor = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        if not target.exists():
            faults.append(f"{link}: no such file")
        elif anchor and target.suffix == ".md" and anchor not in anchors(target):
            faults.append(f"{link}: no such heading")
    assert faults == []


def test_a_name_is_made_as_viewers_make_it() -> None:
    assert slug("恢复 · Recovery") == "恢复--recovery"
    assert slug("What `yrd status` says, and why") == "what-yrd-status-says-and-why"


def test_a_broken_link_would_be_seen(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# One\n# One\n[a](page.md#one-1) [b](gone.md) `[c](x.md)`\n```\n[d](y.md)\n```\n"
    )
    assert list(links(page.read_text())) == ["page.md#one-1", "gone.md"]
    assert anchors(page) == {"one", "one-1"}


def test_every_document_is_in_the_index() -> None:
    index = ROOT / "docs" / "README.md"
    listed = {
        (index.parent / link.partition("#")[0]).resolve()
        for link in links(index.read_text(encoding="utf-8"))
    }
    folders = [ROOT / "docs" / name for name in ("", "guide", "operate")]
    there = {path.resolve() for folder in folders for path in folder.glob("*.md")}
    assert there - listed == {index}, "name it in docs/README.md, beside those whom it serves"
