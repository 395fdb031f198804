"""What was put up, and what of it a browser has not seen: parts with the version at which each changed."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any
from uuid import uuid4


@dataclass(frozen=True, slots=True)
class Part:
    """A part as JSON, and since when it is so."""

    version: int
    text: str


class Board:
    """The parts of one scope in one language. A version counts what was put up, from 1.

    `run` tells this server's life from others: what a browser saw of another counts for nothing.
    """

    def __init__(self, run: str = "") -> None:
        self.run = run or uuid4().hex[:12]
        self.version = 0
        self.readers = 0
        self._parts: dict[str, Part] = {}
        self._changed = asyncio.Event()
        self._told: tuple[int, str] = (-1, "")

    def put(self, parts: Mapping[str, Any]) -> list[str]:
        """Puts parts up; returns the names of those that are not as they were."""
        texts = {name: as_json(value) for name, value in parts.items()}
        known = self._parts
        names = [n for n, text in texts.items() if n not in known or known[n].text != text]
        if names:
            self.version += 1
            self._parts |= {name: Part(self.version, texts[name]) for name in names}
            self.wake()
        return names

    def wake(self) -> None:
        """Lets everyone look who waits."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def changed(self, since: int, seconds: float) -> bool:
        """Waits until there is something newer, or somebody was woken; False if the time is over."""
        if self.version > since:
            return True
        try:
            await asyncio.wait_for(self._changed.wait(), seconds)
        except TimeoutError:
            return False
        return True

    def news(self, since: int) -> str:
        """What changed behind a version, as one JSON object by names. Made once for all who ask."""
        if self._told[0] != since or not self._told[1].startswith(f"{self.version}|"):
            found = (f'"{n}":{p.text}' for n, p in self._parts.items() if p.version > since)
            self._told = since, f"{self.version}|{{{','.join(found)}}}"
        return self._told[1].partition("|")[2]


def as_json(value: Any) -> str:
    """JSON that every browser reads: a number that is none is null."""
    try:
        return _dumps(value)
    except ValueError:
        return _dumps(_finite(value))


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, dict):
        return {name: _finite(inner) for name, inner in value.items()}
    return [_finite(inner) for inner in value] if isinstance(value, list) else value
