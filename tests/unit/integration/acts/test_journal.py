"""The journal keeps what it was told over a restart, and its record only grows."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from integration.acts.journal import Asked, Journal, JournalError
from integration.acts.outcome import State

ASKED = Asked(
    key="k1",
    state=State.WAITING,
    act="receipt",
    about="message:actual:m",
    asked="00",
    person="p1",
    begun_ms=5,
    fields={"post": "总值班室"},
    seen={"a": "1"},
    actor={"role": "duty_officer"},
)


def test_what_was_kept_is_there_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "acts.db"
    journal = Journal(path)
    assert journal.begin(ASKED, 5, ["people.two_persons"]) == ASKED
    assert journal.begin(replace(ASKED, person="p2"), 6, []) == ASKED, "the first one stands"
    journal.close()
    again = Journal(path)
    assert again.get("k1") == ASKED
    assert again.get("k2") is None
    assert again.open() == [ASKED]
    (line,) = again.record()
    assert (line.what, line.person, line.at_ms) == ("asked", "p1", 5)
    assert line.detail["two_persons"] == ["people.two_persons"]
    again.close()


def test_what_is_done_is_stripped_and_no_longer_open(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "acts.db")
    journal.begin(ASKED, 5, [])
    sent = journal.change(replace(ASKED, state=State.SENT), "sent", "p1", 7, messages=[])
    assert (sent.fields, sent.seen, sent.drafts) == (None, None, None)
    assert journal.get("k1") == sent
    assert journal.open() == []
    assert [line.what for line in journal.record(after=1)] == ["sent"]
    journal.close()


@pytest.mark.parametrize("statement", ["DELETE FROM record", "UPDATE record SET person = 'p9'"])
def test_the_record_is_neither_changed_nor_shortened(tmp_path: Path, statement: str) -> None:
    path = tmp_path / "acts.db"
    journal = Journal(path)
    journal.begin(ASKED, 5, [])
    with sqlite3.connect(path) as other, pytest.raises(sqlite3.Error):
        other.execute(statement)
    assert [line.person for line in journal.record()] == ["p1"]
    journal.close()


def test_nobody_else_reads_the_file(tmp_path: Path) -> None:
    Journal(tmp_path / "acts.db").close()
    assert (tmp_path / "acts.db").stat().st_mode & 0o077 == 0


def test_a_file_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    path = tmp_path / "acts.db"
    path.write_bytes(b"no database, but long enough to be looked at" * 30)
    with pytest.raises(JournalError, match=r"people\.journal: .*acts\.db.*check path"):
        Journal(path)
    with pytest.raises(JournalError, match="check path"):
        Journal(tmp_path / "nowhere" / "acts.db")
