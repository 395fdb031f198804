"""Which topic a type goes to, by patterns of its full name and templates of topics."""

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from schemas.catalog import BODY_FIELDS
from yrd.exchange.v1.message_pb2 import Mode

MODES = tuple(name.removeprefix("MODE_").lower() for name in Mode.keys()[1:])
_LEGAL = re.compile(r"[A-Za-z0-9._-]{1,249}")


class NamingError(ValueError):
    """A template that makes no topic; the text says what one may hold."""


def checked_template(template: str) -> str:
    """The template. Raises NamingError unless it makes legal names for all types and modes."""
    try:
        names = [topic_of(template, full_name, MODES[0]) for full_name in BODY_FIELDS]
    except (KeyError, IndexError, ValueError, AttributeError):
        names = [""]
    for name in names:
        if not _LEGAL.fullmatch(name) or name in (".", ".."):
            raise NamingError(
                f"{template!r} makes no topic: use letters, digits, '.', '_', '-', and {{type}}, "
                "{family} or {mode} for the message's; at most 249 characters in all"
            )
    return template


def topic_of(template: str, full_name: str, mode: str) -> str:
    """The topic of a type, such as yrd.incident.v1.IncidentReport, and a mode, such as exercise."""
    return template.format(type=full_name, family=full_name.split(".")[1], mode=mode)


class Naming:
    """Topics by type and mode, from patterns in order: the first that fits a type has it."""

    def __init__(self, patterns: Mapping[str, str]) -> None:
        self._names = dict(_names(patterns))

    def topic(self, full_name: str, mode: int) -> str | None:
        """The topic, or None for a type that stays out. Unknown modes go where the first one goes."""
        modes = self._names.get(full_name)
        if modes is None:
            return None
        return modes[mode - 1 if 0 < mode <= len(MODES) else 0]

    @property
    def types(self) -> list[str]:
        """Full names of the types that go to a topic."""
        return list(self._names)

    @property
    def topics(self) -> list[str]:
        """All topics, each once."""
        return sorted({topic for modes in self._names.values() for topic in modes})


def _names(patterns: Mapping[str, str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for full_name in BODY_FIELDS:
        for pattern, template in patterns.items():
            if fnmatchcase(full_name, pattern):
                yield full_name, tuple(topic_of(template, full_name, mode) for mode in MODES)
                break
