"""Who a request is from: a session that goes with what the client shows, and a person on the list."""

import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from integration.acts import showing
from integration.acts.people import Roll
from integration.acts.refusals import Forged, NoRole, NoSession
from integration.acts.seam import Person, Said
from integration.acts.sessions import Session, Sessions
from integration.acts.showing import Shows
from integration.client_certificate import certificate_of

COOKIE = "__Host-yrd-session"
TOKEN = "x-csrf-token"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person in a session."""

    person: Person
    session: Session


class Identities:
    """Sessions and people of a page."""

    def __init__(self, roll: Roll, sessions: Sessions) -> None:
        self._roll, self.sessions = roll, sessions

    def of(self, request: HTTPConnection) -> SignedIn:
        """Who is signed in. Raises NoSession, NoRole for who is not on the list, NotNow."""
        secret = request.cookies.get(COOKIE, "")
        session = self.sessions.of(secret) if secret else None
        if session is None:
            raise _over() if secret else _nobody()
        if session.shows.means == "certificate" and shown_by(request) != session.shows:
            raise _over()  # the cookie went to another machine than the certificate
        return SignedIn(self.person(session.shows), session)

    def reader(self, request: HTTPConnection) -> Person:
        """Who looks at the page, by a session that may be idle. Raises what `of` raises."""
        secret = request.cookies.get(COOKIE, "")
        session = self.sessions.reading(secret) if secret else None
        if session is None:
            raise _over() if secret else _nobody()
        return self.person(session.shows)

    def person(self, shows: Shows) -> Person:
        """The person on the list. Raises NoRole, NotNow."""
        found = self._roll.current().known(shows)
        if found is None:
            what = "证书" if shows.means == "certificate" else "账号"
            raise NoRole(
                Said(
                    f"您的{what}不在人员名单中", f"your {shows.means} is not on the list of people"
                ),
                Said(
                    f"请系统管理员登记（标识 {shows.credential[:16]}）",
                    f"have the operator add it (it is {shows.credential[:16]})",
                ),
            )
        return found

    def acting(self, request: Request) -> Person:
        """Who sends a request that changes something. Raises Forged, and what `of` raises."""
        require_same_origin(request)
        signed = self.of(request)
        if not self.sessions.carries(signed.session, request.headers.get(TOKEN, "")):
            raise _forged("the token of /me is missing or another one")
        return signed.person

    def end(self, request: Request, answer: Response) -> None:
        """Ends the session."""
        self.sessions.end(request.cookies.get(COOKIE, ""))
        answer.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="strict")


def keep(answer: Response, secret: str) -> None:
    """Has the browser keep the secret of a session."""
    answer.set_cookie(COOKIE, secret, path="/", secure=True, httponly=True, samesite="strict")


def shown_by(request: HTTPConnection) -> Shows | None:
    """What the certificate of a request shows, if there is one that is not over."""
    return showing.certificate(certificate_of(request), time.time())


def require_same_origin(request: HTTPConnection) -> None:
    """Raises Forged for a request that another site's page made a browser send."""
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    here = request.headers.get("host", "")
    same = urlsplit(origin).netloc == here if origin is not None else site == "same-origin"
    if not same or site not in (None, "same-origin"):
        raise _forged("Origin is not this page's")


def _over() -> NoSession:
    return NoSession(
        Said("登录已过期，尚未办理", "your session is over; nothing was done"),
        Said(
            "已填内容仍在本页：请重新登录后再点一次",
            "what you typed is still here: sign in, then send again",
        ),
    )


def _nobody() -> NoSession:
    return NoSession(Said("尚未登录", "you are not signed in"), Said("请先登录", "sign in first"))


def _forged(why: str) -> Forged:
    return Forged(
        Said("请求不是本页面发出的，已拒绝", f"the request did not come from this page: {why}"),
        Said("请重新载入页面", "load the page again"),
    )
