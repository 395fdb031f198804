"""The addresses by which a browser acts (docs/acts.md)."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from integration.acts import bodies, wire
from integration.acts.approving import Waiting, may_not
from integration.acts.config import SIGN_IN
from integration.acts.engine import Engine
from integration.acts.identity import Identities, SignedIn, keep, require_same_origin, shown_by
from integration.acts.outcome import Outcome
from integration.acts.refusals import NoRole, NoSession, Refused
from integration.acts.seam import Person
from integration.page.board import as_json

logger = logging.getLogger(__name__)
Handler = Callable[[Request], Awaitable[Response]]
NO_STORE = {"Cache-Control": "no-store"}


class Acting:
    """The handlers over one engine. `told` is called when something waits, or no longer does.

    `sign_in`: the addresses of signing in at an issuer, if there is one.
    """

    def __init__(
        self,
        engine: Engine,
        identities: Identities,
        sign_in: Sequence[Route],
        told: Callable[[list[wire.Json]], None],
    ) -> None:
        self._engine, self._identities = engine, identities
        self._sign_in, self._told = sign_in, told

    def routes(self) -> list[Route]:
        """All addresses."""
        handlers: dict[tuple[str, str], Handler] = {
            ("/me", "GET"): self.me,
            ("/acts", "GET"): self.offered,
            ("/acts", "POST"): self.act,
            ("/acts/form", "GET"): self.form,
            ("/acts/waiting", "GET"): self.waiting,
            ("/acts/approve", "POST"): self.approve,
            ("/sign-out", "POST"): self.sign_out,
        }
        own = [
            Route(path, _answering(handler), methods=[method])
            for (path, method), handler in handlers.items()
        ]
        return [*own, *self._sign_in]

    async def me(self, request: Request) -> Response:
        """Who is signed in. Who shows a certificate is signed in by that."""
        try:
            signed = self._identities.of(request)
            return _json(self._me(signed))
        except NoSession as error:
            refused: Refused = error
        except NoRole as error:
            return _json(self._nobody(error))
        shows = shown_by(request)
        if shows is None:
            return _json(self._nobody(refused))
        try:
            person = self._identities.person(shows)
        except NoRole as error:
            return _json(self._nobody(error))
        secret, session = self._identities.sessions.begin(shows)
        logger.info("signed_in", extra={"person": person.id, "means": person.means})
        answer = _json(self._me(SignedIn(person, session)))
        keep(answer, secret)
        return answer

    def _me(self, signed: SignedIn) -> wire.Json:
        return self._nobody(None) | {
            "person": wire.person(signed.person),
            "csrf": signed.session.csrf,
            "expires_ms": round(self._identities.sessions.end_of(signed.session) * 1000),
        }

    def _nobody(self, why: Refused | None) -> wire.Json:
        return {
            "acts": True,
            "person": None,
            "csrf": None,
            "expires_ms": None,
            "sign_in": SIGN_IN if self._sign_in else None,
            "why": why and wire.said(why.text),
        }

    async def offered(self, request: Request) -> Response:
        """What may be done on a thing."""
        person, about = self._person(request), bodies.text(request.query_params, "about")
        found = self._engine.offered(person, about)
        told = [
            {
                "act": offer.act.name,
                "label": wire.said(offer.act.label),
                "possible": offer.refused is None,
                "why": offer.refused and wire.said(offer.refused.text),
                "remedy": offer.refused and wire.said(offer.refused.remedy),
            }
            for offer in found
        ]
        return _json({"about": about, "acts": told})

    async def form(self, request: Request) -> Response:
        """A form."""
        query = request.query_params
        form, key = self._engine.form(
            self._person(request), bodies.text(query, "act"), bodies.text(query, "about")
        )
        return _json(wire.form(form, key))

    async def act(self, request: Request) -> Response:
        """Does it, once."""
        person = self._identities.acting(request)
        asked = bodies.asked(await bodies.object_of(request))
        return await self._done(await self._engine.act(person, asked))

    async def waiting(self, request: Request) -> Response:
        """What waits for a second person, and whether this one may answer."""
        person = self._person(request)
        found = await self._engine.approvals.waiting()
        return _json({"waiting": [_waiting(one, person) for one in found]})

    async def approve(self, request: Request) -> Response:
        """A second person's answer."""
        person = self._identities.acting(request)
        told = await bodies.object_of(request)
        yes = bodies.choice(told, "answer", ("yes", "no")) == "yes"
        key, note = bodies.text(told, "key"), bodies.text(told, "note", 1000)
        return await self._done(await self._engine.approvals.answer(person, key, yes, note))

    async def sign_out(self, request: Request) -> Response:
        """Ends the session."""
        require_same_origin(request)
        answer = _json({})
        self._identities.end(request, answer)
        return answer

    async def tell(self) -> None:
        """Tells what waits, for who looks at the page."""
        try:
            found = await self._engine.approvals.waiting()
        except Refused as error:
            logger.warning("waiting_unknown", extra={"detail": str(error)})
            return
        self._told([_short(one) for one in found])

    async def _done(self, outcome: Outcome) -> Response:
        await self.tell()
        return _json(wire.outcome(outcome), outcome.status)

    def _person(self, request: Request) -> Person:
        return self._identities.of(request).person


def _short(one: Waiting) -> wire.Json:
    return {
        "key": one.asked.key,
        "act": one.act.name,
        "label": wire.said(one.act.label),
        "about": one.asked.about,
        "title": wire.said(one.form.title),
        "asked_ms": one.asked.begun_ms,
        "lapses_ms": one.lapses_ms,
    }


def _waiting(one: Waiting, person: Person) -> wire.Json:
    refused = may_not(person, one.asked)
    return (
        wire.form(one.form, one.asked.key)
        | _short(one)
        | {
            "asked_by": one.asked.person,
            "may_approve": refused is None,
            "why": refused and wire.said(refused.text),
        }
    )


def _json(value: Any, status: int = 200) -> Response:
    return Response(as_json(value), status, NO_STORE, "application/json")


def _answering(handler: Handler) -> Handler:
    async def answering(request: Request) -> Response:
        try:
            return await handler(request)
        except Refused as error:
            extra = {"path": request.url.path, "problem": error.problem, "status": error.status}
            logger.info("act_refused", extra=extra)
            return _json(wire.refusal(error), error.status)

    return answering


async def _read_only(_: Request) -> Response:
    return _json({"acts": False, "person": None, "csrf": None, "sign_in": None, "why": None})


READ_ONLY = [Route("/me", _read_only)]
"""Where no people are configured."""
