"""What a report is made of: lines in both languages over the same figures, each with its sources."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pipelines.supplies.tally import basis
from yrd.situation.v1.supplies_pb2 import Basis


@dataclass(frozen=True, slots=True)
class MessageSource:
    """A message."""

    message_id: str


@dataclass(frozen=True, slots=True)
class LogSource:
    """A participant's log, up to the newest entry that was taken in."""

    participant: str
    last_sequence: int


@dataclass(frozen=True, slots=True)
class SetSource:
    """More messages than are listed, with the digest of all: see Basis."""

    messages: int
    message_ids: tuple[str, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class SummarySource:
    """All that a summary rests on."""

    input_digest: str


@dataclass(frozen=True, slots=True)
class TableSource:
    """A table or guidebook, by its name with its edition."""

    name: str


Source = MessageSource | LogSource | SetSource | SummarySource | TableSource


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, an instant or another value of a summary, as it is shown in each language."""

    zh: str
    en: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """What something is called."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line as templates of both languages over the same parts; the templates hold no digits."""

    zh: str
    en: str
    parts: Mapping[str, Figure | Name] = field(default_factory=dict)
    indent: int = 1


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its lines."""

    zh: str
    en: str
    lines: tuple[Line, ...]


def line(zh: str, en: str, /, **parts: Figure | Name) -> Line:
    """A line."""
    return Line(zh, en, parts)


def sub(zh: str, en: str, /, **parts: Figure | Name) -> Line:
    """A line that belongs to the one above."""
    return Line(zh, en, parts, indent=2)


def together(lines: Sequence[Line], zh: str, en: str) -> Line:
    """Lines as one, with what stands between them in each language; indented as the first."""
    parts: dict[str, Figure | Name] = {}
    said: list[tuple[str, str]] = []
    for number, one in enumerate(lines):
        letters = number.to_bytes(2, "big").hex().translate(_LETTERS)
        parts |= {f"{name}_{letters}": part for name, part in one.parts.items()}
        anew = {name: f"{{{name}_{letters}}}" for name in one.parts}
        said.append((one.zh.format_map(anew), one.en.format_map(anew)))
    indent = lines[0].indent if lines else 1
    return Line(zh.join(z for z, _ in said), en.join(e for _, e in said), parts, indent)


_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")
"""Templates hold no digits."""


def name(text: str) -> Name:
    """A name that is the same in both languages."""
    return Name(text, text)


def figure(text: str, sources: Iterable[Source]) -> Figure:
    """A figure that is written the same in both languages."""
    return Figure(text, text, tuple(sources))


MOST_CITED = 8
"""Messages that a figure cites one by one; of more it cites the set, with a digest of it."""


def messages(ids: Iterable[str]) -> tuple[Source, ...]:
    """Messages as sources, each once; a set if they are many."""
    distinct = list(dict.fromkeys(ids))
    if len(distinct) > MOST_CITED:
        return resting_on(basis(distinct))
    return tuple(MessageSource(id_) for id_ in distinct)


def resting_on(found: Basis) -> tuple[Source, ...]:
    """A basis as sources."""
    if not found.digest:
        return messages(found.message_ids)
    return (SetSource(found.messages, tuple(found.message_ids), found.digest),)
