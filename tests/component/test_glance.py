"""`yrd status` of gateways that run: what it needs, and what it tells."""

from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from integration.doctor.finding import Level, worst
from integration.glance.feed import Feed
from integration.glance.looking import look
from integration.glance.showing import Glance, as_json, shown
from tests.support.builders import draft
from tests.support.delta import delta
from tests.support.materials import Materials
from tests.support.waiting import until

US, PEER = "310000", "320000"
EXERCISE: dict[str, Any] = {"mode": "MODE_EXERCISE", "exerciseId": "in-fa"}


def text(glance: Glance) -> str:
    written = StringIO()
    Console(file=written, width=160).print(shown(glance, datetime.now(UTC)))
    return written.getvalue()


@pytest.fixture(autouse=True)
def room(monkeypatch: pytest.MonkeyPatch) -> None:
    """However full the disk is that the tests run on."""
    monkeypatch.setattr("gateway.server.status._room", lambda _: (50 << 30, 100 << 30))


def test_what_a_good_gateway_tells(materials: Materials, tmp_path: Path) -> None:
    with delta(materials, tmp_path, (US, PEER)) as made:
        client, feed = made.client(US), Feed()
        client.publish([draft()])
        made.wait_level(US, PEER)
        made.wait_level(PEER, US)
        glance = look(client, feed, datetime.now(UTC))
        assert worst(glance.findings) is Level.GOOD, glance.findings
        said = text(glance)
        for words in ("正常 GOOD", "实战 ACTUAL", "通 up", "IncidentReport", f"yrd/{PEER}"):
            assert words in said
        made.client(PEER).publish([draft(entity=f"{PEER}/x", **EXERCISE)])
        made.wait_level(PEER, US)
        later = look(client, feed, datetime.now(UTC))
        assert "演练 EXERCISE in-fa" in text(later)
        newest = {row["origin"]: row for row in as_json(later)["newest"]}
        assert newest[PEER]["mode"] == "EXERCISE"
        assert newest[US]["mode"] == "ACTUAL"
        made.stop(PEER)
        until(lambda: not made.link(US, PEER).connected, "the link is known to be down")
        down = look(client, feed, datetime.now(UTC))
        assert worst(down.findings) is Level.ATTENTION
        assert f"{PEER} 链路中断 link DOWN" in text(down)


def test_an_administrator_who_may_not_read_is_shown_the_state(
    materials: Materials, tmp_path: Path
) -> None:
    clients = [{"system": "console", "roles": ["administrator"]}]
    with delta(materials, tmp_path, (US,), clients=clients) as made:
        glance = look(made.client(US), Feed(), datetime.now(UTC))
        assert glance.feed is None
        assert "模式 mode: ? (需 needs role subscriber)" in text(glance)
        assert "newest" not in as_json(glance)
        assert as_json(glance)["verdict"] == "good"
