"""Values that all parts use: instants, places, figures."""

from collections.abc import Iterable, Mapping
from typing import Any

from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from pipelines.facts.scope import micros
from pipelines.places.distance import position
from pipelines.words import FIGURES, GRADES, Words
from schemas.codes.tables import admin
from yrd.common.v1.common_pb2 import Casualties, Code, Place

Json = dict[str, Any]


def ms(owner: Message, field: str) -> int | None:
    """A time field in milliseconds since 1970; None if it is not there."""
    return milliseconds(getattr(owner, field)) if owner.HasField(field) else None


def milliseconds(time: Timestamp) -> int:
    """Since 1970."""
    return micros(time) // 1000


def names(participants: Iterable[str], words: Words) -> str:
    """Names of participants in one text."""
    return words.say("、", ", ").join(words.name(participant) for participant in participants)


def place_text(place: Place, words: Words) -> str:
    """Where it is: province, city, county, and the name that people gave."""
    known = admin(place.admin_code)
    if known is None:
        return place.name or place.address or place.admin_code
    codes = (f"{known.current[:2]}0000", f"{known.current[:4]}00", known.current)
    told = [words.place(code) for code in codes if admin(code) or code == codes[0]]
    within = [
        name for name, wider in zip(told[1:], told, strict=False) if not name.startswith(wider)
    ]
    return words.say("", " ").join([told[0], *within, *([place.name] if place.name else [])])


def point(place: Place) -> Json | None:
    """Degrees of a place; `inferred` where only its administrative area is known. None if unknown."""
    found = position(place)
    if found is None:
        return None
    lat, lon = found
    return {"lat": round(lat, 4), "lon": round(lon, 4), "inferred": not place.HasField("point")}


def figures(casualties: Casualties, words: Words) -> list[Json]:
    """All figures in the order of the contract; the value is None where it is unknown."""
    return [
        {
            "key": key,
            "label": label[words.index],
            "value": getattr(casualties, key) if casualties.HasField(key) else None,
        }
        for key, label in FIGURES.items()
    ]


def named(table: Mapping[int, tuple[str, str]], number: int, words: Words) -> str:
    """What a table calls a value; a value of a later contract by its number."""
    return table[number][words.index] if number in table else f"({number})"


def event_kind(code: Code, words: Words) -> str:
    """What kind of event, without the word for event: 暴雨, not 暴雨事件."""
    return words.kind(code).removesuffix("事件")


def grade(number: int, words: Words) -> str:
    """An incident's grade in words."""
    return named(GRADES, number, words)
