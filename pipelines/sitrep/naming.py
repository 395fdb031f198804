"""Names and figures of a summary in both languages."""

from collections.abc import Callable, Iterable
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from pipelines.amounts import amount
from pipelines.sitrep.parts import Figure, Name, Source, figure, messages
from pipelines.words import EN, ZH, Words
from yrd.common.v1.common_pb2 import Area, Code, Quantity


def both(of: Callable[[Words], str]) -> Name:
    """A name in each language."""
    return Name(of(ZH), of(EN))


def participant(code: str) -> Name:
    """A participant."""
    return both(lambda words: words.name(code))


def participants(codes: Iterable[str]) -> Name:
    """Several, each once."""
    listed = list(dict.fromkeys(codes))
    return both(lambda words: words.say("、", ", ").join(words.name(code) for code in listed))


def place(code: str) -> Name:
    """An area; nothing is all four provinces."""
    return both(lambda words: words.place(code))


def area(found: Area) -> Name:
    """Areas; a drawn one without codes is only called so."""
    named = both(lambda words: words.area(found))
    return named if named.zh else Name("图示区域", "an area drawn on the map")


def incident_kind(code: Code) -> Name:
    """A type of incident."""
    return both(lambda words: words.kind(code))


def ability(code: Code) -> Name:
    """A capability."""
    return both(lambda words: words.ability(code))


def quoted(text: str) -> Name:
    """What somebody called something, as it was said."""
    return Name(f"「{text}」", f"“{text}”")


def count(number: float, ids: Iterable[str]) -> Figure:
    """A number with its messages."""
    return sourced(number, messages(ids))


def sourced(number: float, sources: Iterable[Source]) -> Figure:
    """A number with its sources."""
    return figure(amount(number), sources)


def quantity(found: Quantity, ids: Iterable[str]) -> Figure:
    """An amount with its unit."""
    text = amount(found.value)
    return Figure(f"{text}{found.unit}", f"{text} {found.unit}", messages(ids))


def instant(time: Timestamp, sources: Iterable[Source]) -> Figure:
    """Beijing time."""
    return figure(ZH.time(time), sources)


def rank(names: tuple[str, str], ids: Iterable[str]) -> Figure:
    """A grade, a level, a colour, a state: with its messages."""
    return Figure(*names, messages(ids))


def known(value: Any, ids: Iterable[str]) -> Figure:
    """A number, or that it is unknown; what was not known rests on the same messages."""
    if value is None:
        return Figure("不详", "unknown", messages(ids))
    return count(value, ids)
