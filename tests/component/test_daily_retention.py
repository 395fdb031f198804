"""A gateway that runs its retention policy by itself, and reads a changed one on a reload."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import time
from pathlib import Path
from typing import Any

import pytest

from client import ExchangeError
from gateway.errors import Unavailable
from gateway.retention.daily import FILE
from gateway.retention.policy import DEFAULT
from gateway.retention.run import Retention
from tests.support.builders import draft
from tests.support.delta import Delta, delta
from tests.support.erasure import ORIGIN, REPORTER, final_report, old_incident, on_disk
from tests.support.materials import Materials
from tests.support.waiting import until
from yrd.exchange.v1.service_pb2 import Alarm

ALWAYS_DUE = time(0)
NOTHING = "rules: []\nbackups: [{name: nightly, place: room B, overwritten: after 35 days}]\n"


@contextmanager
def gateway(materials: Materials, folder: Path, at: time | str, policy: str) -> Iterator[Delta]:
    """A gateway that holds personal data which are due, stopped; it runs `policy` at `at`."""
    path = folder / "policy.yaml"
    path.write_text(policy, encoding="utf-8")
    with delta(materials, folder, (ORIGIN,), retention=path, retention_at="never") as made:
        made.client(ORIGIN).publish([old_incident(), final_report()])
        made.stop(ORIGIN)
        made.configs[ORIGIN] = made.configs[ORIGIN].model_copy(update={"retention_at": at})
        yield made


def shipped() -> str:
    return DEFAULT.read_text(encoding="utf-8")


def left(made: Delta) -> list[str]:
    return on_disk(made.configs[ORIGIN], REPORTER)


def alarms(made: Delta) -> list[Alarm]:
    return list(made.client(ORIGIN).alarms())


def test_what_is_due_goes_without_anybody_asking(materials: Materials, tmp_path: Path) -> None:
    with gateway(materials, tmp_path, ALWAYS_DUE, shipped()) as made:
        assert left(made) == [REPORTER]
        made.start(ORIGIN)
        until((made.data(ORIGIN) / FILE).exists, "the day is noted")
        assert left(made) == []
        assert alarms(made) == []


@pytest.mark.parametrize("error", [Unavailable("the disk is full"), RuntimeError("Bob 021-5550")])
def test_a_run_that_fails_raises_an_alarm_and_the_gateway_goes_on(
    materials: Materials, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    async def fails(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(Retention, "run", fails)
    with gateway(materials, tmp_path, ALWAYS_DUE, shipped()) as made:
        made.start(ORIGIN)
        until(lambda: alarms(made), "the alarm")
        (alarm,) = alarms(made)
        assert (alarm.kind, alarm.log_origin) == ("retention", f"yrd/{ORIGIN}")
        words = "the disk is full" if isinstance(error, Unavailable) else "RuntimeError, of which"
        assert f"the daily run of the retention policy failed: {words}" in alarm.detail
        assert "Bob" not in alarm.detail
        assert made.status(ORIGIN).accepting
        (result,) = made.client(ORIGIN).publish([draft(entity=f"{ORIGIN}/next")])
        assert result.HasField("accepted")
        assert not (made.data(ORIGIN) / FILE).exists()


def test_a_reload_reads_the_policy_or_leaves_all_as_it_is(
    materials: Materials, tmp_path: Path
) -> None:
    with gateway(materials, tmp_path, "never", NOTHING) as made:
        made.start(ORIGIN)
        client, path = made.client(ORIGIN), tmp_path / "policy.yaml"
        assert list(client.run_retention(dry_run=True).outcomes) == []
        assert list(client.reload().changed) == []

        path.write_text(shipped().replace("groups:", "gruops:", 1), encoding="utf-8")
        with pytest.raises(ExchangeError, match=r"policy\.yaml: .*did you mean 'groups'"):
            client.reload()
        assert len(client.run_retention(dry_run=True).backups) == 1, "the old one is in force"

        path.write_text(shipped(), encoding="utf-8")
        assert list(client.reload().changed) == ["retention policy"]
        assert list(client.reload().changed) == []
        client.run_retention(dry_run=False)
        assert left(made) == []


def test_a_reload_changes_the_time_of_day_or_ends_the_daily_run(
    materials: Materials, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.retention.daily.LOOK_SECONDS", 0.05)
    with gateway(materials, tmp_path, "never", shipped()) as made:

        def reload(at: time | str) -> list[str]:
            made.configs[ORIGIN] = made.configs[ORIGIN].model_copy(update={"retention_at": at})
            return list(made.client(ORIGIN).reload().changed)

        made.start(ORIGIN)
        assert reload("never") == []
        assert (left(made), (made.data(ORIGIN) / FILE).exists()) == ([REPORTER], False)
        assert reload(ALWAYS_DUE) == ["time of retention"]
        until((made.data(ORIGIN) / FILE).exists, "the day is noted")
        assert left(made) == []
        assert reload(ALWAYS_DUE) == []
        assert reload("never") == ["time of retention"]
