"""All that the pages are made from."""

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.codes.index import Table
from schemas.reference.contract import Contract
from schemas.reference.homes import Homes, short
from schemas.reference.mappings import Standard
from schemas.reference.terms import Meaning, meaning_of
from schemas.states.steps import Source

INDEX = "index.md"
MARKS = "marks.md"
SOURCES = "../../proto"
CODES = "../../schemas/codes"


@dataclass(frozen=True, slots=True)
class Book:
    """The contract with what stands beside it.

    `samples`: type → a draft as JSON text. `sources`: type → the field that says its step, and in which
    state machine.
    """

    contract: Contract
    homes: Homes
    standards: tuple[Standard, ...]
    tables: Mapping[str, Table]
    samples: Mapping[str, str]
    sources: Mapping[str, Source]

    def meaning(self, full_name: str) -> Meaning:
        """What the comment of an element says."""
        return meaning_of(self.contract.comment(full_name))

    def type_link(self, full_name: str, source: str) -> str:
        """A link to a type from a page; code for a type that is not of the contract."""
        if full_name not in self.homes.pages:
            return f"`{short(full_name)}`"
        return f"[{short(full_name)}]({self.homes.link(full_name, source)})"


def terms(meaning: Meaning) -> str:
    """Chinese terms in one line."""
    return "、".join(meaning.terms)
