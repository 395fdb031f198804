"""The table of outside standards on a page: a row for each field, a column for each standard."""

from collections.abc import Iterator

from google.protobuf.descriptor import EnumDescriptor

from schemas.reference.book import Book
from schemas.reference.homes import Type, short
from schemas.reference.mappings import WHOLE, Element, Standard
from schemas.reference.markdown import prose, table

NONE = "—"
_SIGNS = {"verified": "", "from memory": " (m)", "not known": " (?)"}


def mapping_blocks(book: Book, page: str, main: str = "") -> Iterator[list[str]]:
    """The section for all types of a page; `main` is the page's own type, listed whole.

    Of other types, only what a standard has is listed.
    """
    found = book.homes.types.get(page, ())
    types = sorted(found, key=lambda t: (t.full_name != main, isinstance(t, EnumDescriptor)))
    columns = [s for s in book.standards if any(s.of(t.full_name) for t in types)]
    missing = [s for s in book.standards if main in s.expected and s.elements_known == "not known"]
    if not columns and not missing:
        return
    yield ["## Outside standards"]
    notes: list[str] = []
    mapped = [t for t in types if any(s.of(t.full_name) for s in columns)]
    rows = [row for t in mapped for row in _rows(t, columns, t.full_name == main, notes)]
    yield table(("Here", *(standard.title for standard in columns)), rows)
    yield [f"{number}. {prose(note)}" for number, note in enumerate(notes, 1)]
    for standard in missing:
        yield [f"{standard.title}: expected to have more; its list of elements could not be read."]


def members(found: Type) -> list[str]:
    """Names of a message's fields, or of an enum's values but the unspecified one."""
    if isinstance(found, EnumDescriptor):
        return [value.name for value in found.values if value.number != 0]
    return [field.name for field in found.fields]


def _rows(
    found: Type, columns: list[Standard], main: bool, notes: list[str]
) -> Iterator[list[str]]:
    name = short(found.full_name)
    prefix = "" if main or isinstance(found, EnumDescriptor) else f"{name}."
    for member in (WHOLE, *members(found)):
        elements = [standard.of(found.full_name).get(member) for standard in columns]
        if not any(elements) and (member == WHOLE or not main):
            continue
        shown = f"the whole {name}" if member == WHOLE else f"`{prefix}{member}`"
        yield [shown, *(_cell(element, notes) for element in elements)]


def _cell(element: Element | None, notes: list[str]) -> str:
    if element is None:
        return NONE
    text = f"{element.name}{_SIGNS[element.certainty]}"
    if not element.note:
        return text
    if element.note not in notes:
        notes.append(element.note)
    return f"{text} [{notes.index(element.note) + 1}]"
