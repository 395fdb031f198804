"""docs/compatibility.md says what the code does."""

from schemas.compat.explaining import EXPLANATIONS
from tests.unit.schemas.compat.markdown import DOCUMENT, table


def test_the_documents_table_is_the_one_that_is_tested() -> None:
    remedy = "run `python -m tests.unit.schemas.compat.markdown`"
    assert table() in DOCUMENT.read_text(encoding="utf-8"), remedy


def test_every_explanation_says_why_and_what_instead() -> None:
    words = {"where": "W", "old": "O", "new": "N", "since": "S"}
    for key, explanation in EXPLANATIONS.items():
        assert explanation.why.format(**words), key
        assert explanation.instead.format(**words), key
