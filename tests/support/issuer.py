"""A small OpenID issuer: discovery, keys, an authorization endpoint that says yes, a token endpoint.

Its tokens are really signed. `claims` and `header` change what is in the next one, `signer` who signs it.
"""

import hashlib
import secrets
import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT, SECRET = "duty-page", "a secret of the page"


def new_key(kid: str = "k1") -> RSAKey:
    """A key that signs tokens."""
    return RSAKey.generate_key(2048, {"kid": kid, "alg": "RS256", "use": "sig"})


@dataclass
class Issuer:
    """The issuer at an address; `subject` is who signs in."""

    url: str
    subject: str = "u-0421"
    key: RSAKey = field(default_factory=new_key)
    signer: Any = None
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    described: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def app(self) -> Starlette:
        """Its application."""
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._describe),
                Route("/keys", self._keys),
                Route("/authorize", self._authorize),
                Route("/token", self._token, methods=["POST"]),
            ]
        )

    async def _describe(self, _: Request) -> Response:
        said = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
        }
        return JSONResponse(said | self.described)

    async def _keys(self, _: Request) -> Response:
        return JSONResponse(KeySet([self.key]).as_dict(private=False))

    async def _authorize(self, request: Request) -> Response:
        query = dict(request.query_params)
        return RedirectResponse(f"{query['redirect_uri']}?{urlencode(self.agreed(query))}", 302)

    def agreed(self, query: dict[str, str]) -> dict[str, str]:
        """What goes back to the page when somebody has said yes."""
        assert query["code_challenge_method"] == "S256", query
        assert "openid" in query["scope"].split()
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        return {"code": code, "state": query["state"], "iss": self.url}

    async def _token(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        query = self.codes.pop(form.get("code", ""), None)
        challenge = urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest())
        if (
            query is None
            or challenge.rstrip(b"=").decode() != query["code_challenge"]
            or form["redirect_uri"] != query["redirect_uri"]
            or not request.headers.get("authorization", "").startswith("Basic ")
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        told = {
            "access_token": secrets.token_urlsafe(16),
            "token_type": "Bearer",
            "id_token": self.token(query.get("nonce", "")),
        }
        return JSONResponse(told)

    def token(self, nonce: str) -> str:
        """An id token."""
        now = int(time.time())
        claims = {
            "iss": self.url,
            "sub": self.subject,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
        }
        kept = {k: v for k, v in (claims | self.claims).items() if v is not None}
        header = {"alg": "RS256", "kid": self.key.kid} | self.header
        key = self.signer or self.key
        return jwt.encode(header, kept, key, algorithms=[header["alg"]])
