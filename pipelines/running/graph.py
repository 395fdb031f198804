"""Runs the graph as a bounded Beam pipeline in this process, and brings its results back."""

import pickle
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import uuid4

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.portability.fn_api_runner import FnApiRunner

from pipelines.pictures.picture import Staleness
from pipelines.pictures.results import View
from pipelines.running import workers
from pipelines.running.evaluation import EvaluateScopes
from pipelines.running.shelf import Shelf
from pipelines.running.transforms import REJECTED, MergeStates

BATCHES_IN_FILE = 20
STATES_IN_FILE = 10_000
STATES, VIEWS, SHELF = "states", "views", "shelf"
PIECES = 64
"""Of each state, where views are wanted: so many times less of it is in memory at once."""


@dataclass(frozen=True, slots=True)
class Instant:
    """When views are evaluated: microseconds since 1970; None: at the newest that was told."""

    now_us: int | None
    staleness: Staleness = field(default_factory=Staleness)


@dataclass(slots=True)
class Outcome:
    """What came out: states by key, views, rejected messages with reasons."""

    states: dict[str, bytes] = field(default_factory=dict)
    views: list[View] = field(default_factory=list)
    rejected: list[tuple[bytes, str]] = field(default_factory=list)


class ReadFile(beam.DoFn):  # type: ignore[misc]  # Beam has no type hints here
    """In: a file that `write` wrote. Out: its elements."""

    def process(self, path: str) -> Iterator[Any]:
        """One after the other."""
        yield from pickle.loads(Path(path).read_bytes())


class WriteBundle(beam.DoFn):  # type: ignore[misc]  # Beam has no type hints here
    """Writes each bundle's elements into one file of a folder."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def start_bundle(self) -> None:
        """Begins a file."""
        self._file = Path(self._folder, str(uuid4()))

    def process(self, element: Any) -> None:
        """Writes an element."""
        with self._file.open("ab") as file:
            pickle.dump(element, file)


class Folders:
    """Where a run of the graph leaves what comes out of it, and what its steps leave for each other."""

    def __init__(self, scratch: Path) -> None:
        self._folders = {name: scratch / name for name in (STATES, VIEWS, REJECTED, SHELF)}

    def of(self, name: str) -> Path:
        """The folder of one of them."""
        return self._folders[name]

    def clear(self) -> None:
        """All there, and empty."""
        for folder in self._folders.values():
            folder.mkdir(parents=True, exist_ok=True)
            for path in folder.iterdir():
                path.unlink()

    def outcome(self) -> Outcome:
        """What has come out."""
        views = sorted(self._read(VIEWS), key=lambda view: view.entity_id)
        return Outcome(dict(self._read(STATES)), views, list(self._read(REJECTED)))

    def _read(self, name: str) -> Iterator[Any]:
        for path in sorted(self._folders[name].iterdir()):
            with path.open("rb") as file:
                while file.peek(1):
                    yield pickle.load(file)


def run(
    batches: Iterable[list[bytes]],
    stored: Iterable[tuple[str, bytes]],
    evaluated: Instant | None,
    processes: int = 1,
) -> Outcome:
    """Runs the graph over batches of serialised messages on top of stored states (key, bytes).

    A stored state may come in parts. Without an instant states come out, otherwise the views of them: all
    states of a long history need not fit in memory, and pass through it in pieces.
    """
    runner = _runner(processes)
    with tempfile.TemporaryDirectory(prefix="yrd-graph-") as scratch:
        folders = Folders(Path(scratch))
        folders.clear()
        input_ = _spool(Path(scratch, "input"), batches, BATCHES_IN_FILE)
        known = _spool(Path(scratch, "stored"), stored, STATES_IN_FILE)
        with beam.Pipeline(runner=runner, options=_options(processes)) as pipeline:
            build(pipeline, input_, known, folders, evaluated, reshuffle=processes > 1)
        return folders.outcome()


def build(
    pipeline: Any,
    input_: list[str],
    stored: list[str],
    folders: Folders,
    evaluated: Instant | None = None,
    *,
    reshuffle: bool = False,
) -> None:
    """Builds the graph, from files that hold batches, and stored states, to what it writes into folders."""
    files = pipeline | "Batches" >> beam.Create(input_, reshuffle=reshuffle)
    read = files | "ReadBatches" >> beam.ParDo(ReadFile())
    files = pipeline | "Stored" >> beam.Create(stored, reshuffle=False)
    kept = files | "ReadStored" >> beam.ParDo(ReadFile())
    shelf = Shelf(str(folders.of(SHELF)))
    merged = read | "Merge" >> MergeStates(kept, shelf, 1 if evaluated is None else PIECES)
    found = {REJECTED: merged[REJECTED]}
    if evaluated is None:
        found[STATES] = merged["states"]
    else:
        step = EvaluateScopes(shelf, evaluated.now_us, evaluated.staleness)
        found[VIEWS] = merged["states"] | "Views" >> step
    for name, collection in found.items():
        sink = WriteBundle(str(folders.of(name)))
        _ = collection | f"Write{name.title()}" >> beam.ParDo(sink)


def _spool(folder: Path, elements: Iterable[Any], in_file: int) -> list[str]:
    """Writes elements into files: what Create is given, it pickles and compresses with the graph itself."""
    folder.mkdir()
    left = iter(elements)
    files: list[str] = []
    while some := list(islice(left, in_file)):
        path = folder / str(len(files))
        write(path, some)
        files.append(str(path))
    return files


def write(path: Path, elements: list[Any]) -> None:
    """A file for ReadFile."""
    path.write_bytes(pickle.dumps(elements))


def _runner(processes: int) -> FnApiRunner:
    if processes == 1:
        return FnApiRunner()
    workers.prepare()
    return FnApiRunner(default_environment=workers.Forked())


def _options(processes: int) -> PipelineOptions:
    return PipelineOptions([f"--direct_num_workers={processes}"])
