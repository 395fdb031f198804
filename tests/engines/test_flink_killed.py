"""Whatever of a Flink job is killed, its results are the embedded run's, and each is there once."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from integration.engines.flink import SECONDS, Cluster
from integration.engines.kafka import Broker
from tests.engines.recording import Recovery
from tests.support.flinking import Job, in_order
from tests.support.history import History
from tests.support.waiting import until

EACH = 40
pytestmark = pytest.mark.timeout(900)  # a cluster begins in the first, and jobs take their time
HISTORY = History(9).days(100, EACH)
ENGINE = "Apache Flink"


@pytest.fixture(scope="module")
def lasting_job(
    lasting_cluster: Cluster, lasting_broker: Broker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Job]:
    """One job for all tests of this file."""
    made = Job.over(lasting_cluster, lasting_broker.address, tmp_path_factory.mktemp("killed").name)
    yield made
    made.cancel()


@pytest.fixture
def job(lasting_job: Job, cluster: Cluster, broker: Broker) -> Job:
    """It runs, and has said what there is to say."""
    if not lasting_job.runs():
        lasting_job.submit(replay=True)
    tell(lasting_job)
    until(lasting_job.says_all, "the results before", SECONDS)
    return lasting_job


def tell(job: Job) -> None:
    """More of one history."""
    begin = len(job.told)
    job.tell(HISTORY[begin : begin + EACH])
    assert begin < len(HISTORY), "it was too short for so many rounds"


@contextmanager
def while_it_works(job: Job, recovery: Recovery) -> Iterator[None]:
    """The fault comes while it has something to do; in the end nothing is lost, nothing is there twice."""
    before = len(job.results())
    tell(job)
    until(lambda: len(job.results()) > before, "first results", SECONDS)
    tell(job)
    yield
    tell(job)
    with recovery.measured():
        until(job.says_all, "the embedded run's results", SECONDS)
    in_order(job.results())


@pytest.mark.fault(ENGINE, "SIGKILL of the task manager and its Python workers")
def test_task_manager(job: Job, recovery: Recovery) -> None:
    with while_it_works(job, recovery):
        job.cluster.kill("taskmanager")
        job.cluster.start("taskmanager")


@pytest.mark.fault(ENGINE, "SIGKILL of the Python workers")
def test_python_workers(job: Job, recovery: Recovery) -> None:
    with while_it_works(job, recovery):
        workers = job.cluster.workers()
        assert workers
        for worker in workers:
            os.kill(worker, signal.SIGKILL)


@pytest.mark.fault(ENGINE, "SIGKILL of the job manager; resumed from the newest kept checkpoint")
def test_job_manager(job: Job, recovery: Recovery) -> None:
    with while_it_works(job, recovery):
        job.cluster.kill("jobmanager")
        job.cluster.start("jobmanager")
        job.cluster.wait()
        job.submit(job.newest_checkpoint())


@pytest.mark.fault(ENGINE, "stopped with a savepoint, resumed with other parallelism")
def test_upgrade(job: Job, recovery: Recovery) -> None:
    with while_it_works(job, recovery):
        place = job.stop()
        tell(job)
        job.submit(place, parallelism=1 if job.settings.parallelism == 2 else 2)
