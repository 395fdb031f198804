"""The addresses: who is signed in, what another site can't make a browser do, what comes back."""

import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest
import yaml
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from integration.acts import bodies
from integration.acts.config import Oidc
from integration.acts.engine import Engine
from integration.acts.identity import COOKIE, Identities
from integration.acts.journal import Journal
from integration.acts.keeping import Keeping
from integration.acts.offers import Offers
from integration.acts.oidc import Issuer as Reads
from integration.acts.people import Roll
from integration.acts.reading import SignedInOnly, ended
from integration.acts.routes import Acting
from integration.acts.sessions import Sessions
from integration.acts.sign_in import COOKIE as LOGIN
from integration.acts.sign_in import SignIn
from integration.acts.two_persons import Rules
from integration.certs import load_authority
from integration.client_certificate import STATE
from tests.support.acting import FakeGateway, Receipt, World, report
from tests.support.certificates import issue_with_uris
from tests.support.issuer import CLIENT, SECRET, Issuer, new_key
from tests.support.materials import Materials

HOME = "https://duty.sh.example"
PEOPLE = [
    {"id": "p1", "roles": ["duty_officer"], "known_by": [{"uri": "spiffe://sh/1"}]},
    {"id": "p2", "roles": ["approver"], "known_by": [{"uri": "spiffe://sh/2"}]},
    {"id": "p3", "roles": ["viewer"], "known_by": [{"oidc_subject": "u-3"}]},
]
KEY = new_key()


@dataclass
class Clock:
    now: float = field(default_factory=time.time)

    def __call__(self) -> float:
        return self.now


@dataclass
class Page:
    """The addresses of a page, asked by browsers with and without a certificate."""

    app: Starlette
    world: World
    gateway: FakeGateway
    clock: Clock
    issuer: Issuer
    about: str
    told: list[Any]
    pems: dict[str, bytes]
    act: Receipt

    @property
    def over(self) -> list[Any]:
        """Of each picture that was asked for: whether its reader may no longer read."""
        found: list[Any] = self.app.state.over
        return found

    def browser(self, pem: str = "") -> "Browser":
        """A browser of its own."""
        return Browser(self, self.pems.get(pem))


class Browser:
    """Keeps cookies, and the token once it has asked who it is."""

    def __init__(self, page: Page, pem: bytes | None) -> None:
        self.page, self.pem, self.csrf = page, pem, ""
        self.cookies = httpx2.Cookies()

    def ask(self, method: str, path: str, **more: Any) -> httpx2.Response:
        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            scope.setdefault("state", {})[STATE] = self.pem
            await self.page.app(scope, receive, send)

        async def asking() -> httpx2.Response:
            transport = httpx2.ASGITransport(app=app)
            async with httpx2.AsyncClient(
                transport=transport, base_url=HOME, cookies=self.cookies
            ) as client:
                answer = await client.request(method, path, **more)
                self.cookies = client.cookies
                return answer

        return asyncio.run(asking())

    def me(self) -> Any:
        told = self.ask("GET", "/me").json()
        self.csrf = told["csrf"] or ""
        return told

    def form(self) -> dict[str, Any]:
        """A form filled in, ready to be sent."""
        answer = self.ask("GET", f"/acts/form?act=receipt&about={self.page.about}")
        assert answer.status_code == 200, answer.text
        told = answer.json()
        kept = {name: told[name] for name in ("act", "about", "key", "seen")}
        return kept | {"fields": {"post": "总值班室"}}

    def post(self, path: str, body: Any, **headers: str) -> httpx2.Response:
        sent = {"Origin": HOME, "X-CSRF-Token": self.csrf, "Content-Type": "application/json"}
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.ask("POST", path, content=content, headers=sent | headers)


async def _picture(request: Request) -> Response:
    request.app.state.over.append(ended(request))
    return PlainTextResponse("the picture")


@pytest.fixture(params=[False, True], ids=["certificates", "issuer"])
def page(materials: Materials, tmp_path: Path, request: Any) -> Iterator[Page]:
    pems = {}
    for number in ("1", "2", "9"):
        authority = load_authority(materials.folder)
        issue_with_uris(authority, tmp_path, number, [f"spiffe://sh/{number}"])
        pems[number] = (tmp_path / f"{number}.pem").read_bytes()
    people = tmp_path / "people.yaml"
    people.write_text(yaml.safe_dump({"people": PEOPLE}), encoding="utf-8")
    (tmp_path / "secret").write_text(SECRET, encoding="utf-8")
    clock, world, gateway, told = Clock(), World(), FakeGateway(), list[Any]()
    message, act = report(), Receipt()
    world.take(message)
    identities = Identities(Roll(people), Sessions(3600, 600, clock))
    journal = Journal(tmp_path / "acts.db")
    issuer = Issuer("https://id.sh.example", key=KEY, subject="u-3")
    config = Oidc(
        issuer=issuer.url,
        client_id=CLIENT,
        client_secret=tmp_path / "secret",
        redirect=f"{HOME}/oidc/back",
    )
    reads = Reads(config, httpx2.ASGITransport(app=issuer.app))
    sign_in = SignIn(reads, identities, clock).routes() if request.param else []
    engine = Engine(
        Offers([act], world.known),
        Keeping(journal, gateway, lambda: world.now_ms, 60_000),
        Rules("310000", (), None, lambda: date(2026, 6, 1)),
    )
    acting = Acting(engine, identities, sign_in, told.append)
    app = Starlette(
        routes=[*acting.routes(), Route("/picture", _picture)],
        middleware=[Middleware(SignedInOnly, identities=identities)] if request.param else [],
    )
    app.state.over = []
    about = f"message:actual:{message.header.message_id}"
    yield Page(app, world, gateway, clock, issuer, about, told, pems, act)
    journal.close()


def test_who_shows_a_certificate_is_signed_in_by_asking(page: Page) -> None:
    browser = page.browser("1")
    told = browser.me()
    assert told["person"] == {"id": "p1", "roles": ["duty_officer"], "means": "certificate"}
    assert browser.me()["csrf"] == told["csrf"], "the session goes on"
    done = browser.post("/acts", browser.form())
    assert (done.status_code, done.json()["state"]) == (200, "sent")
    assert len(page.gateway.taken) == 1
    assert page.told == [[]]


def test_the_cookie_is_for_this_page_alone(page: Page) -> None:
    answer = page.browser("1").ask("GET", "/me")
    said = answer.headers["set-cookie"]
    assert said.startswith(f"{COOKIE}=")
    for word in ("HttpOnly", "Secure", "SameSite=strict", "Path=/"):
        assert word in said
    assert "Domain" not in said
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(("pem", "word"), [("9", "is not on the list"), ("", "not signed in")])
def test_who_is_nobody_is_told_so_and_does_nothing(page: Page, pem: str, word: str) -> None:
    browser = page.browser(pem)
    told = browser.me()
    assert told["person"] is None
    assert word in told["why"]["en"]
    answer = browser.post("/acts", {})
    assert answer.status_code == 401
    assert browser.ask("GET", f"/acts?about={page.about}").status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": "https://duty.sh.example.elsewhere.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"X-CSRF-Token": ""},
        {"X-CSRF-Token": "guessed"},
    ],
)
@pytest.mark.parametrize("path", ["/acts", "/acts/approve"])
def test_what_another_site_sends_is_refused(page: Page, path: str, headers: dict[str, str]) -> None:
    browser = page.browser("1")
    browser.me()
    answer = browser.post(path, browser.form(), **headers)
    assert (answer.status_code, answer.json()["problem"]) == (403, "forged")
    assert page.gateway.calls == 0


def test_a_token_of_another_session_is_none(page: Page) -> None:
    first, second = page.browser("1"), page.browser("2")
    first.me()
    second.me()
    first.csrf = second.csrf
    assert first.post("/acts", first.form()).json()["problem"] == "forged"


def test_a_session_that_is_over_is_said_in_words_and_the_same_can_be_sent_again(page: Page) -> None:
    browser = page.browser("1")
    browser.me()
    form = browser.form()
    page.clock.now += 601
    answer = browser.post("/acts", form)
    assert (answer.status_code, answer.json()["problem"]) == (401, "session")
    assert answer.json()["remedy"]["zh"].startswith("已填内容仍在本页")
    browser.me()
    assert browser.post("/acts", form).json()["state"] == "sent"


def test_a_cookie_is_of_no_use_without_its_certificate(page: Page) -> None:
    browser, thief = page.browser("1"), page.browser("2")
    browser.me()
    thief.cookies, thief.csrf = browser.cookies, browser.csrf
    assert thief.post("/acts", {}).json()["problem"] == "session"
    nobody = page.browser()
    nobody.cookies, nobody.csrf = browser.cookies, browser.csrf
    assert nobody.post("/acts", {}).json()["problem"] == "session"


@pytest.mark.parametrize(
    ("body", "headers", "status", "problem"),
    [
        (b"{", {}, 400, "malformed"),
        (b"[]", {}, 400, "malformed"),
        (b"[" * 100_000, {}, 400, "malformed"),
        (b"{}", {"Content-Type": "text/plain"}, 400, "malformed"),
        (b"{}", {}, 400, "malformed"),
        (b'{"act": "' + b"x" * bodies.MOST_BYTES + b'"}', {}, 413, "size"),
        ({"act": 1, "about": "", "key": "", "seen": {}, "fields": {}}, {}, 400, "malformed"),
        ({"act": "", "about": "", "key": "", "seen": {"a": 1}, "fields": {}}, {}, 400, "malformed"),
    ],
)
def test_a_body_that_is_wrong_is_refused(
    page: Page, body: Any, headers: dict[str, str], status: int, problem: str
) -> None:
    browser = page.browser("1")
    browser.me()
    answer = browser.post("/acts", body, **headers)
    assert (answer.status_code, answer.json()["problem"]) == (status, problem)


def test_what_is_typed_wrongly_is_told_by_field(page: Page) -> None:
    browser = page.browser("1")
    browser.me()
    answer = browser.post("/acts", browser.form() | {"fields": {"post": ""}})
    assert answer.status_code == 422
    assert answer.json()["fields"] == {"post": {"zh": "岗位：必填", "en": "post: fill this in"}}


def test_a_stale_form_comes_back_as_it_stands_now(page: Page) -> None:
    browser = page.browser("1")
    browser.me()
    form = browser.form()
    page.world.take(report(2))
    answer = browser.post("/acts", form)
    told = answer.json()
    assert (answer.status_code, told["problem"]) == (409, "stale")
    assert told["form"]["seen"] != form["seen"]
    again = form | {name: told["form"][name] for name in ("key", "seen")}
    assert browser.post("/acts", again).json()["state"] == "sent"


def test_what_can_be_done_is_offered_with_why_not(page: Page) -> None:
    browser = page.browser("1")
    browser.me()
    told = browser.ask("GET", f"/acts?about={page.about}").json()
    assert [(a["act"], a["possible"], a["why"]) for a in told["acts"]] == [("receipt", True, None)]
    told = browser.ask("GET", "/acts?about=message:actual:x").json()
    assert told["acts"][0]["why"] == {"zh": "没有这份报文", "en": "there is no such message"}
    for path in (
        "/acts",
        "/acts?about=person:x",
        "/acts/form?act=receipt",
        "/acts/form?act=x&about=y",
    ):
        assert browser.ask("GET", path).status_code in (400, 404, 409), path


def test_two_browsers_of_two_persons(page: Page) -> None:
    first, second = page.browser("1"), page.browser("2")
    first.me()
    second.me()
    page.act.two_persons = True
    form = first.form()
    assert first.post("/acts", form).status_code == 202
    assert page.told[-1][0]["key"] == form["key"]
    assert "fields" not in page.told[-1][0], "what was typed is not for all who look"
    (own,) = first.ask("GET", "/acts/waiting").json()["waiting"]
    (other,) = second.ask("GET", "/acts/waiting").json()["waiting"]
    assert (own["may_approve"], other["may_approve"]) == (False, True)
    assert [f["value"] for f in other["fields"]] == ["总值班室", ""]
    answer = {"key": form["key"], "answer": "yes", "note": ""}
    assert first.post("/acts/approve", answer).status_code == 409
    assert second.post("/acts/approve", answer | {"answer": "perhaps"}).status_code == 400
    done = second.post("/acts/approve", answer).json()
    assert (done["state"], done["acted_by"], done["approved_by"]) == ("sent", "p1", "p2")
    assert page.told[-1] == []


def test_signing_out_ends_the_session(page: Page) -> None:
    browser = page.browser("1")
    browser.me()
    kept = httpx2.Cookies(browser.cookies)
    assert browser.post("/sign-out", {}, Origin="https://elsewhere.example").status_code == 403
    assert browser.post("/sign-out", {}).status_code == 200
    browser.cookies = kept
    assert browser.post("/acts", {}).json()["problem"] == "session"


@pytest.mark.parametrize("page", [True], ids=["issuer"], indirect=True)
class TestIssuer:
    def sign_in(self, browser: Browser, **change: str) -> httpx2.Response:
        out = browser.ask("GET", "/sign-in")
        assert out.status_code == 302, out.text
        back = browser.page.issuer.agreed(dict(parse_qsl(urlsplit(out.headers["location"]).query)))
        return browser.ask("GET", "/oidc/back", params=back | change)

    def test_who_signs_in_reads_and_who_does_not_reads_nothing(self, page: Page) -> None:
        browser = page.browser()
        assert browser.me()["sign_in"] == "/sign-in"
        refused = browser.ask("GET", "/picture")
        assert (refused.status_code, refused.json()["problem"]) == (401, "session")
        answer = self.sign_in(browser)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert browser.me()["person"] == {"id": "p3", "roles": ["viewer"], "means": "oidc"}
        assert browser.ask("GET", "/picture").text == "the picture"
        answer = browser.ask("GET", f"/acts/form?act=receipt&about={page.about}")
        assert (answer.status_code, answer.json()["problem"]) == (403, "role")
        page.clock.now += 601
        assert browser.me()["person"] is None, "nobody acts in an idle session"
        assert browser.ask("GET", "/picture").text == "the picture"
        assert page.over[-1]() is False
        page.clock.now += 3000
        assert browser.ask("GET", "/picture").status_code == 401
        assert page.over[-1]() is True, "a stream that is open ends"

    def test_a_certificate_reads_as_well(self, page: Page) -> None:
        assert page.browser("9").ask("GET", "/picture").text == "the picture"

    def test_who_is_not_on_the_list_gets_no_session(self, page: Page) -> None:
        page.issuer.subject = "u-4"
        browser = page.browser()
        answer = self.sign_in(browser)
        assert answer.status_code == 403
        assert "不在人员名单中" in answer.text
        assert COOKIE not in browser.cookies

    def test_a_way_back_is_of_use_once_and_to_who_went_out(self, page: Page) -> None:
        browser, other = page.browser(), page.browser()
        out = browser.ask("GET", "/sign-in")
        assert "SameSite=lax" in out.headers["set-cookie"]
        assert out.headers["set-cookie"].startswith(f"{LOGIN}=")
        query = dict(parse_qsl(urlsplit(out.headers["location"]).query))
        back = page.issuer.agreed(query)
        assert other.ask("GET", "/oidc/back", params=back).status_code == 403
        kept = httpx2.Cookies(browser.cookies)
        assert browser.ask("GET", "/oidc/back", params=back).status_code == 303
        browser.cookies = kept
        again = page.issuer.agreed(query)  # a code that was not used yet
        assert browser.ask("GET", "/oidc/back", params=again).status_code == 403

    def test_a_way_back_that_took_too_long_is_none(self, page: Page) -> None:
        browser = page.browser()
        out = browser.ask("GET", "/sign-in")
        back = page.issuer.agreed(dict(parse_qsl(urlsplit(out.headers["location"]).query)))
        page.clock.now += 601
        assert browser.ask("GET", "/oidc/back", params=back).status_code == 403

    def test_a_forged_token_signs_nobody_in(self, page: Page) -> None:
        page.issuer.signer = new_key()
        browser = page.browser()
        assert self.sign_in(browser).status_code == 403
        assert browser.me()["person"] is None
