"""What kinds of questions about the data are called, and the ground on which they are objected to."""

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from pipelines.tabled import rows

_NONE = "-"
_GROUND = "OBJECTION_GROUND_"


class Kind(NamedTuple):
    """Names in both languages, and the name of an ObjectionGround.

    `ground` is None if nothing is objected to: people settle it. `by_any`: whether a message of another
    participant than the origin may settle it, which comes over a link of its own.
    """

    name_zh: str
    name_en: str
    ground: str | None
    by_any: bool = False


def kind_of(name: str) -> Kind:
    """A kind; of one that the table has not the name is all there is, and it is objected to as incorrect."""
    return kinds().get(name) or Kind(name, name, f"{_GROUND}INCORRECT")


@cache
def kinds() -> dict[str, Kind]:
    """All kinds of the table by their names."""
    return {r["kind"]: _kind(r) for r in rows("question_kinds")}


def _kind(row: Mapping[str, str]) -> Kind:
    return Kind(row["zh"], row["en"], _ground(row["ground"]), row["settled_by"] == "any")


def _ground(word: str) -> str | None:
    return None if word == _NONE else _GROUND + word.upper()
