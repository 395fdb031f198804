"""What an act offers to the engine that checks and sends it, and to the browser that draws its form.

Pure: an act sees what is known, says what a person may fill in, and makes drafts of it. Roles, staleness,
repeats, second persons, sending and recording are the engine's, alike for all acts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import Literal, Protocol

from integration.page.desk import Shown
from schemas import message_ids
from yrd.exchange.v1.message_pb2 import Draft, Message


class Role(StrEnum):
    """What a person may do at the page (角色)."""

    VIEWER = "viewer"
    DUTY_OFFICER = "duty_officer"
    APPROVER = "approver"


@dataclass(frozen=True, slots=True)
class Said:
    """Words in both languages of the page."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Person:
    """Who acts. `id` is issued by the participant, and is no name."""

    id: str
    roles: frozenset[Role]
    means: Literal["certificate", "oidc"]
    """How the page knows them."""
    credential: str
    """SHA-256 (hex) of the certificate, or of the OIDC issuer and subject."""


FieldKind = Literal["text", "lines", "number", "choice", "instant", "check", "hidden"]
"""`instant` is RFC 3339 in UTC, `check` "true" or "", a number is decimal."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a choice."""

    value: str
    label: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """What a person fills in. All values are texts."""

    name: str
    kind: FieldKind
    label: Said
    value: str = ""
    choices: Sequence[Choice] = ()
    required: bool = False
    help: Said | None = None
    most: int = 500
    """Longest text, in characters."""


NOTHING_SAID = Said("", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What a person decides on."""

    act: str
    about: str
    seen: Mapping[str, str]
    """What it rests on, each with its state: made by `seen`. Another one means that the page is stale."""
    title: Said
    warning: Said = NOTHING_SAID
    """What will happen, and to whom it goes, with the mode (演练/实战)."""
    fields: Sequence[Field] = ()
    two_persons: bool = False
    """The act itself asks for a second person. Settings and agreements may ask for it, too."""


class CannotAct(Exception):
    """The act is not possible on that thing now, and what would make it so."""

    def __init__(self, reason: Said, remedy: Said = NOTHING_SAID) -> None:
        super().__init__(f"{reason.en}; {remedy.en}" if remedy.en else reason.en)
        self.reason, self.remedy = reason, remedy


class FieldErrors(Exception):
    """What can't be sent as it was filled in: a rule and a remedy by name of a field."""

    def __init__(self, problems: Mapping[str, Said]) -> None:
        super().__init__("; ".join(f"{name}: {said.en}" for name, said in problems.items()))
        self.problems = problems


class Known(Protocol):
    """What the page knows at the instant of an act."""

    @property
    def me(self) -> str:
        """The participant whose page it is."""

    @property
    def now_ms(self) -> int:
        """Milliseconds since 1970."""

    def picture(self, scope: str) -> Shown | None:
        """The newest picture of a scope with its proposals and reports."""

    def message(self, message_id: str) -> Message | None:
        """A message that this page's gateway received."""

    def messages(self, *types: str) -> Sequence[Message]:
        """All messages of these types (full names) that are known, in the order of receipt."""


class Act(Protocol):
    """One act."""

    @property
    def name(self) -> str:
        """Its name in addresses and records: lower case and "-"."""

    @property
    def label(self) -> Said:
        """The word on its button."""

    @property
    def roles(self) -> frozenset[Role]:
        """Who may do it: any of these."""

    @property
    def on(self) -> frozenset[str]:
        """Kinds of things that it is done on, as `Thing.kind` names them."""

    def form(self, known: Known, about: str) -> Form:
        """The form on a thing. Raises CannotAct."""

    def drafts(
        self, known: Known, about: str, fields: Mapping[str, str], by: Person, key: str
    ) -> list[Draft]:
        """The messages of it, with ids of `message_id`; without who acted, which the engine adds.

        Raises FieldErrors, CannotAct. `fields` has all names of the form, within their bounds.
        """


@dataclass(frozen=True, slots=True)
class Thing:
    """What an act is about; as text "kind:scope:id", of which the id may have colons."""

    kind: Literal["message", "incident", "proposal", "scope"]
    """`message`: id is the message's; `incident`: the joint incident's; `proposal`: the beneficiary's."""
    scope: str
    """ "actual" or "exercise/ID"."""
    id: str = field(default="")

    def __str__(self) -> str:
        return f"{self.kind}:{self.scope}:{self.id}"


def thing(about: str) -> Thing:
    """Reads a Thing. Raises CannotAct."""
    kind, _, rest = about.partition(":")
    scope, _, name = rest.partition(":")
    match kind:
        case "message" | "incident" | "proposal" | "scope":
            return Thing(kind, scope, name)
    raise CannotAct(
        Said(f"about：{kind!r} 不是可办理的事项", f"about: nothing is done on {kind!r}"),
        Said(
            "请写成 message:范围:编号、incident:…、proposal:… 或 scope:…",
            "write message:SCOPE:ID, incident:…, proposal:… or scope:…",
        ),
    )


def seen(messages: Iterable[Message]) -> dict[str, str]:
    """What rests on these messages: each entity with its revision and message."""
    return {
        f"{m.stamp.origin} {m.header.entity_id}": f"{m.header.revision} {m.header.message_id}"
        for m in messages
    }


def message_id(key: str, part: str = "") -> str:
    """The id of an act's message: the same for the same key (a UUID of version 7) and part."""
    made_ms = int.from_bytes(message_ids.as_bytes(key)[:6], "big")
    return message_ids.derived(made_ms, sha256(f"{key}/{part}".encode()).digest())
