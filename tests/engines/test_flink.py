"""The pipeline on Flink, against the real thing: its results are the embedded run's, and silence is shown."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from integration.engines.flink import SECONDS, Cluster
from integration.engines.kafka import Broker
from schemas.rules import violations
from tests.support.bridging import committed
from tests.support.feeds import CLOCK
from tests.support.flinking import Job, in_order
from tests.support.history import History
from tests.support.situation import incident
from tests.support.waiting import until
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.situation_pb2 import SituationSummary

pytestmark = pytest.mark.timeout(900)  # a cluster begins in the first, and jobs take their time
HISTORY = History(3).days(3, 60)


@pytest.fixture
def job(cluster: Cluster, broker: Broker, tmp_path: Path) -> Iterator[Job]:
    """A job over its topics, which ends with the test."""
    made = Job.over(cluster, broker.address, tmp_path.name)
    try:
        yield made
    finally:
        made.cancel()


def test_results_are_the_embedded_runs(job: Job) -> None:
    job.put([(b"310000", b"\xff\xff")])
    job.tell(HISTORY)
    job.tell(HISTORY[:30])
    job.submit(replay=True)
    until(job.says_all, "the embedded run's results", SECONDS)
    drafts = job.results()
    in_order(drafts)
    assert len({draft.header.message_id for draft in drafts}) == len(drafts)
    assert [problem for draft in drafts for problem in violations(draft, CLOCK)] == []
    [rejected] = committed(job.settings.brokers, [job.settings.rejected])
    assert rejected.value() == b"\xff\xff"


def told(origin: str, number: int, ago: timedelta = timedelta()) -> Message:
    """An incident that is told now, or was a while ago."""
    at = (datetime.now(UTC) - ago).replace(microsecond=0)
    return incident(f"{origin}/flood/{number}", told=at, sealed=at, sequence=number)


def test_a_silent_participant_delays_nobody_and_is_shown_as_silent(
    job: Job, tmp_path: Path
) -> None:
    job.tell([told("320000", 0, timedelta(hours=1)), told("310000", 0)])
    job.submit_by_command(tmp_path)
    for number in range(1, 4):
        job.tell([told("310000", number)])
        summary = until(partial(shown, job, number + 2), f"report {number}", SECONDS)
        assert summary is not None
        silent = {line.participant: line.stale for line in summary.coverage}
        assert silent == {
            "310000": False,
            **dict.fromkeys(["320000", "330000", "340000", "joint"], True),
        }


def shown(job: Job, incidents: int) -> SituationSummary | None:
    """The newest summary, if it has so many incidents."""
    summaries = [
        draft.situation_summary
        for draft in job.results()
        if draft.header.entity_id == "joint/summary/actual"
    ]
    return summaries[-1] if summaries and len(summaries[-1].incidents) == incidents else None
