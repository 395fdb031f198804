"""Signing in at an issuer over TLS, by way of a browser, at a page that is served over TLS."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import uvicorn
import yaml

from integration.acts.config import Oidc, People
from integration.page.config import PageConfig, Tls
from tests.support.duty_room import SECONDS, page_config, served
from tests.support.issuer import CLIENT, SECRET, Issuer
from tests.support.materials import Materials
from tests.support.running import free_port
from tests.support.waiting import until


@contextmanager
def issuing(materials: Materials) -> Iterator[Issuer]:
    """An issuer that is served."""
    _, certificate, key = materials.system("joint", "issuer")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        issuer = Issuer(f"https://127.0.0.1:{listening.getsockname()[1]}")
        settings = uvicorn.Config(
            issuer.app, log_config=None, ssl_certfile=certificate, ssl_keyfile=key, ws="none"
        )
        server = uvicorn.Server(settings)
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        until(lambda: server.started, "the issuer", SECONDS)
        try:
            yield issuer
        finally:
            server.should_exit = True
            thread.join()


def config(materials: Materials, folder: Path, issuer: Issuer) -> PageConfig:
    """A page whose people sign in there; no gateway is needed for that."""
    ca, certificate, key = materials.system("joint", "page-server")
    people = [{"id": "sh-0421", "roles": ["viewer"], "known_by": [{"oidc_subject": "u-0421"}]}]
    (folder / "people.yaml").write_text(yaml.safe_dump({"people": people}))
    (folder / "secret").write_text(SECRET)
    page = page_config(materials, "127.0.0.1:1").model_copy(
        update={"listen": f"127.0.0.1:{free_port()}"}
    )
    oidc = Oidc(
        issuer=issuer.url,
        client_id=CLIENT,
        client_secret=folder / "secret",
        redirect=f"https://{page.listen}/oidc/back",
        ca=ca,
    )
    acting = People(file=folder / "people.yaml", journal=folder / "acts.db", oidc=oidc)
    return page.model_copy(update={"people": acting, "tls": Tls(certificate=certificate, key=key)})


def test_a_browser_goes_out_and_comes_back_signed_in(materials: Materials, tmp_path: Path) -> None:
    trusted = ssl.create_default_context(cafile=str(materials.folder / "ca.pem"))

    async def browse(home: str) -> None:
        async with httpx2.AsyncClient(base_url=home, verify=trusted, timeout=SECONDS) as browser:
            assert (await browser.get("/outlines.json")).status_code == 401
            assert (await browser.get("/")).status_code == 200
            assert (await browser.get("/static/app.js")).status_code == 200
            me = (await browser.get("/me")).json()
            assert (me["person"], me["sign_in"]) == (None, "/sign-in")
            answer = await browser.get(me["sign_in"], follow_redirects=True)
            assert (answer.status_code, str(answer.url)) == (200, f"{home}/")
            assert [r.status_code for r in answer.history] == [302, 302, 303]
            me = (await browser.get("/me")).json()
            assert me["person"] == {"id": "sh-0421", "roles": ["viewer"], "means": "oidc"}
            assert (await browser.get("/outlines.json")).status_code == 200
            headers = {"Origin": home, "X-CSRF-Token": me["csrf"]}
            await browser.post("/sign-out", headers=headers)
            assert (await browser.get("/outlines.json")).status_code == 401

    with issuing(materials) as issuer:
        page = config(materials, tmp_path, issuer)
        with served(page):
            asyncio.run(browse(f"https://{page.listen}"))
