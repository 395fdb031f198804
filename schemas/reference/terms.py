"""What a comment says, taken apart: the meaning, the Chinese terms, the unit."""

import re
from dataclasses import dataclass

_GROUP = re.compile(r"\s+\(([^()]*)\)")
_CHINESE = re.compile(r"[㐀-鿿]")
_SOURCE = re.compile(r"Art\.|§|GB |GB/T|JT/T|\d号")
_SENTENCE_END = re.compile(r"(?<!Art)(?<!No)\.\s+(?=[A-Z\"])")

_UNITS_BY_NAME = {
    "meters": "m",
    "metres": "m",
    "km": "km",
    "mm": "mm",
    "m3": "m³",
    "m3s": "m³/s",
    "kmh": "km/h",
    "mps": "m/s",
    "hpa": "hPa",
    "kg": "kg",
    "tonnes": "t",
    "celsius": "°C",
    "percent": "%",
    "ppm": "ppm",
    "degrees": "°",
    "fen": "fen (0.01 CNY)",
    "us": "µs since 1970",
    "seconds": "s",
    "minutes": "min",
    "hours": "h",
    "days": "d",
    "bytes": "byte",
}
_UNITS_BY_TYPE = {
    "google.protobuf.Timestamp": "UTC",
    "google.protobuf.Duration": "s",
    "yrd.common.v1.Quantity": "own `unit`",
}
_UNITS_BY_WORD = (
    (re.compile(r"\bdegrees\b", re.IGNORECASE), "°"),
    (re.compile(r"\bkilometres\b", re.IGNORECASE), "km"),
    (re.compile(r"\bmetres a second\b", re.IGNORECASE), "m/s"),
    (re.compile(r"\b[Mm]inutes\b"), "min"),
    (re.compile(r"\bin fen\b"), "fen (0.01 CNY)"),
)
_NUMBERS = frozenset(["double", "float", "int32", "int64", "uint32", "uint64"])


@dataclass(frozen=True, slots=True)
class Meaning:
    """A comment's text without its Chinese terms, and the terms in their order."""

    text: str
    terms: tuple[str, ...]


def meaning_of(comment: str) -> Meaning:
    """Takes "Dead (死亡)." apart into "Dead." and "死亡".

    Terms stand in parentheses, parted by ", "; what follows a colon there is their source and stays:
    "Told (通报: 突发事件应对法 2024 Art. 62)" keeps "(突发事件应对法 2024 Art. 62)". Parentheses that
    only name a source are left alone.
    """
    terms: list[str] = []

    def take(group: re.Match[str]) -> str:
        head, colon, source = group[1].partition(":")
        found = [part.strip() for part in head.split(", ") if _CHINESE.search(part)]
        if not found or _SOURCE.search(head):
            return group[0]
        terms.extend(term for term in found if term not in terms)
        return f" ({source.strip()})" if colon else ""

    text = _GROUP.sub(take, comment)
    return Meaning(text.strip(), tuple(terms))


def first_sentence(text: str) -> str:
    """The first sentence of a text; "Art. 12" does not end one."""
    first = text.split("\n\n", maxsplit=1)[0]
    end = _SENTENCE_END.search(first)
    return first[: end.start() + 1] if end else first


def unit_of(name: str, type_name: str, comment: str) -> str:
    """Unit of a field: from its name's last part, its type, or, for numbers, a word of its comment.

    `type_name` is a scalar's name or a message's full name. Empty if it has none.
    """
    by_type = _UNITS_BY_TYPE.get(type_name)
    if by_type is not None:
        return by_type
    if type_name not in _NUMBERS:
        return ""
    by_name = _UNITS_BY_NAME.get(name.rsplit("_", 1)[-1])
    if by_name is not None:
        return by_name
    return next((unit for word, unit in _UNITS_BY_WORD if word.search(comment)), "")
