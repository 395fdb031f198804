"""Backfill over the archive gives what the live pipeline gave, whatever came in which batch."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import fastavro
import pytest

from integration.drill.scenario import load
from pipelines.pictures.picture import Picture
from pipelines.pictures.results import view_of
from pipelines.running import graph
from pipelines.running.backfill import ArchiveError, backfill
from pipelines.running.prepared import PreparedGraph
from tests.support.builders import NOW, message
from tests.support.feeds import Board, Feed, plain_graph
from tests.support.living import Life
from tests.support.situation import after, us, warning
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.situation_pb2 import AidProposal

INFA = "exercise/infa-2021"
PLAIN = plain_graph
Run = Callable[..., graph.Outcome]


def beam(*args: Any) -> graph.Outcome:
    """The graph that the live loop runs."""
    return _prepared().run(*args)


@cache
def _prepared() -> PreparedGraph:
    return PreparedGraph()


@cache
def infa() -> tuple[Message, ...]:
    """The typhoon's messages as the joint gateway received them within some minutes."""
    sequences = dict[str, int]()
    found = []
    for offset, step in enumerate(load("infa_2021").steps, start=1):
        sequence = sequences.get(step.participant, 0)
        sequences[step.participant] = sequence + 1
        sealed = NOW + timedelta(seconds=offset)
        made = message(step.participant, sequence, step.draft, sealed)
        found.append(made)
    return tuple(found)


def lived(folder: Path, told: Sequence[Message], most: int, run: Run = PLAIN) -> Life:
    """A live pipeline that has read all of it, in batches of at most `most`."""
    life = Life(folder, Feed(told, most), now_us=us(after(minutes=5)), run_graph=run)
    life.run()
    return life


def files(life: Life) -> list[Path]:
    return sorted(life.archive.glob("*.avro"))


def last(board: Board, scope: str) -> Picture:
    """The newest summary of a scope, and its proposals that stand."""
    summary = board.of(f"joint/summary/{scope}")[-1].situation_summary
    newest = {d.header.entity_id: d for d in board.published if view_of(d).scope == scope}
    proposals = [d.aid_proposal for _, d in sorted(newest.items()) if d.HasField("aid_proposal")]
    return Picture(scope, summary, tuple(p for p in proposals if not p.withdrawn))


def serialised(picture: Picture) -> list[bytes]:
    """Byte for byte; but a proposal is published once, under the instant at which it became true."""
    found = [picture.summary.SerializeToString(deterministic=True)]
    for proposal in picture.proposals:
        said = AidProposal.FromString(proposal.SerializeToString())
        said.ClearField("as_of_time")
        said.ClearField("input_digest")
        found.append(said.SerializeToString(deterministic=True))
    return found


@pytest.mark.parametrize(
    ("run", "most"), [(beam, 200), (beam, 60), (PLAIN, 1), (PLAIN, 7), (PLAIN, 50)]
)
def test_live_and_backfill_give_the_same_picture(run: Run, most: int, tmp_path: Path) -> None:
    life = lived(tmp_path, infa(), most, run)
    found = {picture.scope: picture for picture in backfill(files(life), life.now_us)}
    assert sorted(found) == ["actual", INFA]
    for scope, picture in found.items():
        assert serialised(last(life.board, scope)) == serialised(picture)
    assert len(found[INFA].proposals) > 0
    assert len(found[INFA].summary.incidents) > 3


def test_the_order_of_files_and_repeats_do_not_matter(tmp_path: Path) -> None:
    halves = [lived(tmp_path / "a", infa()[:80], 80), lived(tmp_path / "b", infa()[60:], 90)]
    whole = lived(tmp_path / "whole", infa(), 200)
    paths = [path for life in halves for path in files(life)]
    expected = [serialised(p) for p in backfill(files(whole), whole.now_us)]
    assert [serialised(p) for p in backfill(paths, whole.now_us)] == expected
    assert [serialised(p) for p in backfill([*paths[::-1], paths[0]], whole.now_us)] == expected


def test_the_archive_is_read_by_any_avro_reader(tmp_path: Path) -> None:
    life = lived(tmp_path, infa()[:20], 6)
    with files(life)[0].open("rb") as file:
        records = [record for record in fastavro.reader(file) if isinstance(record, dict)]
    assert [r["header"]["message_id"] for r in records] == [
        m.header.message_id for m in infa()[:20]
    ]


def test_without_an_instant_the_actual_picture_is_as_of_the_newest_word(tmp_path: Path) -> None:
    """As the command does: a warning in force when it was told is in force in the picture."""
    told = [warning(), warning("320000/warning/1", sealed=after(minutes=2))]
    (found,) = backfill(files(lived(tmp_path, told, 2)))
    assert len(found.summary.warnings) == 2


def test_nothing_to_read_is_no_picture(tmp_path: Path) -> None:
    assert backfill([]) == []


def test_a_file_that_is_no_archive_is_named(tmp_path: Path) -> None:
    path = tmp_path / "notes.avro"
    path.write_bytes(b"not avro")
    with pytest.raises(ArchiveError, match=r"notes\.avro"):
        backfill([path])
