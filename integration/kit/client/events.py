"""What a reference gateway saw of a sender. Instants are seconds since 1970, UTC."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from schemas.rules import Violation

PERMANENT = frozenset(
    (
        "CONTRACT_VIOLATED",
        "MALFORMED_REQUEST",
        "TYPE_UNKNOWN",
        "NOT_PERMITTED",
        "NOT_AUTHORITY",
        "MESSAGE_TOO_LARGE",
        "MESSAGE_ID_REUSED",
        "REVISION_STALE",
        "TRANSITION_REFUSED",
    )
)
"""Reasons for which a draft is refused for good: it is settled, and the same again is no use."""
ACCEPTED = "ACCEPTED"
ON_ITS_WAY_SECONDS = 2.0
"""An answer given longer before its connection was cut has arrived."""


class Opening(StrEnum):
    """How a connection began."""

    NOTHING = "nothing"
    TLS = "tls"
    PLAINTEXT = "plaintext"
    OTHER = "other"


class Ended(StrEnum):
    """Who ended a connection. CUT is a fault of the script."""

    OPEN = "open"
    BY_SENDER = "by sender"
    BY_GATEWAY = "by gateway"
    CUT = "cut"
    AT_THE_END = "at the end"


@dataclass(frozen=True, slots=True)
class Connection:
    """One TCP connection."""

    number: int
    opened: float
    opening: Opening
    ended: Ended
    closed: float | None = None


@dataclass(frozen=True, slots=True)
class SentDraft:
    """One draft as it came in.

    `parts` are digests of the header's fields and of the body, by path, so that two drafts can be
    compared without being kept. `outcome` is ACCEPTED, the reason of a refusal, or empty if the draft
    was not judged; `type` is empty for bytes that are no draft.
    """

    message_id: str
    entity_id: str
    revision: int
    mode: int
    type: str
    occurred: float | None
    reported: float | None
    parts: tuple[tuple[str, bytes], ...]
    violations: tuple[Violation, ...] = ()
    outcome: str = ""
    unknown: bool = False

    def content(self, *without: str) -> tuple[tuple[str, bytes], ...]:
        """Its parts but those of these paths."""
        return tuple(part for part in self.parts if part[0] not in without)


@dataclass(frozen=True, slots=True)
class Request:
    """One call of Publish, or one batch of a PublishStream.

    `at` is when it came, `answered` when its answer was given; None if the sender never got one.
    `refusal` is the reason for which all of it was refused, `retry_seconds` what RetryInfo said.
    `system` is "<participant>/<system>" as in the certificate.
    """

    number: int
    at: float
    call: int
    method: str
    connection: int
    system: str
    drafts: tuple[SentDraft, ...]
    answered: float | None = None
    fault: str = ""
    refusal: str = ""
    retry_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Stream:
    """How a PublishStream ended: closed, refused, cut (by the script) or cancelled (by the sender)."""

    call: int
    at: float
    how: str


@dataclass(frozen=True, slots=True)
class Denied:
    """A call that was refused for who made it."""

    at: float
    connection: int
    method: str
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """A draft in the request that brought it."""

    draft: SentDraft
    request: Request

    @property
    def settled(self) -> bool:
        """The sender has been told that it is accepted, or refused for good, alone or with all."""
        told = self.request.answered is not None
        return self.confirmed or self.refused or (told and self.request.refusal in PERMANENT)

    @property
    def confirmed(self) -> bool:
        """The sender has been told that it is accepted."""
        return self.request.answered is not None and self.draft.outcome == ACCEPTED

    @property
    def refused(self) -> bool:
        """The sender has been told that this draft is refused for good."""
        return self.request.answered is not None and self.draft.outcome in PERMANENT


@dataclass(frozen=True)
class Events:
    """All that was seen in one run.

    `called` are the connections on which there was any call at all. `expected` is how many messages were
    announced, if so.
    """

    participant: str
    started: float
    ended: float
    requests: tuple[Request, ...] = ()
    streams: tuple[Stream, ...] = ()
    connections: tuple[Connection, ...] = ()
    denied: tuple[Denied, ...] = ()
    called: frozenset[int] = frozenset()
    expected: int | None = None

    @cached_property
    def attempts(self) -> dict[str, list[Attempt]]:
        """Message id → its attempts in order; ids in the order in which they first came."""
        found: dict[str, list[Attempt]] = {}
        for attempt in self._all():
            if attempt.draft.message_id:
                found.setdefault(attempt.draft.message_id, []).append(attempt)
        return found

    @cached_property
    def confirmed(self) -> int:
        """How many messages the sender has been told are accepted."""
        return sum(any(a.confirmed for a in tried) for tried in self.attempts.values())

    @cached_property
    def settled(self) -> int:
        """How many messages the sender has been told the fate of."""
        return sum(any(a.settled for a in tried) for tried in self.attempts.values())

    def certain(self, request: Request) -> bool:
        """Whether its answer reached the sender for sure.

        One that was on its way when the script cut the connection may have been lost with it.
        """
        cut = self._cut_at.get(request.connection)
        return request.answered is not None and (
            cut is None or cut - request.answered > ON_ITS_WAY_SECONDS
        )

    @cached_property
    def _cut_at(self) -> dict[int, float]:
        return {c.number: c.closed for c in self.connections if c.ended is Ended.CUT and c.closed}

    def drafts(self) -> Iterator[Attempt]:
        """Every attempt, also of drafts without an id, in order of arrival."""
        return self._all()

    def _all(self) -> Iterator[Attempt]:
        return (Attempt(draft, request) for request in self.requests for draft in request.drafts)
