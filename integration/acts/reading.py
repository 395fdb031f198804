"""Where people sign in at an issuer, only who is signed in reads; a verified certificate does as well."""

from collections.abc import Callable
from functools import partial

from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from integration.acts import wire
from integration.acts.config import BACK, SIGN_IN
from integration.acts.identity import Identities, shown_by
from integration.acts.refusals import Refused
from integration.page.board import as_json

ENDED = "yrd.ended"
OPEN = ("/", "/me", "/sign-out", SIGN_IN, BACK)
"""What everyone may ask for: the empty page, and ways to sign in."""


class SignedInOnly:
    """Refuses whoever is not signed in."""

    def __init__(self, app: ASGIApp, identities: Identities) -> None:
        self._app, self._identities = app, identities

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on, or refuses."""
        if scope["type"] == "http" and not _is_open(scope["path"]):
            connection = HTTPConnection(scope)
            try:
                if shown_by(connection) is None:
                    self._identities.reader(connection)
                    scope.setdefault("state", {})[ENDED] = partial(self._is_over, connection)
            except Refused as error:
                body = as_json(wire.refusal(error))
                answer = Response(body, error.status, media_type="application/json")
                await answer(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _is_over(self, connection: HTTPConnection) -> bool:
        try:
            self._identities.reader(connection)
        except Refused:
            return True
        return False


def ended(request: HTTPConnection) -> Callable[[], bool]:
    """Says whether who asked may no longer read: an answer that goes on asks again and again."""
    found: Callable[[], bool] = getattr(request.state, ENDED, lambda: False)
    return found


def _is_open(path: str) -> bool:
    return path in OPEN or path.startswith("/static/")
