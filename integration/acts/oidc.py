"""Signing in by OpenID Connect: authorization code with PKCE (S256), state, nonce; tokens are checked here.

What is asked of the issuer: discovery, a token endpoint, signing keys. Only asymmetric signatures count.
"""

import logging
import secrets
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from integration.acts.config import Oidc, guarded
from integration.acts.seam import Said
from integration.acts.showing import Shows, of_issuer

logger = logging.getLogger(__name__)
ALGORITHMS = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "Ed25519",
)
LEEWAY_SECONDS = 30
"""By which the issuer's clock may differ."""
KEPT_SECONDS = 3600.0
"""For how long what the issuer says of itself is kept."""
TIMEOUT_SECONDS = 10.0


class SignInFailed(Exception):
    """Somebody could not be signed in. `detail` is for the log."""

    def __init__(self, text: Said, detail: str) -> None:
        super().__init__(f"{text.en}: {detail}")
        self.text, self.detail = text, detail


@dataclass(frozen=True, slots=True)
class Login:
    """A way out to the issuer, whose way back is awaited."""

    state: str
    nonce: str
    verifier: str


class Issuer:
    """The issuer of a page's people. All methods raise SignInFailed."""

    def __init__(
        self,
        config: Oidc,
        transport: httpx2.AsyncBaseTransport | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._config, self._now = config, now
        self._secret = config.client_secret and config.client_secret.read_text("utf-8").strip()
        verify: Any = True
        if config.ca:
            verify = ssl.create_default_context(cafile=str(config.ca))
        self._options: dict[str, Any] = {"timeout": TIMEOUT_SECONDS, "verify": verify}
        if transport is not None:
            self._options["transport"] = transport
        self._metadata: Mapping[str, Any] = {}
        self._keys: KeySet | None = None
        self._read_at = 0.0

    async def begin(self) -> tuple[str, Login]:
        """The address at the issuer to which somebody is sent, and what is kept meanwhile."""
        metadata = await self._described()
        login = Login(
            secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48)
        )
        async with self._client() as client:
            url, _ = client.create_authorization_url(
                metadata["authorization_endpoint"],
                state=login.state,
                nonce=login.nonce,
                code_verifier=login.verifier,
            )
        return str(url), login

    async def finish(self, login: Login, back: Mapping[str, str]) -> Shows:
        """Who came back, with what the issuer sent along."""
        self._require_ours(login, back)
        metadata = await self._described()
        try:
            async with self._client() as client:
                token = await client.fetch_token(
                    metadata["token_endpoint"],
                    grant_type="authorization_code",
                    code=back.get("code", ""),
                    code_verifier=login.verifier,
                )
        except (AuthlibBaseError, httpx2.HTTPError, ValueError) as error:
            raise _failed(f"token endpoint: {error!r}") from None
        return await self._proven(token, login)

    def _require_ours(self, login: Login, back: Mapping[str, str]) -> None:
        if not secrets.compare_digest(login.state.encode(), back.get("state", "").encode()):
            raise _failed("state: not the one that was sent")
        if "error" in back:
            raise _failed(f"the issuer refused: {back['error'][:100]}")
        named = back.get("iss")  # RFC 9207
        promised = self._metadata.get("authorization_response_iss_parameter_supported") is True
        if (named is None and promised) or named not in (None, self._config.issuer):
            raise _failed(f"iss: {named!r} is another issuer")

    async def _proven(self, token: Mapping[str, Any], login: Login) -> Shows:
        """Whom the id token names, if it is the issuer's, for this page, of this login, and not over."""
        try:
            signed = await self._verified(str(token.get("id_token", "")))
            claims = CodeIDToken(
                signed.claims,
                signed.header,
                {
                    "iss": {"essential": True, "value": self._config.issuer},
                    "aud": {"essential": True, "value": self._config.client_id},
                    "sub": {"essential": True},
                },
                {
                    "client_id": self._config.client_id,
                    "nonce": login.nonce,
                    "access_token": token.get("access_token"),
                },
            )
            claims.validate(now=int(self._now()), leeway=LEEWAY_SECONDS)
        except (JoseError, AuthlibBaseError, ValueError) as error:
            raise _failed(f"id token: {error}") from None
        return of_issuer(self._config.issuer, claims["sub"])

    async def _verified(self, id_token: str) -> jwt.Token:
        keys = self._keys or await self._signing_keys()
        try:
            return jwt.decode(id_token, keys, algorithms=ALGORITHMS)
        except InvalidKeyIdError:  # it has new keys
            return jwt.decode(id_token, await self._signing_keys(), algorithms=ALGORITHMS)

    async def _described(self) -> Mapping[str, Any]:
        """What the issuer says of itself; it must be the one that is configured."""
        if self._metadata and self._now() < self._read_at + KEPT_SECONDS:
            return self._metadata
        issuer = self._config.issuer
        found = await self._fetched(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != issuer:
            raise _failed(f"issuer: says that it is {found.get('issuer')!r}")
        try:
            for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                guarded(str(found.get(name, "")))
        except ValueError as error:
            raise _failed(f"{name}: {error}") from None
        self._metadata, self._keys, self._read_at = found, None, self._now()
        return found

    async def _signing_keys(self) -> KeySet:
        found: Any = await self._fetched(self._metadata["jwks_uri"])
        self._keys = KeySet.import_key_set(found)
        return self._keys

    async def _fetched(self, url: str) -> dict[str, Any]:
        try:
            async with httpx2.AsyncClient(**self._options) as client:
                answer = await client.get(url)
                answer.raise_for_status()
                found = answer.json()
        except (httpx2.HTTPError, ValueError) as error:
            raise SignInFailed(
                Said("统一身份认证暂时不可用", "the issuer can't be reached"), f"{url}: {error!r}"
            ) from None
        if not isinstance(found, dict):
            raise _failed(f"{url}: no JSON object")
        return found

    def _client(self) -> AsyncOAuth2Client:
        config = self._config
        return AsyncOAuth2Client(
            config.client_id,
            self._secret,
            token_endpoint_auth_method="client_secret_basic" if self._secret else "none",
            scope="openid",
            redirect_uri=config.redirect,
            code_challenge_method="S256",
            **self._options,
        )


def _failed(detail: str) -> SignInFailed:
    return SignInFailed(Said("登录未成功", "signing in failed"), detail)
