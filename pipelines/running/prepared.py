"""The graph of a live step, built once and run for each batch: building it takes twice as long as a run."""

import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.transforms.environments import EmbeddedPythonEnvironment

from pipelines.running.graph import Folders, Outcome, build, write


class PreparedGraph:
    """The same graph as pipelines.running.graph runs, over batches that fit in memory and without views."""

    def __init__(self) -> None:
        self._scratch = tempfile.TemporaryDirectory(prefix="yrd-graph-")
        folder = Path(self._scratch.name)
        self._batches, self._stored = folder / "batches", folder / "stored"
        self._folders = Folders(folder)
        pipeline = beam.Pipeline(runner=FnApiRunner(), options=PipelineOptions([]))
        build(pipeline, [str(self._batches)], [str(self._stored)], self._folders)
        here = EmbeddedPythonEnvironment.default()
        self._graph = pipeline.to_runner_api(default_environment=here)
        # a pipeline that is run does so itself
        shutil.rmtree(pipeline.local_tempdir, ignore_errors=True)

    def run(self, batches: Iterable[list[bytes]], stored: Iterable[tuple[str, bytes]]) -> Outcome:
        """Merges batches of serialised messages on top of stored states; as `graph.run`."""
        self._folders.clear()
        write(self._batches, list(batches))
        write(self._stored, list(stored))
        FnApiRunner().run_via_runner_api(self._graph, PipelineOptions([]))
        return self._folders.outcome()
