"""The access log: what stands in it, that no change is unseen, and what if it can't be written."""

import errno
import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from client import ExchangeError
from gateway import errors
from gateway.access_audit import verify
from gateway.access_log import AccessLog, days
from tests.support import scene as scenes
from tests.support.builders import draft
from tests.support.calls import claims, get, publish, replicate, status
from tests.support.certificates import issue_with_uris
from tests.support.materials import Materials
from tests.support.promises import require_promised
from tests.support.readers import read
from tests.support.scene import Scene
from tests.support.told import refused
from tests.support.waiting import until

Lines = list[dict[str, Any]]
DAY = datetime(2026, 11, 25, 12, tzinfo=UTC).timestamp()


def lines(folder: Path) -> Lines:
    return [json.loads(line) for path in days(folder) for line in path.read_text().splitlines()]


def of(found: Lines, call: str, **wanted: Any) -> Lines:
    wanted["call"] = call
    return [line for line in found if all(line.get(k) == v for k, v in wanted.items())]


def test_who_called_what_with_what_outcome(
    materials: Materials, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    issue_with_uris(scenes_authority(materials), materials.folder / "310000", "nameless", [])
    clients = [{"system": "console", "roles": ["publisher", "subscriber", "administrator"]}]
    with scenes.scene(
        materials, monkeypatch, tmp_path, clients=clients, check_processes=0
    ) as scene:
        scene.client.publish([draft(entity=f"310000/{n}") for n in range(5)])
        assert len(read(scene.client, cursor="c", max_batch=2)) == 5
        assert list(scene.client.messages(page_size=1000))
        for call in (
            get(),
            publish(system="other"),
            publish(system="nameless"),
            replicate(claims()),
        ):
            refused(lambda call=call: call(scene))  # type: ignore[misc]
        certificate = serial(materials, "console")
    found = lines(tmp_path / "data" / "access")
    assert [line["event"] for line in (found[0], found[-1])] == ["start", "stop"]
    own = {"from": "310000/console", "certificate": certificate}
    (published,) = of(found, "Publish", code="OK", **own)
    assert (published["event"], published["messages"]) == ("call", 5)
    opened, closed = of(found, "Subscribe", **own)
    assert opened["event"] == "open"
    assert (closed["event"], closed["code"], closed["messages"]) == ("close", "OK", 5)
    assert closed["offsets"][1] - closed["offsets"][0] == 4
    (listed,) = of(found, "ListMessages", **own)
    assert listed["offsets"] == closed["offsets"]
    assert of(found, "GetMessage", code="NOT_FOUND", reason="MESSAGE_NOT_FOUND")
    assert of(found, "Publish", code="PERMISSION_DENIED", **{"from": "310000/other"})
    assert of(found, "Publish", code="UNAUTHENTICATED", **{"from": ""})
    assert of(found, "Replicate", code="PERMISSION_DENIED", **{"from": "320000/gateway"})
    assert verify(tmp_path / "data" / "access").ok


def scenes_authority(materials: Materials) -> Any:
    from integration import certs  # noqa: PLC0415

    return certs.load_authority(materials.folder)


def serial(materials: Materials, system: str) -> str:
    from cryptography import x509  # noqa: PLC0415

    pem = (materials.folder / "310000" / f"{system}.pem").read_bytes()
    return f"{x509.load_pem_x509_certificate(pem).serial_number:x}"


def written(folder: Path, *times: float) -> None:
    """A log with a start, a line at each of these times, and a stop."""
    clock = iter([times[0], *times, times[-1]])
    log = AccessLog(folder, lambda: next(clock))
    log.begin()
    for number, _ in enumerate(times):
        log.note({"event": "call", "call": "Publish", "from": "310000/控制台", "number": number})
    log.close()


@pytest.fixture
def three_days(tmp_path: Path) -> Path:
    """Three days with five lines each, written by two runs."""
    folder = tmp_path / "access"
    written(folder, *(DAY + day * 86_400 + n for day in range(2) for n in range(3)))
    written(folder, *(DAY + 2 * 86_400 + n for n in range(3)))
    return folder


def test_the_chain_goes_on_over_days_and_restarts(three_days: Path) -> None:
    assert [path.stem for path in days(three_days)] == ["2026-11-25", "2026-11-26", "2026-11-27"]
    report = verify(three_days)
    assert (report.ok, report.days, report.lines, report.anchor) == (True, 3, 13, "00" * 32)


def change(path: Path, edit: Callable[[list[str]], list[str]]) -> None:
    path.write_text("".join(edit(path.read_text().splitlines(keepends=True))))


DAMAGE: dict[str, tuple[Callable[[list[Path]], object], str]] = {
    "a number changed": (
        lambda p: change(p[1], lambda x: [x[0], x[1].replace('"number":4', '"number":5'), *x[2:]]),
        "2026-11-26.jsonl line 2: changed",
    ),
    "a line taken out": (
        lambda p: change(p[0], lambda x: x[:1] + x[2:]),
        "2026-11-25.jsonl line 2",
    ),
    "lines swapped": (
        lambda p: change(p[2], lambda x: [x[0], x[2], x[1], *x[3:]]),
        "2026-11-27.jsonl line 2",
    ),
    "a line put in twice": (
        lambda p: change(p[2], lambda x: [*x[:2], x[1], *x[2:]]),
        "2026-11-27.jsonl line 3",
    ),
    "the end of a day taken off": (
        lambda p: change(p[0], lambda x: x[:-1]),
        "2026-11-26.jsonl line 1: it does not follow",
    ),
    "a day in between deleted": (
        lambda p: p[1].unlink(),
        "2026-11-27.jsonl line 1: it does not follow",
    ),
    "the first line's prev taken out": (
        lambda p: change(p[0], lambda x: ['{"x":1' + x[0][x[0].index(',"time"') :], *x[1:]]),
        "2026-11-25.jsonl line 1: it names no prev",
    ),
    "no JSON at all": (lambda p: change(p[1], lambda x: ["[" * 100_000 + "\n", *x]), "line 1"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_the_first_break_is_named(three_days: Path, name: str) -> None:
    damage, words = DAMAGE[name]
    damage(days(three_days))
    report = verify(three_days)
    assert not report.ok
    assert words in report.problem


@pytest.mark.parametrize("at", range(0, 900, 37))
def test_any_byte_that_is_changed_is_found(three_days: Path, at: int) -> None:
    path = days(three_days)[1]
    data = bytearray(path.read_bytes())
    data[at % len(data)] ^= 1
    path.write_bytes(data)
    assert not verify(three_days).ok


def test_whole_days_may_be_deleted_from_the_oldest_on(three_days: Path) -> None:
    whole = verify(three_days)
    days(three_days)[0].unlink()
    report = verify(three_days)
    assert report.ok
    assert report.chain == whole.chain
    assert report.anchor not in ("", "00" * 32)


def test_what_a_crash_left_of_a_line_is_cut_off_and_noted(tmp_path: Path) -> None:
    folder = tmp_path / "access"
    written(folder, DAY)
    with days(folder)[0].open("ab") as file:
        file.write(b'{"time":"2026-11')
    assert verify(folder).ok  # it may be a line that is being written
    written(folder, DAY + 60)
    assert verify(folder).ok
    assert [line.get("torn_bytes") for line in lines(folder) if line["event"] == "start"] == [
        None,
        16,
    ]


@pytest.fixture
def scene(materials: Materials, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Scene]:
    with scenes.scene(materials, monkeypatch, tmp_path, check_processes=0) as running:
        yield running


def test_while_it_can_not_be_written_every_call_is_refused_and_then_none(scene: Scene) -> None:
    scene.client.publish([draft()])
    original, full = AccessLog._append, [True]

    def append(log: AccessLog, data: bytes) -> None:
        if full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        original(log, data)

    scene.patch.setattr(AccessLog, "_append", append)
    until(lambda: not scene.client.status().accepting, "the gateway says that it does not accept")
    assert "access log can't be written (No space left" in scene.client.status().problem
    for call in (publish(), get()):
        require_promised(refused(lambda call=call: call(scene)), errors.Unavailable)  # type: ignore[misc]
    full.clear()
    until(lambda: accepted(scene), "it accepts again")
    assert status()(scene).accepting
    until(lambda: verify(scene.folder / "data" / "access").lines > 5, "the lines are written")
    assert verify(scene.folder / "data" / "access").ok


def accepted(scene: Scene) -> bool:
    try:
        return scene.client.publish([draft(entity="310000/later")])[0].HasField("accepted")
    except ExchangeError as error:
        assert error.code == "UNAVAILABLE"
        return False


def test_a_partial_write_is_taken_back(tmp_path: Path) -> None:
    class Half:
        """Writes half of what it is given, once, then all."""

        def __init__(self, file: Any) -> None:
            self.file, self.failed = file, False

        def __getattr__(self, name: str) -> Any:
            return getattr(self.file, name)

        def write(self, data: memoryview) -> int:
            if self.failed:
                return int(self.file.write(data))
            self.failed = True
            self.file.write(data[: len(data) // 2])
            raise OSError(errno.ENOSPC, "full")

    folder = tmp_path / "access"
    written(folder, DAY)
    clock = iter([DAY + 1] * 5)
    log = AccessLog(folder, lambda: next(clock))
    log._open("2026-11-25")
    log._file = Half(log._file)
    log.note({"event": "call"})
    log._write_all(sync=False)
    assert "can't be written" in log.problem
    assert verify(folder).ok
    log._write_all(sync=True)
    assert log.problem == ""
    assert (verify(folder).ok, verify(folder).lines) == (True, 5)
    log._file.close()
