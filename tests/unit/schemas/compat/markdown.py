"""The table of mutations as Markdown, as it stands in docs/compatibility.md.

`python -m tests.unit.schemas.compat.markdown` writes it there.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from schemas.compat import Surface
from tests.unit.schemas.compat.mutation import Mutation
from tests.unit.schemas.compat.mutations import MUTATIONS, TABLES

DOCUMENT = Path(__file__).parents[4] / "docs" / "compatibility.md"
BEGIN, END = "<!-- mutations: begin -->", "<!-- mutations: end -->"
_BETWEEN = re.compile(f"(?<={re.escape(BEGIN)}\n).*(?={re.escape(END)})", re.DOTALL)
_BUF = {
    "FIELD_NO_DELETE_UNLESS_NAME_RESERVED": "…_UNLESS_NAME_RESERVED",
    "FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED": "…_UNLESS_NUMBER_RESERVED",
    "ENUM_VALUE_NO_DELETE_UNLESS_NAME_RESERVED": "…_UNLESS_NAME_RESERVED",
    "ENUM_VALUE_NO_DELETE_UNLESS_NUMBER_RESERVED": "…_UNLESS_NUMBER_RESERVED",
}


def table() -> str:
    """All mutations with the verdicts on each surface, buf's, and why they differ."""
    return "".join(f"{row}\n" for row in _rows())


def _rows() -> Iterator[str]:
    ours = sum(bool(m.breaks) for m in MUTATIONS)
    theirs = sum(bool(m.buf) for m in MUTATIONS)
    differ = sum(bool(m.why) for m in MUTATIONS)
    yield (
        f"{len(MUTATIONS)} mutations; {ours} break by our verdict, {theirs} by buf's; {differ} differ, "
        "with the reason in the last column."
    )
    for part in TABLES:
        yield ""
        yield f"### {part.title}"
        yield ""
        yield f"| mutation | {' | '.join(s.replace('_', ' ') for s in Surface)} | buf | where we differ |"
        yield f"|---{'|---' * len(Surface)}|---|---|"
        yield from (_row(mutation) for mutation in part.rows)


def _row(mutation: Mutation) -> str:
    verdicts = " | ".join(_verdict(mutation, surface) for surface in Surface)
    buf = ", ".join(_BUF.get(rule, rule) for rule in mutation.buf) or "–"
    reasons = [mutation.why, f"Avro: {mutation.avro_why}" if mutation.avro_why else ""]
    return f"| {mutation.name} | {verdicts} | {buf} | {'; '.join(filter(None, reasons))} |"


def _verdict(mutation: Mutation, surface: Surface) -> str:
    if surface in mutation.breaks:
        return "**break**"
    return "note" if surface in mutation.notes else "–"


def written(document: str) -> str:
    """A document with the table as it is now."""
    return _BETWEEN.sub(lambda _: table(), document)


if __name__ == "__main__":
    DOCUMENT.write_text(written(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
