"""What the duty officer's guide quotes from the page is what the page says."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "guide" / "officer.md"
SPEAKING = ("integration/page", "integration/acts")
SIGNS = "●✕≠▲!？? "
STORM = "烟花"


def test_its_quotes_are_words_of_the_page() -> None:
    sources = [
        path.read_text(encoding="utf-8")
        for folder in SPEAKING
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".js", ".py", ".html")
    ]
    said = "\n".join(sources)
    quotes = set(re.findall("“([^”]+)”", GUIDE.read_text(encoding="utf-8"))) - {STORM}
    assert len(quotes) > 15
    assert {quote for quote in quotes if quote.strip(SIGNS) not in said} == set()
