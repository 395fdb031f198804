"""Worker processes on this machine, forked from one that has imported everything.

Beam starts an interpreter for each worker, which takes two seconds until it has imported Beam. Here one
process does that, beside the work that comes first, and is forked.
"""

import multiprocessing
from multiprocessing import forkserver
from typing import Any

from apache_beam.runners.portability.fn_api_runner.worker_handlers import (
    GrpcWorkerHandler,
    WorkerHandler,
)
from apache_beam.runners.worker.sdk_worker import SdkHarness
from apache_beam.transforms.environments import Environment, python_sdk_capabilities

_URN = "yrd:env:forked:v1"
_CONTEXT = multiprocessing.get_context("forkserver")


def prepare() -> None:
    """Starts the process that workers are forked from; its imports go on beside the caller."""
    _CONTEXT.set_forkserver_preload(["pipelines.running.graph"])
    forkserver.ensure_running()


class Forked(Environment):  # type: ignore[misc]  # Beam has no type hints here
    """Where steps run: in worker processes that are forked."""

    def __init__(self) -> None:
        super().__init__(capabilities=python_sdk_capabilities())

    def to_runner_api_parameter(self, context: Any) -> tuple[str, bytes]:
        """As Beam names it."""
        return _URN, b""


@WorkerHandler.register_environment(_URN, bytes)
class _ForkedWorker(GrpcWorkerHandler):  # type: ignore[misc]
    """One of them."""

    def __init__(self, payload: bytes, state: Any, provision_info: Any, grpc_server: Any) -> None:
        super().__init__(state, provision_info, grpc_server)
        arguments = (self.control_address, self.worker_id)
        self._process = _CONTEXT.Process(target=_work, args=arguments, daemon=True)

    def start_worker(self) -> None:
        """Forks it."""
        self._process.start()

    def stop_worker(self) -> None:
        """Waits for its end: the runner has closed what it listens to."""
        self._process.join()


def _work(control_address: str, worker_id: str) -> None:
    SdkHarness(control_address, worker_id=worker_id).run()
