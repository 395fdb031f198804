"""Signing in at an issuer, by way of the browser: out, and back."""

import logging
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from integration.acts.config import BACK, SIGN_IN
from integration.acts.identity import Identities, keep
from integration.acts.oidc import Issuer, Login, SignInFailed
from integration.acts.refusals import Refused
from integration.acts.seam import Said

logger = logging.getLogger(__name__)
COOKIE = "__Host-yrd-login"
SECONDS = 600
"""How long somebody may take at the issuer."""
MOST = 1000
"""Ways out that are awaited at a time; the oldest are forgotten first."""


class SignIn:
    """The addresses of signing in."""

    def __init__(
        self, issuer: Issuer, identities: Identities, now: Callable[[], float] = time.time
    ) -> None:
        self._issuer, self._identities, self._now = issuer, identities, now
        self._out: OrderedDict[str, tuple[float, Login]] = OrderedDict()

    def routes(self) -> list[Route]:
        """All addresses."""
        return [Route(SIGN_IN, self.out), Route(BACK, self.back)]

    async def out(self, request: Request) -> Response:
        """To the issuer."""
        try:
            url, login = await self._issuer.begin()
        except SignInFailed as error:
            return _failed(error.text, error.detail)
        name = secrets.token_urlsafe(32)
        self._out[name] = self._now() + SECONDS, login
        while len(self._out) > MOST:
            self._out.popitem(last=False)
        answer = RedirectResponse(url, 302)
        # lax: the way back begins at the issuer's site
        answer.set_cookie(
            COOKIE, name, SECONDS, path="/", secure=True, httponly=True, samesite="lax"
        )
        return answer

    async def back(self, request: Request) -> Response:
        """From the issuer. What the browser kept is of use once."""
        end, login = self._out.pop(request.cookies.get(COOKIE, ""), (0.0, None))
        if login is None or self._now() >= end:
            text = Said(
                "登录超时或不是本浏览器发起", "signing in took too long, or began elsewhere"
            )
            return _failed(text, "no login awaited")
        try:
            shows = await self._issuer.finish(login, dict(request.query_params))
            person = self._identities.person(shows)
        except SignInFailed as error:
            return _failed(error.text, error.detail)
        except Refused as error:
            return _failed(error.text, str(error))
        answer = RedirectResponse("/", 303)
        keep(answer, self._identities.sessions.begin(shows)[0])
        answer.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="lax")
        logger.info("signed_in", extra={"person": person.id, "means": person.means})
        return answer


def _failed(text: Said, detail: str) -> Response:
    logger.warning("sign_in_failed", extra={"detail": detail})
    words = f"{text.zh}。请返回首页 / 重新登录。\n{text.en}: go back to / and sign in again.\n"
    return PlainTextResponse(words, 403, {"Cache-Control": "no-store"})
