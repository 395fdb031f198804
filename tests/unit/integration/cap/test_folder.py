"""A folder of files: each published once, moved to where it can be found, and nothing lost on the way."""

import json
import os
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from google.rpc.status_pb2 import Status

from client import ExchangeError
from integration.cap import watching
from integration.cap.door import Standing, standings
from integration.cap.folder import Folder
from integration.cap.intake import Intake, Outcome, Told, by_time
from integration.cap.watching import watch
from tests.support.capped import TRIPLE, alert, rich
from yrd.exchange.v1.message_pb2 import Draft
from yrd.exchange.v1.service_pb2 import Accepted, PublishResult

ABORTED, UNAVAILABLE, INVALID = 10, 14, 3


class FakeGateway:
    """Takes what is new; `away` makes it unreachable, `answer` refuses with a status."""

    def __init__(self) -> None:
        self.log: dict[str, Draft] = {}
        self.calls = 0
        self.away = False
        self.answer = 0

    def publish(self, drafts: Sequence[Draft]) -> list[PublishResult]:
        self.calls += 1
        if self.away:
            raise ExchangeError("UNAVAILABLE", "nobody there")
        return [self._one(draft) for draft in drafts]

    def _one(self, draft: Draft) -> PublishResult:
        name = draft.header.message_id
        same = [d for d in self.log.values() if d.header.entity_id == draft.header.entity_id]
        code = self.answer
        if name in self.log:
            code = 0 if self.log[name] == draft else 6
        elif any(d.header.revision >= draft.header.revision for d in same):
            code = ABORTED
        if code:
            return PublishResult(error=Status(code=code, message="refused for a test"))
        self.log[name] = draft
        return PublishResult(accepted=Accepted(message_id=name, sequence=len(self.log)))

    def known(self) -> dict[str, Standing]:
        if self.away:
            raise ExchangeError("UNAVAILABLE", "nobody there")
        return standings((d.header, d.early_warning) for d in self.log.values())


@pytest.fixture
def gateway() -> FakeGateway:
    return FakeGateway()


def run(gateway: FakeGateway, folder: Path) -> dict[str, Outcome]:
    """A process that takes what is there once, and ends."""
    intake, box, found = Intake(gateway), Folder(folder), {}
    for file in by_time(box.claim_all(), intake.settings, intake.trust):
        told = intake.publish(file)
        box.put_away(told)
        found[file.name] = told.outcome
    return found


def names(folder: Path) -> set[str]:
    return {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}


def test_published_and_refused_files_are_moved(gateway: FakeGateway, tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(rich())
    (tmp_path / "b.xml").write_bytes(b"<!DOCTYPE alert><alert/>")
    (tmp_path / "c.xml.part").write_bytes(alert())
    (tmp_path / ".d.xml").write_bytes(alert())
    assert run(gateway, tmp_path) == {"a.xml": Outcome.TAKEN, "b.xml": Outcome.REFUSED}
    assert names(tmp_path) == {
        *("taken/a.xml", "taken/a.xml.taken.json", "refused/b.xml", "refused/b.xml.reason"),
        *("c.xml.part", ".d.xml"),
    }
    assert (tmp_path / "taken" / "a.xml").read_bytes() == rich()
    told = json.loads((tmp_path / "taken" / "a.xml.taken.json").read_text())
    assert [m["message_id"] for m in told["messages"]] == list(gateway.log)
    assert {"alert.source", "alert.info.resource.derefUri"} <= {r["path"] for r in told["remarks"]}
    reason = (tmp_path / "refused" / "b.xml.reason").read_text()
    assert "含DOCTYPE" in reason
    assert "xml.doctype" in reason


def test_an_update_follows_what_it_replaces_whatever_the_names(
    gateway: FakeGateway, tmp_path: Path
) -> None:
    (tmp_path / "a.xml").write_bytes(alert(msgType="Update", references=TRIPLE))
    first = alert(identifier="31000041600000_20260601080000", sent="2026-06-01T08:00:00+08:00")
    (tmp_path / "z.xml").write_bytes(first)
    assert run(gateway, tmp_path) == {"z.xml": Outcome.TAKEN, "a.xml": Outcome.TAKEN}
    assert [d.header.revision for d in gateway.log.values()] == [1, 2]
    assert len({d.header.entity_id for d in gateway.log.values()}) == 1


def test_a_file_that_comes_twice_is_published_once(gateway: FakeGateway, tmp_path: Path) -> None:
    for _ in range(2):
        (tmp_path / "a.xml").write_bytes(alert())
        assert run(gateway, tmp_path) == {"a.xml": Outcome.TAKEN}
    assert len(gateway.log) == 1
    assert {"taken/a.xml", "taken/a-2.xml"} <= names(tmp_path)


@pytest.mark.parametrize("step", ["claimed", "published", "told"])
def test_a_stop_at_any_step_loses_and_doubles_nothing(
    gateway: FakeGateway, tmp_path: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.xml").write_bytes(alert())

    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        if step == "claimed":
            patch.setattr(Intake, "publish", die)
        elif step == "published":
            patch.setattr(Folder, "put_away", die)
        else:
            (tmp_path / "taking").mkdir()
            box = Folder(tmp_path)
            (claimed,) = box.claim_all()
            told = Intake(gateway).publish(claimed)
            patch.setattr(Path, "replace", die)
            box.put_away(told)
        run(gateway, tmp_path)
    assert run(gateway, tmp_path) == {"a.xml": Outcome.TAKEN}
    assert len(gateway.log) == 1
    assert {n for n in names(tmp_path) if not n.startswith("taken/.")} == {
        "taken/a.xml",
        "taken/a.xml.taken.json",
    }


def test_what_the_gateway_refuses_is_kept_with_its_reason(
    gateway: FakeGateway, tmp_path: Path
) -> None:
    gateway.answer = INVALID
    (tmp_path / "a.xml").write_bytes(alert())
    assert run(gateway, tmp_path) == {"a.xml": Outcome.REFUSED}
    assert "refused for a test" in (tmp_path / "refused" / "a.xml.reason").read_text()
    gateway.answer = UNAVAILABLE
    (tmp_path / "a.xml").write_bytes(alert())
    assert run(gateway, tmp_path) == {"a.xml": Outcome.WAITING}
    assert "taking/a.xml" in names(tmp_path)


def test_others_that_publish_meanwhile(gateway: FakeGateway, tmp_path: Path) -> None:
    intake = Intake(gateway)
    first = alert(identifier="31000041600000_20260601080000", sent="2026-06-01T08:00:00+08:00")
    files = [tmp_path / name for name in ("first.xml", "other.xml", "last.xml")]
    files[0].write_bytes(first)
    files[1].write_bytes(
        alert(identifier="31000041600000_20260601100000", msgType="Update", references=TRIPLE)
    )
    both = f"{TRIPLE} {TRIPLE.replace('0601080000', '0601100000')}"
    files[2].write_bytes(alert(msgType="Update", references=both))
    assert intake.publish(files[0]).outcome == Outcome.TAKEN
    assert Intake(gateway).publish(files[1]).outcome == Outcome.TAKEN
    assert intake.publish(files[2]).outcome == Outcome.TAKEN
    assert [d.header.revision for d in gateway.log.values()] == [1, 2, 3]


def test_an_unreadable_file(gateway: FakeGateway, tmp_path: Path) -> None:
    told = Intake(gateway).publish(tmp_path / "gone.xml")
    assert (told.outcome, told.faults[0].rule) == (Outcome.REFUSED, "file")


@pytest.mark.parametrize(
    "name", [b"\xff\xfe.xml", b"x" * 251 + b".xml", "预".encode() * 83 + b".xml"]
)
def test_names_that_are_hard_to_keep(gateway: FakeGateway, tmp_path: Path, name: bytes) -> None:
    (tmp_path / os.fsdecode(name)).write_bytes(alert())
    assert list(run(gateway, tmp_path).values()) == [Outcome.TAKEN]
    kept = sorted(p.name for p in (tmp_path / "taken").iterdir())
    assert len(kept) == 2
    assert kept[0].encode()
    assert kept[0].endswith(".xml")


def test_one_process_a_folder(tmp_path: Path) -> None:
    one, other = Folder(tmp_path), Folder(tmp_path)
    with one.alone(), pytest.raises(BlockingIOError, match="另一进程"), other.alone():
        pass
    with other.alone():
        pass


def test_a_file_that_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.xml").write_bytes(alert())
    box = Folder(tmp_path)
    stamps = box._stamps()
    (tmp_path / "a.xml").unlink()
    monkeypatch.setattr(Folder, "_stamps", lambda _: stamps)
    assert box.claim_all() == []


def test_watching(gateway: FakeGateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It waits for a gateway and for files to settle; then each is taken once."""
    monkeypatch.setattr(watching, "PATIENCE_SECONDS", 0.01)
    (tmp_path / "a.xml").write_bytes(alert())
    (tmp_path / "b.xml").write_bytes(b"x")
    gateway.away, stop = True, threading.Event()
    found: list[Told] = []

    def work() -> None:
        for told in watch(Intake(gateway), tmp_path, stop, 0.01):
            found.append(told)
            if len(found) == 2:
                stop.set()

    thread = threading.Thread(target=work)
    thread.start()
    waiting = threading.Event()
    for _ in range(6000):
        if (tmp_path / "taking" / "b.xml").exists():
            break
        waiting.wait(0.01)
    gateway.away = False
    thread.join(60)
    assert not thread.is_alive()
    assert {told.file.name: told.outcome for told in found} == {
        "a.xml": Outcome.TAKEN,
        "b.xml": Outcome.REFUSED,
    }
    assert len(gateway.log) == 1


def test_a_growing_file_is_left_alone(tmp_path: Path) -> None:
    box, file = Folder(tmp_path), tmp_path / "a.xml"
    file.write_bytes(b"<al")
    assert box.claim_settled() == []
    file.write_bytes(b"<alert/>")
    assert box.claim_settled() == []
    assert [f.name for f in box.claim_settled()] == ["a.xml"]
    assert [f.name for f in box.waiting()] == ["a.xml"]
