"""Names in alerts and what they stand for in the code tables: events, colours, areas, categories."""

import re
from collections.abc import Mapping
from functools import cache

from schemas.codes.admin import admin
from schemas.codes.incidents import (
    SCHEME,
    Color,
    incident_type,
    read_signals,
    read_types,
    warning_colors,
)
from schemas.codes.lookup import problem
from schemas.codes.reading import FOLDER

COLOR = "CN-WARNING-COLOR"
"""Parameter that states the colour of a Chinese warning: CAP has no element for it."""
COUNTY, BELOW = "GB/T 2260", "GB/T 10114"
_SCHEMES = {s.replace("/", "").replace(" ", ""): s for s in (SCHEME, COUNTY, BELOW)}
_EVENT = "事件"
_ENDING = re.compile("(红色|橙色|黄色|蓝色)?(预警)?(信号|信息)?$")
_CATEGORIES = (
    ("11B", "Met"),
    ("11G", "Fire"),
    ("12G", "Fire"),
    ("12H", "Transport"),
    ("12J", "Transport"),
    ("12L", "Transport"),
    ("12P", "Infra"),
    ("12Q", "Env"),
    ("11", "Geo"),
    ("12", "Safety"),
    ("13", "Health"),
    ("14", "Security"),
)


def scheme(name: str) -> str:
    """A code list's name as this project writes it, whatever its spaces, slashes and case."""
    plain = re.sub(r"[\s/_-]", "", name).upper()
    return _SCHEMES.get(plain.split(":", maxsplit=1)[0], name)


def color_of(text: str) -> Color | None:
    """The colour that a word names: RED, Red, 红, 红色, or the published LEVELCODE 04."""
    word = text.strip()
    for color in warning_colors():
        if word.upper() == color.color or word in (
            color.name_zh,
            color.name_zh[0],
            color.level_code,
        ):
            return color
    return None


def color_in(text: str) -> Color | None:
    """The one colour that a text names before 预警, such as 台风红色预警信号; None if none or several."""
    named = {c.color: c for c in warning_colors() if f"{c.name_zh}预警" in text}
    return next(iter(named.values())) if len(named) == 1 else None


def color_named(name: str) -> Color:
    """The colour of an enum value without its prefix."""
    return next(c for c in warning_colors() if c.color == name)


def event_code_of(text: str) -> str:
    """The GB/T 35561 code of an event's name such as 台风 or 台风红色预警; empty if none is sure."""
    return _codes_by_name().get(_ENDING.sub("", text.strip()), "")


@cache
def _codes_by_name() -> Mapping[str, str]:
    """Codes by Chinese name, of types and of published signals; names of several codes are left out."""
    found: dict[str, set[str]] = {}
    for kind in read_types(FOLDER).values():
        for name in {kind.name_zh, kind.name_zh.removesuffix(_EVENT)}:
            found.setdefault(name, set()).add(kind.code)
    for signal in read_signals(FOLDER).values():
        if signal.event_type:
            found.setdefault(signal.name_zh, set()).add(signal.event_type)
    return {name: next(iter(codes)) for name, codes in found.items() if len(codes) == 1}


def is_event_code(value: str) -> bool:
    """Whether the contract takes a code as a kind of warning."""
    return problem("warning_types", SCHEME, value) is None


def event_name(code: str, color: str) -> str:
    """What a CAP event is called: 台风红色预警."""
    kind = incident_type(code)
    name = _signals_by_code().get(code) or (kind.name_zh.removesuffix(_EVENT) if kind else code)
    return f"{name}{color_named(color).name_zh}预警"


@cache
def _signals_by_code() -> Mapping[str, str]:
    """What the public knows a kind of warning as; the first of several."""
    signals = read_signals(FOLDER).values()
    return {s.event_type: s.name_zh for s in reversed(list(signals)) if s.event_type}


def category(code: str) -> str:
    """CAP category of a GB/T 35561 code, by its class and sub-class."""
    return next((name for start, name in _CATEGORIES if code.startswith(start)), "Other")


def area_scheme(code: str) -> str:
    """The list in which an administrative code stands, by its length."""
    return COUNTY if len(code) == 6 else BELOW


def area_name(codes: list[str]) -> str:
    """Names of areas, for people."""
    names = [area.name if (area := admin(code)) else code for code in codes]
    return "、".join(names) or "见图形 as drawn"
