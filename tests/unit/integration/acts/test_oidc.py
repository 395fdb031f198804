"""Signing in against an issuer with really signed tokens; whatever is wrong with one, nobody gets in."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest
from joserfc.jwk import OctKey
from pydantic import ValidationError

from integration.acts.config import Oidc
from integration.acts.oidc import Issuer as Reads
from integration.acts.oidc import Login, SignInFailed
from integration.acts.showing import Shows, of_issuer
from tests.support.issuer import CLIENT, SECRET, Issuer, new_key

URL = "https://id.sh.example"
KEY, OTHER = new_key(), new_key("k1")


@pytest.fixture
def issuer() -> Issuer:
    return Issuer(URL, key=KEY)


@pytest.fixture
def reads(issuer: Issuer, tmp_path: Path) -> Reads:
    secret = tmp_path / "secret"
    secret.write_text(f"{SECRET}\n", encoding="utf-8")
    config = Oidc(
        issuer=URL,
        client_id=CLIENT,
        client_secret=secret,
        redirect="https://duty.sh.example/oidc/back",
    )
    return Reads(config, httpx2.ASGITransport(app=issuer.app))


def sign_in(
    reads: Reads, issuer: Issuer, change: Callable[[dict[str, str]], object] = lambda back: None
) -> Shows:
    async def there_and_back() -> Shows:
        url, login = await reads.begin()
        assert url.startswith(f"{URL}/authorize?")
        back = issuer.agreed(dict(parse_qsl(urlsplit(url).query)))
        change(back)
        return await reads.finish(login, back)

    return asyncio.run(there_and_back())


def test_who_signs_in_is_whom_the_issuer_names(reads: Reads, issuer: Issuer) -> None:
    assert sign_in(reads, issuer) == of_issuer(URL, "u-0421")
    issuer.subject = "u-0077"
    assert sign_in(reads, issuer).marks == (("oidc_subject", "u-0077"),)


def test_each_way_out_has_secrets_of_its_own(reads: Reads) -> None:
    logins = [asyncio.run(reads.begin())[1] for _ in range(2)]
    said = {value for one in logins for value in (one.state, one.nonce, one.verifier)}
    assert len(said) == 6


def test_new_keys_of_the_issuer_are_taken(reads: Reads, issuer: Issuer) -> None:
    sign_in(reads, issuer)
    issuer.key = new_key("k2")
    assert sign_in(reads, issuer).means == "oidc"


@pytest.mark.parametrize(
    ("claims", "word"),
    [
        ({"exp": 1_700_000_000, "iat": 1_699_999_000}, "expired"),
        ({"exp": None}, "exp"),
        ({"iat": 4_000_000_000, "exp": 4_000_000_300}, "in the future"),
        ({"aud": "another-page"}, "aud"),
        ({"aud": ["another-page", CLIENT]}, "azp"),
        ({"aud": None}, "aud"),
        ({"iss": "https://id.other.example"}, "iss"),
        ({"nonce": "of another login"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"sub": None}, "sub"),
        ({"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}, "at_hash"),
    ],
)
def test_a_token_that_says_the_wrong_thing_is_refused(
    reads: Reads, issuer: Issuer, claims: dict[str, Any], word: str
) -> None:
    issuer.claims = claims
    with pytest.raises(SignInFailed, match=f"(?i)id token: .*{word}"):
        sign_in(reads, issuer)


@pytest.mark.parametrize(
    ("signer", "header", "word"),
    [
        (OTHER, {}, "bad_signature"),
        (OctKey.import_key(b"anybody could know this" * 2), {"alg": "HS256"}, "algorithm"),
    ],
)
def test_a_forged_token_is_refused(
    reads: Reads, issuer: Issuer, signer: Any, header: dict[str, str], word: str
) -> None:
    issuer.signer, issuer.header = signer, header
    with pytest.raises(SignInFailed, match=f"(?i)id token: .*{word}"):
        sign_in(reads, issuer)


def test_an_unsigned_token_is_refused(reads: Reads, issuer: Issuer, monkeypatch: Any) -> None:
    def unsigned(nonce: str) -> str:
        _, claims, _ = Issuer.token(issuer, nonce).split(".")
        return f"eyJhbGciOiJub25lIn0.{claims}."

    monkeypatch.setattr(issuer, "token", unsigned)
    with pytest.raises(SignInFailed, match=r"(?i)id token: .*algorithm"):
        sign_in(reads, issuer)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"state": "another"}, "state: not the one"),
        ({"iss": "https://id.other.example"}, "is another issuer"),
        ({"code": "made up"}, "token endpoint.*invalid_grant"),
        ({"error": "access_denied"}, "the issuer refused: access_denied"),
    ],
)
def test_a_way_back_that_is_not_ours_is_refused(
    reads: Reads, issuer: Issuer, change: dict[str, str], word: str
) -> None:
    with pytest.raises(SignInFailed, match=word):
        sign_in(reads, issuer, lambda back: back.update(change))


def test_a_code_is_of_no_use_without_the_verifier(reads: Reads, issuer: Issuer) -> None:
    async def stolen() -> None:
        url, login = await reads.begin()
        back = issuer.agreed(dict(parse_qsl(urlsplit(url).query)))
        await reads.finish(Login(login.state, login.nonce, "v" * 64), back)

    with pytest.raises(SignInFailed, match="invalid_grant"):
        asyncio.run(stolen())


@pytest.mark.parametrize(
    ("described", "word"),
    [
        ({"issuer": "https://id.other.example"}, "says that it is 'https://id.other"),
        ({"token_endpoint": "http://id.sh.example/token"}, "token_endpoint: .*write https"),
        ({"jwks_uri": None}, "jwks_uri: "),
        ({"authorization_response_iss_parameter_supported": True}, "iss: None"),
    ],
)
def test_an_issuer_that_describes_itself_wrongly_is_not_believed(
    reads: Reads, issuer: Issuer, described: dict[str, Any], word: str
) -> None:
    issuer.described = described
    with pytest.raises(SignInFailed, match=word):
        sign_in(reads, issuer, lambda back: back.pop("iss"))


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"issuer": "http://id.sh.example"}, "write https"),
        ({"redirect": "https://duty.sh.example/back"}, "with the path /oidc/back"),
    ],
)
def test_what_is_configured_wrongly_is_named(change: dict[str, str], word: str) -> None:
    right = {"issuer": URL, "client_id": CLIENT, "redirect": "https://duty.sh.example/oidc/back"}
    with pytest.raises(ValidationError, match=word):
        Oidc(**(right | change))  # type: ignore[arg-type]
