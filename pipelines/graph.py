"""Runs the graph as a bounded Beam pipeline in this process, and brings its results back."""

import pickle
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.portability.fn_api_runner import FnApiRunner

from pipelines.picture import Staleness
from pipelines.results import View
from pipelines.transforms import REJECTED, EvaluateScopes, MergeStates


@dataclass(slots=True)
class Outcome:
    """What came out: states by key, views, rejected messages with reasons."""

    states: dict[str, bytes] = field(default_factory=dict)
    views: list[View] = field(default_factory=list)
    rejected: list[tuple[bytes, str]] = field(default_factory=list)


class WriteBundle(beam.DoFn):  # type: ignore[misc]  # Beam has no type hints here
    """Writes each bundle's elements as one file of a folder."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._elements: list[Any] = []

    def start_bundle(self) -> None:
        """Begins anew."""
        self._elements = []

    def process(self, element: Any) -> None:
        """Keeps an element."""
        self._elements.append(element)

    def finish_bundle(self) -> None:
        """Writes what was kept."""
        if self._elements:
            path = Path(self._folder, str(uuid4()))
            path.write_bytes(pickle.dumps(self._elements))


def run(
    batches: Iterable[list[bytes]],
    stored: Mapping[str, bytes],
    now_us: int | None,
    staleness: Staleness,
) -> Outcome:
    """Runs the graph over batches of serialised messages on top of stored states."""
    with tempfile.TemporaryDirectory(prefix="yrd-graph-") as scratch:
        folders = {name: Path(scratch, name) for name in ("states", "views", REJECTED)}
        for folder in folders.values():
            folder.mkdir()
        with beam.Pipeline(runner=FnApiRunner(), options=PipelineOptions([])) as pipeline:
            read = pipeline | "ReadBatches" >> beam.Create(list(batches), reshuffle=False)
            kept = pipeline | "ReadStored" >> beam.Create(list(stored.items()), reshuffle=False)
            merged = read | "Merge" >> MergeStates(kept)
            views = merged["states"] | "Views" >> EvaluateScopes(now_us, staleness)
            found = {"states": merged["states"], "views": views, REJECTED: merged[REJECTED]}
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


def _read(folder: Path) -> Iterator[Any]:
    for path in sorted(folder.iterdir()):
        yield from pickle.loads(path.read_bytes())
