"""The door as an ASGI application: who calls, which handler, and every refusal as a problem."""

import logging
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from client import ExchangeError, describe
from gateway.errors import Internal, MalformedRequest, to_status
from integration.client_certificate import certificate_of
from integration.http.answers import as_problem
from integration.http.callers import Caller, Callers
from integration.http.metrics import Meter
from integration.http.problems import Refused, problem
from integration.http.routes import Door, Streaming, describe_door
from integration.http.upstream import trace_of

if TYPE_CHECKING:
    from integration.http.alerts import Alerts  # needs an extra of its own

logger = logging.getLogger(__name__)
Answer = Response | Streaming
Handler = Callable[[Request, Caller], Awaitable[Answer]]


def application(
    door: Door, callers: Callers, meter: Meter | None = None, alerts: "Alerts | None" = None
) -> Starlette:
    """The application."""
    told: dict[tuple[str, str], Handler] = {
        ("/v1/messages", "POST"): door.publish,
        ("/v1/messages", "GET"): door.page,
        ("/v1/messages/{message_id}", "GET"): door.get,
        ("/v1/stream", "GET"): door.stream,
        ("/v1/cursors/{cursor}", "PUT"): door.acknowledge,
        ("/v1/controls.ics", "GET"): door.calendar,
        ("/v1/{layer}.geojson", "GET"): door.layer,
    }
    if alerts is not None:
        told |= {
            ("/v1/cap", "POST"): alerts.take,
            ("/v1/cap", "GET"): alerts.feed,
            ("/v1/cap/{message_id}", "GET"): alerts.give,
        }
    routes = [
        Route(path, _guarded(path, handler, callers, meter or Meter()), methods=[method])
        for (path, method), handler in told.items()
    ]
    for route in routes:
        (route.methods or set()).discard("HEAD")  # a stream has no end that a HEAD could wait for
    routes.append(Route("/openapi.json", describe_door))
    return Starlette(routes=routes, exception_handlers={HTTPException: _no_such_call})


def _guarded(
    path: str, handler: Handler, callers: Callers, meter: Meter
) -> Callable[[Request], Awaitable[Answer]]:
    async def guarded(request: Request) -> Answer:
        begun, caller = time.monotonic(), Caller("", frozenset())
        status = 200
        try:
            caller = callers.of(request.headers.get("authorization"), certificate_of(request))
            answer = await handler(request, caller)
        except Exception as error:  # noqa: BLE001  # what is not ours is logged, told as INTERNAL
            answer = _told(error)
        if isinstance(answer, Response):
            status = answer.status_code
        seconds = round(time.monotonic() - begun, 4)
        meter.answered(request.method, path, status, seconds)
        extra = {"method": request.method, "path": path, "status": status, "seconds": seconds}
        named = {"system": caller.system, "token": caller.token, **_traced(request)}
        logger.info("http_request", extra={**extra, **named})
        return answer

    return guarded


def _traced(request: Request) -> dict[str, str]:
    """The trace that the caller is in, for the log."""
    told = trace_of(request.headers)
    return {"trace_id": told[0][1].split("-")[1]} if told else {}


def _told(error: Exception) -> Response:
    """The one way from an error to an answer."""
    if isinstance(error, Refused):
        return as_problem(problem(error.error, error.status), error.headers)
    if isinstance(error, ExchangeError):
        if not error.reason:
            logger.warning("gateway_failed", extra={"code": error.code, "detail": error.message})
        return as_problem(problem(error))
    logger.exception("unexpected_error", exc_info=error)
    internal = Internal("the door failed; its log has the details")
    return as_problem(problem(describe(to_status(internal))))


async def _no_such_call(request: Request, error: Any) -> Response:
    """A path or a method that there is not."""
    words = {404: "no such path", 405: "no such method here"}.get(error.status_code, error.detail)
    text = f"{words}: /openapi.json says what there is"
    refused = describe(to_status(MalformedRequest(text, field="path")))
    return as_problem(problem(refused, error.status_code), error.headers)
