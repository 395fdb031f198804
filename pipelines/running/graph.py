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
from pipelines.running.evaluation import EvaluateScopes
from pipelines.running.shelf import Shelf
from pipelines.running.transforms import REJECTED, MergeStates

BATCHES_IN_FILE = 20
STATES_IN_FILE = 10_000
SHELF = "shelf"
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
    """In: a file that `_spool` wrote. Out: its elements."""

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
    with tempfile.TemporaryDirectory(prefix="yrd-graph-") as scratch:
        folders = {name: Path(scratch, name) for name in ("states", "views", REJECTED, SHELF)}
        for folder in folders.values():
            folder.mkdir()
        input_ = _spool(Path(scratch, "input"), batches, BATCHES_IN_FILE)
        known = _spool(Path(scratch, "stored"), stored, STATES_IN_FILE)
        with beam.Pipeline(runner=FnApiRunner(), options=_options(processes)) as pipeline:
            files = pipeline | "Batches" >> beam.Create(input_, reshuffle=processes > 1)
            read = files | "ReadBatches" >> beam.ParDo(ReadFile())
            files = pipeline | "Stored" >> beam.Create(known, reshuffle=False)
            kept = files | "ReadStored" >> beam.ParDo(ReadFile())
            shelf = Shelf(str(folders[SHELF]))
            merged = read | "Merge" >> MergeStates(kept, shelf, 1 if evaluated is None else PIECES)
            found = {REJECTED: merged[REJECTED]}
            if evaluated is None:
                found["states"] = merged["states"]
            else:
                step = EvaluateScopes(shelf, evaluated.now_us, evaluated.staleness)
                found["views"] = merged["states"] | "Views" >> step
            for name, collection in found.items():
                sink = WriteBundle(str(folders[name]))
                _ = collection | f"Write{name.title()}" >> beam.ParDo(sink)
        outcome = Outcome(
            dict(_read(folders["states"])),
            list(_read(folders["views"])),
            list(_read(folders[REJECTED])),
        )
    outcome.views.sort(key=lambda view: view.entity_id)
    return outcome


def _spool(folder: Path, elements: Iterable[Any], in_file: int) -> list[str]:
    """Writes elements into files: what Create is given, it pickles and compresses with the graph itself."""
    folder.mkdir()
    left = iter(elements)
    files: list[str] = []
    while some := list(islice(left, in_file)):
        path = folder / str(len(files))
        path.write_bytes(pickle.dumps(some))
        files.append(str(path))
    return files


def _options(processes: int) -> PipelineOptions:
    if processes == 1:
        return PipelineOptions([])
    return PipelineOptions(
        [f"--direct_num_workers={processes}", "--direct_running_mode=multi_processing"]
    )


def _read(folder: Path) -> Iterator[Any]:
    for path in sorted(folder.iterdir()):
        with path.open("rb") as file:
            while file.peek(1):
                yield pickle.load(file)
