"""yrd acts: the record of what people did, in words and as JSON."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from integration.acts.journal import Asked, Journal
from integration.acts.outcome import State
from tests.support.commands import yrd

SETTINGS = """
gateway: {address: "127.0.0.1:1", ca: ca.pem, certificate: c.pem, key: c.key}
tls: {certificate: p.pem, key: p.key, clients_ca: people.pem}
people: {file: people.yaml}
"""
ASKED = Asked(
    key="019e3818-ff00-7a11-8b22-5d3c4b5a6978",
    state=State.WAITING,
    act="order",
    about="message:actual:m",
    asked="00",
    person="sh-0421",
    begun_ms=1_795_000_000_000,
    fields={"quantity": "二十"},
)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "page.yaml"
    file.write_text(SETTINGS, encoding="utf-8")
    return file


def test_the_record_says_who_did_what(config: Path) -> None:
    journal = Journal(config.parent / "acts.db")
    journal.begin(ASKED, ASKED.begun_ms, ["people.two_persons"])
    sent = replace(ASKED, state=State.SENT, approver="sh-0077")
    messages = [{"message_id": "m1", "accepted": True}, {"message_id": "m2", "accepted": False}]
    journal.change(sent, "sent", "sh-0077", ASKED.begun_ms + 1000, messages=messages)
    done = yrd("acts", "--config", str(config))
    assert done.status == 0, done.err
    first, second = done.out.splitlines()
    assert "提交 asked sh-0421 order message:actual:m" in first
    assert second.split()[1] == "2026-11-18"
    assert second.endswith(f"已发出 sent sh-0077 order message:actual:m {ASKED.key} m1")
    (line,) = yrd("acts", "--config", str(config), "--after", "1", "--json").out.splitlines()
    assert json.loads(line)["detail"]["messages"] == messages
    assert "二十" not in done.out
    journal.close()


def test_a_page_at_which_nobody_acts_has_no_record(config: Path) -> None:
    assert "acts.db: not there yet" in yrd("acts", "--config", str(config)).err
    config.write_text(SETTINGS.partition("people: {")[0] + "hosts: []\n", encoding="utf-8")
    done = yrd("acts", "--config", str(config))
    assert (done.status, "nobody acts at this page" in done.err) == (2, True)
