"""What the live pipeline keeps: archive, rejected messages, states; for one process alone."""

import sqlite3
import threading
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from pipelines.running.config import LiveConfig
from pipelines.running.live import run
from pipelines.running.ports import Batch, FeedLost
from pipelines.running.store import AlreadyRunning, LiveStore, Step, StoreUnusable
from schemas.avro.archive import ArchiveError, append, file_of, read
from tests.support.feeds import Fate, Feed, Killed
from tests.support.living import Life
from tests.support.situation import incident
from tests.support.story import bodyless, story
from yrd.exchange.v1.message_pb2 import Draft, Message

SUMMARY = "joint/summary/actual"


PART = ("actual|incidents|310000", "yrd.incident.v1.IncidentReport|310000/flood/1|")


def test_rejected_messages_are_kept_with_the_reason(tmp_path: Path) -> None:
    life = Life(tmp_path, Feed([incident(), bodyless()], 2))
    life.run()
    ((data, reason),) = life.rejected()
    assert Message.FromString(data).header == bodyless().header
    assert "no body" in reason
    (path,) = life.archive.iterdir()
    assert [m.header for m in read(path)] == [incident().header, bodyless().header]


def test_messages_are_archived_by_the_day_they_came_in(tmp_path: Path) -> None:
    life = Life(tmp_path, Feed(story(), 4))
    life.run()
    assert [path.name for path in sorted(life.archive.iterdir())] == [
        file_of(date(2026, 6, 1)),
        file_of(date(2026, 6, 2)),
    ]
    told = [offset for offset, message in enumerate(story(), start=1) if message is not None]
    assert sorted(life.archived()) == told


def test_no_personal_data_are_kept(tmp_path: Path) -> None:
    """The pipeline needs none; so none of its files has to be searched when their term is over."""
    told = incident()
    assert told.incident_report.reporter.phone
    told.incident_report.reporter.person_name = "REPORTER-MARKER"
    broken = bodyless()
    life = Life(tmp_path, Feed([told, broken], 2))
    life.run()
    (path,) = life.archive.iterdir()
    kept = next(iter(read(path))).incident_report
    assert kept.title == told.incident_report.title
    assert (kept.reporter.organization, kept.reporter.person_name, kept.reporter.phone) == (
        told.incident_report.reporter.organization,
        "",
        "",
    )
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert [file for file in files if b"REPORTER-MARKER" in file.read_bytes()] == []


def test_the_archive_is_cut_back_to_what_was_committed(tmp_path: Path) -> None:
    life = Life(tmp_path, Feed([incident()]))
    life.run()
    (path,) = life.archive.iterdir()
    append(path, path.stat().st_size, [incident("310000/orphan")])
    with path.open("ab") as file:
        file.write(b"half a blo")
    life.feed.add(incident("310000/second", sequence=1))
    life.run()
    assert [m.header.entity_id for m in read(path)] == ["310000/flood/1", "310000/second"]


def test_an_archive_that_was_lost_is_named(tmp_path: Path) -> None:
    life = Life(tmp_path, Feed([incident()]))
    life.run()
    (path,) = life.archive.iterdir()
    path.unlink()
    life.feed.add(incident("310000/second", sequence=1))
    with pytest.raises(ArchiveError, match=r"2026-06-01\."):
        life.run()


def test_a_second_pipeline_on_the_same_store_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "states.db"
    first = LiveStore(path)
    with pytest.raises(AlreadyRunning, match="another pipeline runs on this store"):
        LiveStore(path)
    LiveStore(tmp_path / "other.db").close()
    first.close()
    LiveStore(path).close()


class Shaky:
    """A gateway that can't be reached at first, and that stops the run at the first publication."""

    def __init__(self, stop: threading.Event) -> None:
        self.stop, self.tries, self.closed = stop, 0, False

    def read(self, after_offset: int, timeout_seconds: float) -> Batch:
        self.tries += 1
        if self.tries < 3:
            raise FeedLost("gone")
        return Batch([incident()], 1)

    def publish(self, drafts: Sequence[Draft]) -> list[int | None]:
        self.stop.set()
        return [None] * len(drafts)

    def close(self) -> None:
        self.closed = True


def test_a_run_goes_on_after_a_lost_feed_and_gives_everything_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = threading.Event()
    gateway = Shaky(stop)
    monkeypatch.setattr("pipelines.running.gateway_source.Gateway", lambda config, calls: gateway)
    monkeypatch.setattr("pipelines.running.live.RETRY_SECONDS", 0)
    config = LiveConfig(
        address="",
        ca=tmp_path,
        certificate=tmp_path,
        key=tmp_path,
        store=tmp_path / "states.db",
        archive=tmp_path / "archive",
    )
    run(config, stop)
    assert gateway.closed
    store = LiveStore(config.store)
    assert (store.offset(), store.outbox()) == (1, [])
    store.close()


def test_a_step_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    store = LiveStore(tmp_path / "states.db")
    step = Step(
        offset=7,
        parts={PART: b"x"},
        archived={"2026-06-01.avro": 9},
        views={SUMMARY: (1, "c")},
        rejected=Fate(0).amid("commit", [(b"x", "why")]),
    )
    with pytest.raises(Killed):
        store.commit(step)
    assert (store.offset(), store.parts([PART]), store.archived()) == (0, {}, {})
    assert store.view(SUMMARY) == (0, "")
    store.close()


@pytest.mark.parametrize("scope", ["actual", "exercise/a", "exercise/a-b"])
def test_states_of_other_scopes_are_left_where_they_are(scope: str, tmp_path: Path) -> None:
    store = LiveStore(tmp_path / "states.db")
    scopes = ("actual", "exercise/a", "exercise/a-b", "exercise/actual", "exercise/")
    store.commit(Step(parts={(f"{s}|incidents|310000", "t|e|"): s.encode() for s in scopes}))
    assert list(store.scope(scope)) == [(f"{scope}|incidents|310000", scope.encode())]
    store.close()


def test_only_the_parts_that_are_asked_for_are_read(tmp_path: Path) -> None:
    store = LiveStore(tmp_path / "states.db")
    others = {("actual|incidents|310000", f"t|e{n}|"): b"y" for n in range(3)}
    store.commit(Step(parts={PART: b"x"} | others))
    assert store.parts([PART, ("actual|incidents|320000", "t|e|")]) == {PART: b"x"}
    store.commit(Step(parts={PART: b"z"}))
    assert store.parts([PART]) == {PART: b"z"}
    store.close()


@pytest.mark.parametrize(
    ("begin", "said", "found"),
    [("a/", "", ["a/1", "a/2"]), ("a/", "x ", ["a/2"]), ("a", "x ", ["a/2", "ab"]), ("c", "", [])],
)
def test_views_are_found_by_how_they_and_what_they_said_begin(
    begin: str, said: str, found: list[str], tmp_path: Path
) -> None:
    store = LiveStore(tmp_path / "states.db")
    store.commit(Step(views={"ab": (1, "x 1"), "a/2": (2, "x 2"), "a/1": (1, "xy"), "b": (1, "")}))
    assert store.views(begin, said) == found
    store.close()


def test_a_store_of_another_version_is_named_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "states.db"
    store = LiveStore(path)
    store.commit(Step(offset=7))
    store.close()
    for version in (0, 1, 99):
        with sqlite3.connect(path) as db:
            db.execute(f"PRAGMA user_version = {version}")
        db.close()
        with pytest.raises(StoreUnusable, match="move the pipeline's whole folder aside"):
            LiveStore(path)
    with sqlite3.connect(path) as db:
        assert db.execute("SELECT value FROM position").fetchall() == [(7,)]
