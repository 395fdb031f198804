"""Backfill: the same graph over archived files, in any order and with repeats.

Files are read one block at a time, and what was read waits on disk: a year of them fits in the memory
that its states need.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from pipelines.pictures.picture import JOINT, Picture, Staleness
from pipelines.pictures.results import View
from pipelines.running.archives import Archived, ArchiveError, Told, messages_of
from pipelines.running.graph import Instant, run
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.situation_pb2 import AidProposal, SituationSummary

BATCH = 500

__all__ = ["ArchiveError", "backfill"]


def backfill(
    files: Sequence[Path],
    now_us: int | None = None,
    staleness: Staleness | None = None,
    told: Told = lambda done, of: None,
) -> list[Picture]:
    """One picture for each scope found in the files. Raises ArchiveError.

    `now_us` is the instant for the actual scope, microseconds since 1970; None: the newest that its
    messages told. `told` hears how many files were read.
    """
    messages = messages_of([Archived(path) for path in files], told)
    outcome = run(_batches(messages), [], Instant(now_us, staleness or Staleness()))
    return _pictures(outcome.views)


def _batches(messages: Iterable[Message]) -> Iterator[list[bytes]]:
    remaining = map(_without_receipt, messages)
    while batch := list(islice(remaining, BATCH)):
        yield batch


def _without_receipt(message: Message) -> bytes:
    message.ClearField("receipt")
    return message.SerializeToString()


def _pictures(views: list[View]) -> list[Picture]:
    proposals: dict[str, list[AidProposal]] = {}
    summaries: dict[str, SituationSummary] = {}
    for view in views:
        if isinstance(view.body, AidProposal):
            proposals.setdefault(view.scope, []).append(view.body)
        elif view.body.scope == JOINT:
            summaries[view.scope] = view.body
    return [
        Picture(scope, summary, tuple(proposals.get(scope, ())))
        for scope, summary in sorted(summaries.items())
    ]
