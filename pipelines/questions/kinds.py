"""What kinds of questions about the data are called, and the ground on which they are objected to."""

from functools import cache
from typing import NamedTuple

from pipelines.tabled import rows

_NONE = "-"
_GROUND = "OBJECTION_GROUND_"


class Kind(NamedTuple):
    """Names in both languages, and the name of an ObjectionGround.

    `ground` is None if nothing is objected to: people settle it.
    """

    name_zh: str
    name_en: str
    ground: str | None


def kind_of(name: str) -> Kind:
    """A kind; of one that the table has not the name is all there is, and it is objected to as incorrect."""
    return kinds().get(name) or Kind(name, name, f"{_GROUND}INCORRECT")


@cache
def kinds() -> dict[str, Kind]:
    """All kinds of the table by their names."""
    return {r["kind"]: Kind(r["zh"], r["en"], _ground(r["ground"])) for r in rows("question_kinds")}


def _ground(word: str) -> str | None:
    return None if word == _NONE else _GROUND + word.upper()
