"""Sessions: who is signed in, and until when. Only digests of their secrets are kept, in memory alone.

A session ends after a shift. When nobody did anything for a while it no longer acts, but goes on to read: a
wall that people only look at must not go dark. After a restart everyone signs in
anew; what was sent under a key is known by the journal all the same.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from hmac import compare_digest

from integration.acts.showing import Shows

MOST = 5000
"""Sessions at a time; those that were idle longest end first."""


@dataclass(frozen=True, slots=True)
class Session:
    """Who showed what, and the token that forms carry."""

    shows: Shows
    csrf: str
    begun: float
    used: float


class Sessions:
    """All sessions of a page. `now` in seconds."""

    def __init__(self, shift_seconds: float, idle_seconds: float, now: Callable[[], float]) -> None:
        self._shift, self._idle, self._now = shift_seconds, idle_seconds, now
        self._kept: dict[str, Session] = {}

    def begin(self, shows: Shows) -> tuple[str, Session]:
        """A new session, and the secret that the browser keeps."""
        secret, now = secrets.token_urlsafe(32), self._now()
        session = Session(shows, secrets.token_urlsafe(32), now, now)
        self._kept[_digest(secret)] = session
        while len(self._kept) > MOST:
            del self._kept[next(iter(self._kept))]
        return secret, session

    def of(self, secret: str) -> Session | None:
        """The session of a secret, which is used by that; None if there is none that still acts."""
        session = self.reading(secret)
        if session is None or self._now() >= self.end_of(session):
            return None
        key = _digest(secret)
        del self._kept[key]
        self._kept[key] = used = replace(session, used=self._now())
        return used

    def reading(self, secret: str) -> Session | None:
        """The session of a secret; None if there is none, or its shift is over."""
        session = self._kept.get(_digest(secret))
        if session is not None and self._now() >= session.begun + self._shift:
            self.end(secret)
            return None
        return session

    def end_of(self, session: Session) -> float:
        """When it no longer acts, if nothing more is done in it."""
        return min(session.begun + self._shift, session.used + self._idle)

    def end(self, secret: str) -> None:
        """Ends one."""
        self._kept.pop(_digest(secret), None)

    @staticmethod
    def carries(session: Session, token: str) -> bool:
        """Whether a request carries the session's token."""
        return compare_digest(session.csrf.encode(), token.encode())


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
