"""When the retention policy runs by itself. The clock is the test's."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from gateway.config import GatewayConfig
from gateway.retention.daily import FILE, Daily, due_on
from schemas.instants import BEIJING

AT = time(3)


def instant(text: str) -> float:
    """Of a time in Beijing, MM-DDTHH:MM of 2026."""
    return datetime.fromisoformat(f"2026-{text}:00").replace(tzinfo=BEIJING).timestamp()


@pytest.mark.parametrize(
    ("now", "done", "due"),
    [
        ("06-01T02:59", None, None),
        ("06-01T03:00", None, date(2026, 6, 1)),
        ("06-01T23:59", date(2026, 5, 31), date(2026, 6, 1)),
        ("06-01T23:59", date(2026, 6, 1), None),
        ("06-02T02:59", date(2026, 6, 1), None),
        ("06-01T03:00", date(2027, 1, 1), date(2026, 6, 1)),  # the clock was ahead for a while
    ],
)
def test_a_run_is_due_once_a_day_from_its_time_on(
    now: str, done: date | None, due: date | None
) -> None:
    assert due_on(instant(now), AT, done) == due


@dataclass
class Runs:
    """A daily run under a clock that is set by hand."""

    folder: Path
    now: float = 0.0
    at: time | None = AT
    error: Exception | None = None
    ran: list[float] = field(default_factory=list)
    failed: list[Exception] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """As after a restart."""
        self.daily = Daily(self.at, self._run, self._fail, self.folder, lambda: self.now)

    async def _run(self) -> None:
        self.ran.append(self.now)
        if self.error is not None:
            raise self.error

    async def _fail(self, error: Exception) -> None:
        self.failed.append(error)

    async def look(self, *times: str) -> list[str]:
        """Looks at each of the times; those at which it ran."""
        ran = []
        for text in times:
            before, self.now = len(self.ran), instant(text)
            await self.daily.look()
            ran += [text] * (len(self.ran) - before)
        return ran


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[Runs]:
    yield Runs(tmp_path)


async def test_it_runs_once_a_day_over_restarts(runs: Runs) -> None:
    first = await runs.look("06-01T02:59", "06-01T03:00", "06-01T03:01", "06-01T23:59")
    assert first == ["06-01T03:00"]
    runs.start()
    later = await runs.look("06-01T23:59", "06-02T00:00", "06-02T03:10", "06-03T03:00")
    assert later == ["06-02T03:10", "06-03T03:00"]


async def test_who_was_down_at_the_time_runs_when_it_is_up(runs: Runs) -> None:
    assert await runs.look("06-01T03:00") == ["06-01T03:00"]
    runs.start()
    assert await runs.look("06-02T17:30", "06-02T17:31") == ["06-02T17:30"]


async def test_a_failure_is_told_and_tried_again_the_next_day_or_after_a_restart(
    runs: Runs,
) -> None:
    runs.error = OSError("disk full")
    assert await runs.look("06-01T03:00", "06-01T03:01") == ["06-01T03:00"]
    assert runs.failed == [runs.error]
    assert await runs.look("06-02T03:00") == ["06-02T03:00"]
    runs.error = None
    runs.start()
    assert await runs.look("06-02T03:05", "06-02T03:06") == ["06-02T03:05"]


async def test_a_day_that_can_not_be_noted_is_told(runs: Runs) -> None:
    (runs.folder / FILE).mkdir()
    assert await runs.look("06-01T03:00", "06-01T03:01") == ["06-01T03:00"]
    assert [type(error) for error in runs.failed] == [IsADirectoryError]


async def test_a_file_that_names_no_day_counts_as_none(runs: Runs) -> None:
    (runs.folder / FILE).write_bytes(b"\xff")
    runs.start()
    assert await runs.look("06-01T03:00") == ["06-01T03:00"]
    assert (runs.folder / FILE).read_text() == "2026-06-01\n"


async def test_never_is_never_and_the_time_may_change(runs: Runs) -> None:
    runs.daily.at = None
    assert await runs.look("06-01T03:00", "06-02T23:00") == []
    runs.daily.at = time(23, 30)
    assert await runs.look("06-02T23:29", "06-02T23:30") == ["06-02T23:30"]


SETTINGS: dict[str, Any] = {
    "participant": "310000",
    "listen": "a:1",
    "data_dir": "d",
    "agreements_dir": "a",
    "tls": {"ca": "c", "certificate": "c", "key": "k"},
    "keys": {"log": "l", "witness": "w"},
}


@pytest.mark.parametrize(
    ("changes", "at"),
    [
        ({}, None),
        ({"retention": "p.yaml"}, AT),
        ({"retention": "p.yaml", "retention_at": "never"}, None),
        ({"retention": "p.yaml", "retention_at": "04:15"}, time(4, 15)),
        ({"retention_at": 750}, time(12, 30)),  # what YAML makes of 12:30
        ({"retention_at": "00:00"}, time(0)),
    ],
)
def test_by_default_it_runs_if_there_is_a_policy(changes: dict[str, Any], at: time | None) -> None:
    assert GatewayConfig(**SETTINGS | changes).daily_retention == at


@pytest.mark.parametrize(
    ("changes", "at"),
    [
        ({}, AT),
        ({"retention": "p.yaml"}, AT),
        ({"retention_at": "04:15"}, time(4, 15)),
        ({"retention_at": "00:00"}, time(0)),
        ({"retention_at": "never"}, None),
    ],
)
def test_what_clauses_end_goes_every_day_without_a_policy_too(
    changes: dict[str, Any], at: time | None
) -> None:
    assert GatewayConfig(**SETTINGS | changes).daily_terms == at


@pytest.mark.parametrize("value", ["24:00", "3:00", "03:00:01", "03:60", 1440, -1, True, 3.5, "x"])
def test_what_is_no_time_of_day_is_refused(value: object) -> None:
    with pytest.raises(ValidationError, match=r"say HH:MM in Beijing, such as 03:00, or never"):
        GatewayConfig(**SETTINGS | {"retention_at": value})
