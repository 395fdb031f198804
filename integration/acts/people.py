"""Who may act: a YAML file of people, each with roles and with what they are known by.

It is read anew whenever it has changed: who is taken out may do nothing from then on, also in a session
that is open. The ids are the participant's own; the file has no names.
"""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from gateway.config import Section
from gateway.settings_file import ConfigError, FileSettings, read
from integration.acts.refusals import NotNow
from integration.acts.seam import Person, Role, Said
from integration.acts.showing import Shows

logger = logging.getLogger(__name__)
GUIDE = "docs/acts.md"
PersonId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]


class KnownBy(Section):
    """One way to know a person; exactly one is named."""

    uri: str = ""
    """Subject alternative name of their certificate, such as spiffe://sh.example/person/0421."""
    fingerprint: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""
    """SHA-256 of their certificate (DER), in lower-case hex."""
    serial: Annotated[str, Field(pattern=r"^([0-9a-f]{1,40})?$")] = ""
    """Serial number of their certificate, in lower-case hex without leading zeros."""
    subject: str = ""
    """Subject of their certificate as RFC 4514 writes it, such as CN=0421,O=SH."""
    oidc_subject: str = ""
    """`sub` by the page's issuer."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        named = [name for name, value in self if value]
        if len(named) != 1:
            raise ValueError(
                f"name one of uri, fingerprint, serial, subject, oidc_subject; these are {len(named)}: "
                "write a further way as a further item"
            )
        return self

    @property
    def mark(self) -> tuple[str, str]:
        """Name and value of what is named."""
        return next((name, value) for name, value in self if value)


class Entry(Section):
    """A person."""

    id: PersonId
    roles: Annotated[frozenset[Role], Field(min_length=1)]
    known_by: Annotated[tuple[KnownBy, ...], Field(min_length=1)]


class PeopleFile(FileSettings):
    """All people of a page."""

    people: Annotated[tuple[Entry, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        ids, marks = [entry.id for entry in self.people], [*_marks(self.people)]
        for id_ in ids:
            if ids.count(id_) > 1:
                raise ValueError(
                    f"people: {id_} stands there twice: give each person an id of their own"
                )
        for mark, id_ in marks:
            others = {other for known, other in marks if known == mark} - {id_}
            if others:
                raise ValueError(
                    f"people: {id_} and {min(others)} are both known by {mark[0]} {mark[1]!r}: "
                    "a certificate or account belongs to one person"
                )
        return self


def _marks(people: tuple[Entry, ...]) -> Iterator[tuple[tuple[str, str], str]]:
    return ((known.mark, entry.id) for entry in people for known in entry.known_by)


@dataclass(frozen=True, slots=True)
class People:
    """Persons by what they are known by."""

    entries: Mapping[str, Entry]
    by_mark: Mapping[tuple[str, str], str]

    def known(self, shows: Shows) -> Person | None:
        """The person who shows that. None: nobody, or more than one."""
        ids = {self.by_mark[mark] for mark in shows.marks if mark in self.by_mark}
        if len(ids) != 1:
            return None
        entry = self.entries[ids.pop()]
        return Person(entry.id, entry.roles, shows.means, shows.credential)


def load(path: Path) -> People:
    """Reads a file of people. Raises ConfigError naming each key that is wrong, and what to do."""
    file = read(path, PeopleFile, GUIDE)
    return People({entry.id: entry for entry in file.people}, dict(_marks(file.people)))


class Roll:
    """The people as the file has them now."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen = self._state()
        self._kept = load(path)

    def current(self) -> People:
        """Raises NotNow if the file can't be read: nobody acts by what it said before."""
        try:
            seen = self._state()
            if seen != self._seen:
                self._kept, self._seen = load(self._path), seen
        except (OSError, ConfigError) as error:
            logger.error("people_unreadable", extra={"detail": str(error)})
            raise NotNow(
                Said("人员名单读不出，暂不能办理", "the people's file can't be read"),
                Said("请联系系统管理员", "call the operator: the page's log says why"),
            ) from None
        return self._kept

    def _state(self) -> tuple[int, int, int]:
        try:
            found = self._path.stat()
        except OSError as error:
            raise ConfigError(
                f"people.file: {self._path}: {error.strerror}; check the path"
            ) from None
        return found.st_ino, found.st_mtime_ns, found.st_size
