"""Acts of persons over a real gateway: signed with who did it, once, by two where an agreement asks."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from client import ExchangeClient, describe
from gateway.config import GatewayConfig
from integration.acts import opening
from integration.cli.tables import line
from integration.evidence.folder import read, write
from integration.evidence.report import lines
from integration.evidence.verify import verify
from integration.page.config import PageConfig
from tests.support.acting import Receipt
from tests.support.builders import draft, incident_body
from tests.support.duty_room import SECONDS, served
from tests.support.materials import Materials
from tests.support.officers import PAGE_ROLES, Officer, acting_config
from tests.support.running import client_of, free_port, running
from tests.support.waiting import until
from yrd.exchange.v1.message_pb2 import Authentication, Draft

ACK = "yrd.coordination.v1.Acknowledgement"
POST = {"post": "总值班室"}


@dataclass(slots=True)
class Room:
    """A gateway of Shanghai and a page over it at which people act."""

    materials: Materials
    folder: Path
    gateway: GatewayConfig
    page: PageConfig
    message: Draft

    @property
    def about(self) -> str:
        """The message that people act on."""
        return f"message:actual:{self.message.header.message_id}"

    def client(self) -> ExchangeClient:
        """A system of the participant's own."""
        return client_of(self.gateway, self.materials)

    def officer(self, name: str = "officer") -> Officer:
        """Somebody who is signed in, once the page knows the message."""
        found = Officer(self.page, self.folder, name)
        found.me()
        until(lambda: found.form("receipt", self.about)[0] != 409, "the message", SECONDS)
        return found

    def acknowledgements(self) -> list[Any]:
        """What was sent."""
        return [m for m in self.client().messages() if m.HasField("acknowledgement")]


@contextmanager
def room(
    materials: Materials,
    folder: Path,
    patch: pytest.MonkeyPatch,
    roles: list[str] = PAGE_ROLES,
    agreements: Path | None = None,
    **people: Any,
) -> Iterator[Room]:
    """To be served and run by the test."""
    patch.setattr(opening, "ACTS", (Receipt(),))
    changes = {"agreements_dir": agreements} if agreements else {}
    config = materials.config(
        "310000",
        free_port(),
        folder / "data",
        check_processes=0,
        clients=[{"system": "console", "roles": roles}],
        peers=[materials.peer("320000", "127.0.0.1:1")],
        **changes,
    )
    page = acting_config(materials, config.listen, folder, "310000", **people)
    yield Room(materials, folder, config, page, draft(incident_body()))


@pytest.fixture
def shanghai(
    materials: Materials, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Room]:
    with room(materials, tmp_path, monkeypatch) as found, running(found.gateway):
        found.client().publish([found.message])
        yield found


def test_the_signed_entry_says_who_acted(shanghai: Room, tmp_path: Path) -> None:
    with served(shanghai.page):
        officer = shanghai.officer()
        status, told = officer.act(officer.filled("receipt", shanghai.about, **POST))
    assert (status, told["state"], told["acted_by"]) == (200, "sent", "officer")
    (message,) = shanghai.acknowledgements()
    assert message.header.act.acted_by.person_id == "officer"
    assert "officer" in line(message)
    folder = tmp_path / "evidence"
    write(shanghai.client().evidence(message.header.message_id), folder)
    found = read(folder)
    said = "\n".join(lines(verify(found, [], 0), found.shared, [], True))
    assert "证据成立" in said
    assert "officer（值班员 duty_officer，证书 certificate" in said
    assert "未复核 by one person" in said


def test_a_repeat_over_a_restart_of_the_page_is_the_same_message(shanghai: Room) -> None:
    with served(shanghai.page):
        officer = shanghai.officer()
        request = officer.filled("receipt", shanghai.about, **POST)
        first = officer.act(request)
        assert officer.act(request) == first
    with served(shanghai.page):
        again = shanghai.officer()
        assert again.act(request) == first
        status, told = again.act(request | {"fields": {"post": "别处", "kind": ""}})
        assert (status, told["problem"]) == (409, "key")
    assert len(shanghai.acknowledgements()) == 1


def test_a_gateway_that_is_away_is_said_and_the_same_key_sends_it_later(
    materials: Materials, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with room(materials, tmp_path, monkeypatch) as found, served(found.page):
        with running(found.gateway):
            found.client().publish([found.message])
            officer = found.officer()
            request = officer.filled("receipt", found.about, **POST)
        status, told = officer.act(request)
        assert (status, told["state"]) == (503, "unsent")
        assert "不会重复发送" in told["text"]["zh"]
        assert "127.0.0.1" not in str(told)
        with running(found.gateway, new=False):
            until(lambda: officer.act(request)[0] == 200, "the gateway", SECONDS)
            assert len(found.acknowledgements()) == 1


def test_only_a_system_that_acts_for_persons_says_who_acted(
    materials: Materials, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    roles = [role for role in PAGE_ROLES if role != "acts-for-persons"]
    with (
        room(materials, tmp_path, monkeypatch, roles) as found,
        running(found.gateway),
        served(found.page),
    ):
        assert found.client().publish([found.message])[0].HasField("accepted")
        forged = draft(incident_body(), entity="310000/flood/2")
        act = forged.header.act
        act.name, act.key = "receipt", found.message.header.message_id
        by = act.acted_by
        by.person_id, by.role = "officer", "duty_officer"
        by.authentication = Authentication.AUTHENTICATION_CERTIFICATE
        by.credential_sha256 = bytes(32)
        (result,) = found.client().publish([forged])
        refused = describe(result.error)
        assert (refused.code, refused.reason) == ("PERMISSION_DENIED", "NOT_PERMITTED")
        assert "needs the role acts-for-persons" in refused.message
        officer = found.officer()
        status, told = officer.act(officer.filled("receipt", found.about, **POST))
        assert (status, told["state"]) == (422, "refused")
        assert "acts-for-persons" in told["messages"][0]["why"]
        assert found.acknowledgements() == []


def agreement(folder: Path) -> Path:
    """Shanghai gives Jiangsu what it acknowledges, if two persons did."""
    clause = {
        "id": "receipts",
        "types": [ACK],
        "to": ["320000"],
        "when": "has(header.act) && has(header.act.approved_by)",
    }
    content = {
        "id": "two-persons",
        "title": "双人复核",
        "between": ["310000", "320000"],
        "legal_basis": "测试用",
        "purpose": "测试用",
        "valid_from": "2020-01-01",
        "valid_until": "2099-12-31",
        "clauses": [clause],
    }
    agreements = folder / "agreements"
    agreements.mkdir()
    (agreements / "two-persons.yaml").write_text(yaml.safe_dump(content, allow_unicode=True))
    return agreements


def test_two_persons_act_where_the_agreement_asks_for_it(
    materials: Materials, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    agreements = agreement(tmp_path)
    with (
        room(
            materials, tmp_path, monkeypatch, agreements=agreements, agreements_dir=agreements
        ) as found,
        running(found.gateway),
        served(found.page),
    ):
        found.client().publish([found.message])
        chief, approver, viewer = map(found.officer, ("chief", "approver", "viewer"))
        request = chief.filled("receipt", found.about, **POST)
        assert viewer.act(request)[1]["problem"] == "role"
        assert chief.act(request)[1]["state"] == "waiting"
        assert chief.answer(request["key"])[1]["problem"] == "cannot"
        assert found.acknowledgements() == []
        (waiting,) = approver.ask("GET", "/acts/waiting")[1]["waiting"]
        assert (waiting["asked_by"], waiting["may_approve"]) == ("chief", True)
        status, told = approver.answer(waiting["key"])
        assert (status, told["state"], told["approved_by"]) == (200, "sent", "approver")
        (message,) = found.acknowledgements()
        shared = found.client().evidence(message.header.message_id).shared
        assert [(s.participant, list(s.clauses)) for s in shared] == [
            ("320000", ["two-persons/receipts"])
        ]


def test_who_is_no_longer_on_the_list_does_nothing_more(shanghai: Room) -> None:
    with served(shanghai.page):
        officer = shanghai.officer()
        request = officer.filled("receipt", shanghai.about, **POST)
        assert shanghai.page.people is not None
        file = shanghai.page.people.file
        left = [p for p in yaml.safe_load(file.read_text())["people"] if p["id"] != "officer"]
        file.write_text(yaml.safe_dump({"people": left}))
        status, told = officer.act(request)
        assert (status, told["problem"]) == (403, "role")
        stranger = Officer(shanghai.page, shanghai.folder, "stranger")
        assert stranger.me()["person"] is None
    assert shanghai.acknowledgements() == []
