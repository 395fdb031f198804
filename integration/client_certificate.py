"""The client's certificate with each request over HTTP: TLS has verified it, uvicorn leaves it aside."""

import asyncio
import ssl
from typing import Any

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

STATE = "yrd.client_certificate"
"""Where in a request's state it is, as PEM."""


class Certified(H11Protocol):
    """A connection that tells with each request which certificate its client showed."""

    def connection_made(self, transport: Any) -> None:
        """The handshake is done, if there is one."""
        super().connection_made(transport)
        self.app = _telling(self.app, shown(transport))


def certificate_of(request: HTTPConnection) -> bytes | None:
    """The certificate (PEM) of who asks, if they showed one; then TLS has verified it."""
    found: bytes | None = getattr(request.state, STATE, None)
    return found


def shown(transport: asyncio.BaseTransport) -> bytes | None:
    """The certificate (PEM) that the other end of a connection showed."""
    connection = transport.get_extra_info("ssl_object")
    found = connection.getpeercert(binary_form=True) if connection else None
    return ssl.DER_cert_to_PEM_cert(found).encode() if found else None


def _telling(app: ASGIApp, certificate: bytes | None) -> ASGIApp:
    async def telling(scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("state", {})[STATE] = certificate
        await app(scope, receive, send)

    return telling
