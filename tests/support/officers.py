"""People with certificates at a page that is served over TLS, for tests with a real gateway."""

import http.client
import json
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from integration.acts.config import People
from integration.certs import load_authority
from integration.page.config import PageConfig, Tls
from tests.support.certificates import issue_with_uris
from tests.support.duty_room import SECONDS, page_config
from tests.support.materials import Materials

ROLES = {
    "officer": ["duty_officer"],
    "approver": ["approver"],
    "chief": ["duty_officer", "approver"],
    "viewer": ["viewer"],
}
"""People of a page, by id."""
PAGE_ROLES = ["publisher", "subscriber", "auditor", "acts-for-persons"]
"""Roles of the page's system at its gateway."""


def uri(person: str) -> str:
    """What a person's certificate says."""
    return f"spiffe://duty.example/person/{person}"


def acting_config(
    materials: Materials, address: str, folder: Path, participant: str = "joint", **people: Any
) -> PageConfig:
    """A page over a participant's gateway at which these people may act; its files lie in a folder."""
    for person in (*ROLES, "stranger"):
        if not (folder / f"{person}.pem").exists():
            issue_with_uris(load_authority(materials.folder), folder, person, [uri(person)])
    listed = [
        {"id": person, "roles": roles, "known_by": [{"uri": uri(person)}]}
        for person, roles in ROLES.items()
    ]
    file = folder / "people.yaml"
    file.write_text(yaml.safe_dump({"people": listed}), encoding="utf-8")
    ca, certificate, key = materials.system(participant, "page-server")
    acting = People(file=file, journal=folder / "acts.db", **people)
    tls = Tls(certificate=certificate, key=key, clients_ca=ca)
    config = page_config(materials, address, participant)
    return config.model_copy(update={"tls": tls, "people": acting})


@dataclass
class Officer:
    """A person at a browser with a certificate of their own."""

    config: PageConfig
    folder: Path
    name: str
    cookie: str = ""
    csrf: str = ""
    context: ssl.SSLContext = field(init=False)

    def __post_init__(self) -> None:
        assert self.config.tls is not None
        self.context = ssl.create_default_context(cafile=str(self.config.tls.clients_ca))
        self.context.check_hostname = False
        own = self.folder / self.name
        self.context.load_cert_chain(own.with_suffix(".pem"), own.with_suffix(".key"))

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Status, and what was answered."""
        headers = {"Origin": f"https://{self.config.listen}", "X-CSRF-Token": self.csrf}
        if self.cookie:
            headers["Cookie"] = self.cookie
        if body is not None:
            headers["Content-Type"] = "application/json"
        connection = http.client.HTTPSConnection(
            self.config.listen, timeout=SECONDS, context=self.context
        )
        try:
            connection.request(
                method, path, json.dumps(body) if body is not None else None, headers
            )
            answer = connection.getresponse()
            self.cookie = (answer.headers["set-cookie"] or self.cookie).partition(";")[0]
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def me(self) -> Any:
        """Signs in by asking who one is."""
        _, told = self.ask("GET", "/me")
        self.csrf = told["csrf"] or ""
        return told

    def form(self, act: str, about: str) -> tuple[int, Any]:
        """A form."""
        return self.ask("GET", f"/acts/form?act={act}&about={about}")

    def filled(self, act: str, about: str, **fields: str) -> dict[str, Any]:
        """A form filled in, as it is sent; what is not named stays as it is."""
        status, told = self.form(act, about)
        assert status == 200, told
        values = {f["name"]: f["value"] for f in told["fields"]} | fields
        return {name: told[name] for name in ("act", "about", "key", "seen")} | {"fields": values}

    def act(self, request: dict[str, Any]) -> tuple[int, Any]:
        """Sends it."""
        return self.ask("POST", "/acts", request)

    def answer(self, key: str, yes: bool = True, note: str = "") -> tuple[int, Any]:
        """Answers as a second person."""
        body = {"key": key, "answer": "yes" if yes else "no", "note": note}
        return self.ask("POST", "/acts/approve", body)
