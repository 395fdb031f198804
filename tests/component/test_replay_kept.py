"""A replayed entry and what proves it are stored in one commit: no crash comes between the two."""

from pathlib import Path
from typing import Any

import pytest

from gateway.replication.alarms import Alarms
from tests.support.alarm_proofs import shown_by
from tests.support.builders import draft
from tests.support.handmade import HandmadeLog
from tests.support.materials import Materials
from tests.support.rogue import batch
from tests.support.staged import PEER, US, staged
from tests.support.waiting import until

GOOD, ALL = 3, 5


async def killed(*_: Any) -> None:
    """The gateway goes down in the moment in which it would raise the alarm."""
    raise SystemError("killed")


def test_a_crash_behind_the_commit_loses_no_evidence(
    materials: Materials, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = HandmadeLog(materials, PEER)
    log.add(*(draft(entity=f"{PEER}/{n}") for n in range(ALL - 1)))
    log.entries.append(log.entries[0])
    with staged(materials, tmp_path, log) as stage:
        stage.send_rest(GOOD)
        with monkeypatch.context() as patch:
            patch.setattr(Alarms, "keep", killed)
            stage.give(batch(log.batch(GOOD, ALL)))
            until(lambda: stage.held().size == ALL, "the batch is stored")
            stage.made.stop(US)
        stage.made.start(US)
        until(stage.problem, "the link stays closed")
        (alarm,) = stage.made.client(US).alarms()
        assert (alarm.kind, shown_by(materials, alarm)) == ("replay", "a foreign entry in its tree")
        assert "entry 4 says that it belongs to another log" in alarm.detail
        assert stage.held().size == ALL
        assert stage.audit() == []
