"""The web application: a page, its files, the stream of news, and what is asked for one by one."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from client import ExchangeClient, ExchangeError
from integration.acts.config import People
from integration.acts.opening import Opened, opened
from integration.acts.reading import SignedInOnly, ended
from integration.acts.routes import READ_ONLY
from integration.page.beginning import DAY_US, offset_before
from integration.page.board import as_json
from integration.page.evidence import evidence
from integration.page.following import Follower
from integration.page.headers import Guarded
from integration.page.room import LANGUAGES, NoSuchPicture, Room
from integration.page.stream import events
from integration.page.tiles import Tiles
from integration.page.tiles import opened as tile_routes
from integration.page.views.geography import outlines
from integration.page.views.incident import incident
from integration.page.views.parts import history, parts
from integration.page.views.report import report
from schemas.catalog import BODY_FIELDS
from yrd.exchange.v1.message_pb2 import Message

STATIC = Path(__file__).parent / "static"
LEFT_OUT = frozenset(("yrd.hazmat.v1.VehicleMovement", "yrd.monitoring.v1.Observation"))
"""Types of which there are very many, and that no part needs: the picture has what matters of them."""
MOST_TEXT = 200


class Page:
    """The handlers over one room and one gateway."""

    def __init__(self, room: Room, client: ExchangeClient) -> None:
        self._room, self._client = room, client

    def routes(self) -> list[Route | Mount]:
        """All addresses."""
        return [
            Route("/", self.index),
            Route("/events", self.events),
            Route("/picture", self.picture),
            Route("/incident", self.incident),
            Route("/evidence", self.evidence),
            Route("/report", self.report),
            Route("/outlines.json", self.outlines),
            Mount("/static", StaticFiles(directory=STATIC)),
        ]

    async def index(self, request: Request) -> Response:
        """The page itself."""
        return FileResponse(STATIC / "index.html")

    async def outlines(self, request: Request) -> Response:
        """Outlines of the provinces."""
        return Response(outlines(), media_type="application/json")

    async def events(self, request: Request) -> Response:
        """The stream. A browser that comes back says what it saw last in Last-Event-ID."""
        scope, language = self._scope(request), _language(request)
        last = request.headers.get("last-event-id") or request.query_params.get("last", "")

        return StreamingResponse(
            self._told(scope, language, last[:MOST_TEXT], ended(request)),
            media_type="text/event-stream",
            headers={"X-Accel-Buffering": "no"},
        )

    async def _told(
        self, scope: str, language: str, last: str, over: Callable[[], bool]
    ) -> AsyncIterator[bytes]:
        def closing() -> bool:
            return self._room.closing or over()

        with self._room.reading(scope, language) as board:
            async for told in events(board, last, self._room.now_ms, closing):
                yield told

    async def picture(self, request: Request) -> Response:
        """All parts as they were known at an instant."""
        shown = await self._shown(request)
        made = parts(shown, LANGUAGES[_language(request)])
        known = self._room.desk.scopes[shown.scope]
        return _json(made | {"history": history(known.marks)})

    async def incident(self, request: Request) -> Response:
        """One joint incident with its timeline."""
        shown = await self._shown(request)
        asked = _text(request, "id")
        found = incident(shown, asked, LANGUAGES[_language(request)])
        if found is None:
            raise HTTPException(404, f"id: the picture has no joint incident {asked}")
        return _json(found | {"since_ms": self._room.since_ms})

    async def evidence(self, request: Request) -> Response:
        """One message with its signed entry."""
        language = LANGUAGES[_language(request)]
        ask: Callable[[], dict[str, Any]] = lambda: evidence(  # noqa: E731
            self._client, _text(request, "id"), _text(request, "origin", ""), language
        )
        return _json(await asyncio.to_thread(ask))

    async def report(self, request: Request) -> Response:
        """One situation report that was issued."""
        asked, origin = _text(request, "id"), _text(request, "origin", "")
        message = await asyncio.to_thread(self._client.get, asked, origin)
        found = report(message, LANGUAGES[_language(request)])
        if found is None:
            raise HTTPException(404, f"id: {asked} is no situation report")
        return _json(found)

    async def _shown(self, request: Request) -> Any:
        """The picture that is asked about: the newest, or that of the instant `at`."""
        scope, at = self._scope(request), request.query_params.get("at", "")
        if not at:
            shown = self._room.shown(scope)
            if shown is None:
                raise HTTPException(404, f"scope: there is no picture of {scope} yet")
            return shown
        if not at.isdecimal() or len(at) > 15:
            raise HTTPException(400, "at: not milliseconds since 1970; send such a number")
        return await self._room.shown_at(scope, int(at) * 1000, self._fetch)

    def _fetch(self, message_id: str) -> Message:
        return self._client.get(message_id, "joint")

    def _scope(self, request: Request) -> str:
        return _text(request, "scope", "") or self._room.usual_scope()


def _json(value: Any) -> Response:
    return Response(as_json(value), media_type="application/json")


def _text(request: Request, name: str, otherwise: str | None = None) -> str:
    value = request.query_params.get(name, otherwise)
    if value is None or len(value) > MOST_TEXT:
        raise HTTPException(400, f"{name}: missing, or longer than {MOST_TEXT}; send it")
    return value


def _language(request: Request) -> str:
    language = request.query_params.get("lang", "zh")
    if language not in LANGUAGES:
        raise HTTPException(400, f"lang: {language[:20]!r} is not spoken here; send zh or en")
    return language


async def _told(request: Request, error: Exception) -> Response:
    """Errors as a title and what to do, never with a trace."""
    if isinstance(error, HTTPException):
        return JSONResponse({"detail": error.detail}, error.status_code)
    if isinstance(error, NoSuchPicture):
        return JSONResponse({"detail": str(error)}, 404)
    assert isinstance(error, ExchangeError)
    status = {"NOT_FOUND": 404, "PERMISSION_DENIED": 403, "INVALID_ARGUMENT": 400}
    return JSONResponse({"detail": str(error)}, status.get(error.code, 502))


def application(
    client: ExchangeClient,
    hosts: list[str],
    owner: str = "",
    history_days: float = 7.0,
    people: People | None = None,
    tiles: Tiles | None = None,
) -> Starlette:
    """The application that follows a gateway for as long as it lives, and begins some days back.

    Raises ConfigError if people can't act as it is configured, or tiles can't be read.
    """
    drawn = tile_routes(tiles)
    room = Room(owner)
    acts = opened(people, client, owner, room) if people else None

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()
        types = frozenset(BODY_FIELDS) - LEFT_OUT
        since_us = round(room.now_ms() * 1000 - history_days * DAY_US)
        room.since_ms = since_us // 1000
        follower = Follower(
            client,
            types,
            lambda what: room.deliver(loop, what),
            lambda gateway: offset_before(gateway, since_us),
        )
        follower.start()
        tasks = [asyncio.create_task(room.run())]
        if acts is not None:
            tasks.append(asyncio.create_task(acts.run()))
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)  # what one failed with was said
            await asyncio.to_thread(follower.close)
            if acts is not None:
                acts.close()

    app = Starlette(
        routes=[
            *(acts.acting.routes() if acts else READ_ONLY),
            *Page(room, client).routes(),
            *drawn.routes(),
        ],
        lifespan=lifespan,
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=hosts),
            Middleware(Guarded),
            *_signed_in_only(acts),
            Middleware(GZipMiddleware, minimum_size=2000),
        ],
        exception_handlers=dict.fromkeys((HTTPException, NoSuchPicture, ExchangeError), _told),
    )
    app.state.room = room
    return app


def _signed_in_only(acts: Opened | None) -> list[Middleware]:
    """Where people sign in at an issuer, nobody reads unknown."""
    return [Middleware(SignedInOnly, identities=acts.identities)] if acts and acts.signs_in else []
