"""Where fields of the contract are found in outside standards, read from mappings/*.yaml.

A file describes one standard:

    id: cap-1.2                # stable name
    title: CAP 1.2             # head of its column
    about: …                   # what it is, who issued it, and how it was read
    elements_known: verified   # or "from memory", "not known"
    expected: [types]          # types that a reader would look for in it
    elements:
      yrd.….Message:           # or an enum
        field: [element, certainty]          # or [element, certainty, note]
        .: [element, certainty]              # the type as a whole
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "mappings"
CERTAINTIES = ("verified", "from memory", "not known")
WHOLE = "."
_KEYS = frozenset(["id", "title", "about", "elements_known", "expected", "elements"])


class MappingFileError(Exception):
    """A mapping file that can't be used; the text names file, key and remedy."""


@dataclass(frozen=True, slots=True)
class Element:
    """A standard's element for a field, a value or a whole type; the note may be empty."""

    name: str
    certainty: str
    note: str


@dataclass(frozen=True, slots=True)
class Standard:
    """An outside standard, and its elements by type and member (WHOLE: the type itself)."""

    id: str
    title: str
    about: str
    elements_known: str
    expected: tuple[str, ...]
    elements: Mapping[str, Mapping[str, Element]]

    def of(self, type_name: str) -> Mapping[str, Element]:
        """Elements of one type by member; empty if it has none."""
        return self.elements.get(type_name, {})


def standards(folder: Path = FOLDER) -> tuple[Standard, ...]:
    """All standards, by file name. Raises MappingFileError."""
    found = tuple(
        read(path.name, path.read_text("utf-8")) for path in sorted(folder.glob("*.yaml"))
    )
    ids = [standard.id for standard in found]
    for name in ids:
        if ids.count(name) > 1:
            raise MappingFileError(f"standard {name!r} is described twice: remove one file")
    return found


def read(file: str, text: str) -> Standard:
    """One standard. `file` is only named in errors. Raises MappingFileError."""
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise MappingFileError(f"{file}: not YAML: {error}") from error
    if not isinstance(data, dict) or set(data) != _KEYS:
        raise MappingFileError(f"{file}: give exactly the keys {', '.join(sorted(_KEYS))}")
    if data["elements_known"] not in CERTAINTIES:
        raise MappingFileError(f"{file}: elements_known: use one of {', '.join(CERTAINTIES)}")
    elements = _elements(file, data["elements"])
    return Standard(
        data["id"],
        data["title"],
        " ".join(data["about"].split()),
        data["elements_known"],
        tuple(data["expected"] or ()),
        elements,
    )


def _elements(file: str, data: Any) -> Mapping[str, Mapping[str, Element]]:
    if not isinstance(data, dict):
        raise MappingFileError(f"{file}: elements: give types with their fields")
    for name, members in data.items():
        if not isinstance(members, dict):
            raise MappingFileError(f"{file}: {name}: give fields with their elements")
    return {
        name: {member: _element(file, name, member, value) for member, value in members.items()}
        for name, members in data.items()
    }


def _element(file: str, name: str, member: str, value: Any) -> Element:
    where = f"{file}: {name}: {member}"
    if not isinstance(value, list) or len(value) not in (2, 3):
        raise MappingFileError(f"{where}: give [element, certainty] or [element, certainty, note]")
    if not all(isinstance(part, str) for part in value):
        raise MappingFileError(f"{where}: put numbers in quotes")
    if value[1] not in CERTAINTIES:
        raise MappingFileError(
            f"{where}: certainty {value[1]!r}: use one of {', '.join(CERTAINTIES)}"
        )
    return Element(value[0], value[1], value[2] if len(value) == 3 else "")


def unknown_members(
    found: tuple[Standard, ...], members: Mapping[str, frozenset[str]]
) -> Iterator[str]:
    """What the mappings name and the contract lacks, as lines that say what to do.

    `members` are the contract's fields, oneofs and enum values by full name of their type.
    """
    for standard in found:
        for name in {*standard.expected, *standard.elements}:
            if name not in members:
                yield f"{standard.id}: {name} is no type of the contract: correct or remove it"
                continue
            for member in standard.of(name):
                if member != WHOLE and member not in members[name]:
                    yield f"{standard.id}: {name} has no {member}: correct or remove it"
