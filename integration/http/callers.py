"""Who calls: the bearer of a token, or a system with a certificate of the participant's own."""

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from gateway.errors import IdentityUnknown, NotPermitted, Unavailable
from gateway.server.credentials import Serial
from gateway.server.identity import caller_of, certificate_of
from integration.http.problems import Refused
from integration.http.token_file import TokenFile, TokenFileError
from integration.http.tokens import SCOPES, Scope, known

logger = logging.getLogger(__name__)
_CHALLENGE = {"www-authenticate": 'Bearer realm="yrd"'}


@dataclass(frozen=True, slots=True)
class Caller:
    """A system, and what it may do here. `recheck` raises Refused when that is over.

    `token` is the id of its token, for the log.
    """

    system: str
    scopes: frozenset[Scope]
    token: str = ""
    recheck: Callable[[], None] = lambda: None

    def require(self, scope: Scope) -> None:
        """Raises Refused."""
        if scope not in self.scopes:
            raise Refused(
                NotPermitted(
                    f"the token {self.token} lacks the scope {scope}: ask the operator for one with it",
                    system=self.system,
                    action=scope,
                )
            )


class Callers:
    """Knows callers. Neither a token nor a part of one is ever logged or told."""

    def __init__(self, participant: str, systems: Collection[str], tokens: TokenFile) -> None:
        self._participant, self._systems, self._tokens = participant, frozenset(systems), tokens
        self.revoked: Collection[Serial] = ()
        """What the clients' CA has revoked: a handshake knows it, a connection that is open does not."""

    def of(self, authorization: str | None, certificate: bytes | None) -> Caller:
        """The caller of a request; `certificate` (PEM) was verified by TLS. Raises Refused.

        A token says it if there is one, else the certificate.
        """

        def again() -> None:
            self._identified(authorization, certificate)

        return replace(self._identified(authorization, certificate), recheck=again)

    def _identified(self, authorization: str | None, certificate: bytes | None) -> Caller:
        if authorization is not None:
            caller = self._bearer(authorization)
        elif certificate is not None:
            caller = self._certified(certificate)
        else:
            raise _unknown("no token: send the header Authorization: Bearer TOKEN")
        if caller.system not in self._systems:
            raise Refused(
                NotPermitted(
                    f"this door does not speak for the system {caller.system}: its operator adds it "
                    "under `systems`",
                    participant=self._participant,
                    system=caller.system,
                    action="call",
                )
            )
        return caller

    def _bearer(self, authorization: str) -> Caller:
        scheme, _, text = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise _unknown(
                "the door takes bearer tokens: send the header Authorization: Bearer TOKEN"
            )
        try:
            kept = self._tokens.current()
        except TokenFileError as error:
            logger.error("tokens_unreadable", extra={"detail": str(error)})
            raise Refused(Unavailable("tokens can't be checked now: call the operator")) from None
        token = known(text.strip(), kept, datetime.now(UTC))
        if token is None:
            raise _unknown("the token is not known here, or over: ask the operator for a new one")
        return Caller(token.system, token.scopes, token.id)

    def _certified(self, certificate: bytes) -> Caller:
        try:
            said = caller_of(certificate)
        except IdentityUnknown as error:
            raise Refused(error) from None
        shown = certificate_of(certificate)
        if shown.not_after <= datetime.now(UTC):
            raise _unknown("the certificate is over: renew it")
        if (shown.issuer, shown.serial) in self.revoked:
            raise _unknown("the certificate was revoked: ask your CA for another")
        if said.participant != self._participant:
            raise Refused(
                NotPermitted(
                    f"this door serves {self._participant}, and the certificate is of "
                    f"{said.participant}: call your own participant's",
                    participant=said.participant,
                    system=said.system,
                    action="call",
                )
            )
        return Caller(said.system, frozenset(SCOPES))


def _unknown(text: str) -> Refused:
    return Refused(IdentityUnknown(text), headers=_CHALLENGE)
