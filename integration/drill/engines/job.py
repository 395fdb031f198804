"""The pipelines of a drill as a job on Flink."""

import time
from typing import Any

from integration.drill.engines.bridges import Topics
from integration.drill.setting import DrillError
from integration.engines.flink import Distribution
from integration.engines.flink_rest import Rest
from integration.pipeline import REGULAR_SECONDS
from pipelines.flink.settings import Settings
from pipelines.flink.submitting import NotSubmitted, Submission, submit

RUNNING = "RUNNING"
_OVER = "FAILED", "CANCELED", "FINISHED"
START_SECONDS, LOOK_SECONDS = 180.0, 0.2
PARALLELISM = 2
CHECKPOINT_SECONDS = 1.0
"""Results are to be read once a checkpoint has them."""


class Job:
    """On a cluster that runs."""

    def __init__(self, cluster: str, distribution: Distribution) -> None:
        self._rest, self._distribution = Rest(cluster), distribution
        self._id = ""

    def submit(self, brokers: str, topics: Topics) -> None:
        """Raises DrillError."""
        settings = Settings(
            name=topics.prefix,
            brokers=brokers,
            feed=topics.feed,
            results=topics.results,
            rejected=topics.rejected,
            parallelism=PARALLELISM,
            checkpoint_seconds=CHECKPOINT_SECONDS,
            regular_seconds=REGULAR_SECONDS,
        )
        try:
            self._id = submit(
                Submission(
                    settings=settings,
                    environment=self._distribution.environment,
                    connector=self._distribution.connector,
                    cluster=self._rest.address,
                )
            )
        except NotSubmitted as error:
            raise DrillError(f"--flink: {error}") from None

    def wait(self) -> None:
        """Until all its tasks run. Raises DrillError."""
        deadline = time.monotonic() + START_SECONDS
        while not self._runs():
            if time.monotonic() > deadline or self.state() in _OVER:
                raise DrillError(
                    f"--flink: the job does not run ({self.state()}): it needs {PARALLELISM} slots; see "
                    f"http://{self._rest.address} and the cluster's logs"
                )
            time.sleep(LOOK_SECONDS)

    def _runs(self) -> bool:
        tasks = [vertex["status"] for vertex in self._get(f"/jobs/{self._id}").get("vertices", [])]
        return bool(tasks) and set(tasks) == {RUNNING}

    def version(self) -> str:
        """Of the cluster."""
        return str(self._get("/overview").get("flink-version"))

    def state(self) -> str:
        """Of the job: RUNNING if all is well."""
        return str(self._get(f"/jobs/{self._id}").get("state"))

    def checkpoints(self) -> int:
        """How many are complete."""
        return int(self._get(f"/jobs/{self._id}/checkpoints").get("counts", {}).get("completed", 0))

    def cancel(self) -> None:
        """At once. Raises OSError."""
        if self._id:
            self._rest.ask("PATCH", f"/jobs/{self._id}?mode=cancel", {})
            self._id = ""

    def _get(self, path: str) -> dict[str, Any]:
        try:
            return self._rest.ask("GET", path)
        except (OSError, ValueError) as error:
            raise DrillError(f"--flink: {self._rest.address} does not answer: {error}") from None
