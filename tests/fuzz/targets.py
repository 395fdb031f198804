"""Every decoder that takes bytes from outside, with valid samples and the errors that it may raise."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from schemas.samples.reading import invalid_samples, valid_samples
from tests.fuzz.decoders import (
    alerts,
    calls,
    certificates,
    conditions,
    drafts,
    files,
    forms,
    http,
    peers,
    proofs,
    resources,
    tables,
    words,
)
from tests.fuzz.target import Target
from tests.support.handmade import HandmadeLog
from tests.support.materials import Materials


@contextmanager
def targets(materials: Materials, folder: Path) -> Iterator[list[Target]]:
    """All of them. The folder is for files that are read, and for a gateway that is called."""
    log = HandmadeLog(materials, "320000")
    made = [sample.draft for sample in (*valid_samples(), *invalid_samples())]
    log.add(*made[:40])
    with calls.targets(materials, log, folder) as called:
        yield [
            *drafts.targets(made),
            *alerts.targets(made),
            *resources.targets(made),
            *tables.targets(),
            *http.targets(made),
            *peers.targets(materials, log, folder),
            *proofs.notes(materials, log),
            *proofs.proofs(materials, log),
            *forms.targets(made, folder),
            *files.targets(materials, folder),
            *words.targets(),
            *conditions.targets(made),
            *certificates.targets(materials, folder),
            *called,
        ]
