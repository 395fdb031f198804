"""What resources can do, and types of supplies (应急物资分类及编码, GB/T 38565-2020)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from schemas.codes.index import index
from schemas.codes.reading import FOLDER, rows

_CAPABILITIES, _LAYERS = "capabilities.tsv", "gbt38565_layers.tsv"
_PREFIX_LENGTHS = (1, 3, 5, 7)


@dataclass(frozen=True, slots=True)
class Capability:
    """What a resource can do; `kind` is a ResourceKind without its prefix."""

    value: str
    name_zh: str
    name_en: str
    kind: str


@dataclass(frozen=True, slots=True)
class SupplyGroup:
    """A group of GB/T 38565, named by the prefix of its codes; only the first layer is known."""

    prefix: str
    name_zh: str
    name_en: str


def capability(value: str) -> Capability | None:
    """A capability of scheme "yrd-capability", or None."""
    return _capabilities().get(value)


def supply_prefixes(code: str) -> tuple[str, ...]:
    """The groups of a seven-digit code A BB CC DD, from layer 1 to itself, to sum up by.

    Raises ValueError for a text that is no code of GB/T 38565.
    """
    if not re.fullmatch(r"[123][0-9]{6}", code):
        raise ValueError(
            f"{code!r} is no code of GB/T 38565: give seven digits, the first 1, 2 or 3"
        )
    return tuple(code[:length] for length in _PREFIX_LENGTHS)


def supply_group(code: str) -> SupplyGroup | None:
    """The nearest group of a code whose name is known, or None."""
    prefixes = sorted(_layers(), key=len, reverse=True)
    return next((_layers()[prefix] for prefix in prefixes if code.startswith(prefix)), None)


def is_other_supplies(code: str) -> bool:
    """Whether a code is of a collective class (收容类目): 99 in layer 2, 3 or 4."""
    return "99" in (code[1:3], code[3:5], code[5:7])


@cache
def _capabilities() -> Mapping[str, Capability]:
    return read_capabilities(FOLDER)


@cache
def _layers() -> Mapping[str, SupplyGroup]:
    return read_layers(FOLDER)


def read_capabilities(folder: Path) -> dict[str, Capability]:
    """Capabilities by value. Raises TableError."""
    return {
        row["value"]: Capability(row["value"], row["name_zh"], row["name_en"], row["kind"])
        for row in rows(index().layout(_CAPABILITIES), folder)
    }


def read_layers(folder: Path) -> dict[str, SupplyGroup]:
    """Groups by prefix. Raises TableError."""
    found = {}
    for row in rows(index().layout(_LAYERS), folder):
        prefix = row["prefix"]
        if len(prefix) not in _PREFIX_LENGTHS or not re.fullmatch(r"[123][0-9]*", prefix):
            raise row.fault("prefix", f"{prefix!r} is no prefix; write 1, 3, 5 or 7 digits")
        found[prefix] = SupplyGroup(prefix, row["name_zh"], row["name_en"])
    return found
