"""`yrd pipeline`: a picture from archived files, and only one pipeline on one store."""

from datetime import timedelta
from pathlib import Path

import pytest

from integration.drill.scenario import load
from pipelines.store import LiveStore
from schemas.avro.archive import append
from tests.support.builders import message
from tests.support.commands import yrd
from yrd.exchange.v1.message_pb2 import Message


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two files as the live pipeline would have written them."""
    folder = tmp_path_factory.mktemp("archive")
    messages: list[Message] = []
    for step in load("wenling_2020").steps:
        sequence = sum(m.stamp.origin == step.participant for m in messages)
        sealed = step.at + timedelta(seconds=1)
        messages.append(message(step.participant, sequence, step.draft, sealed))
    append(folder / "1.avro", 0, messages[:6])
    append(folder / "2.avro", 0, messages[6:])
    return [folder / "1.avro", folder / "2.avro"]


def test_backfill_for_people(archives: list[Path]) -> None:
    ran = yrd("pipeline", "backfill", *archives)
    assert ran.status == 0
    assert "死亡 20" in ran.out
    assert "dead 20" in ran.out
    assert "Mutual-aid proposal" in ran.out


def test_backfill_for_programs(archives: list[Path]) -> None:
    ran = yrd("pipeline", "backfill", *archives, "--json")
    assert ran.status == 0
    summary, proposal = ran.json_lines()
    assert summary["totals"]["known"]["dead"] == 20
    assert proposal["beneficiary"] == "330000"


def test_the_order_of_files_does_not_matter(archives: list[Path]) -> None:
    forth = yrd("pipeline", "backfill", *archives, "--json")
    assert yrd("pipeline", "backfill", *reversed(archives), archives[0], "--json") == forth


def test_a_file_that_is_no_archive_is_named(archives: list[Path], tmp_path: Path) -> None:
    nothing, text, cut = tmp_path / "no.avro", tmp_path / "text.avro", tmp_path / "cut.avro"
    text.write_text("not an archive")
    cut.write_bytes(archives[0].read_bytes()[:-40])
    for path in (nothing, text, cut, tmp_path):
        ran = yrd("pipeline", "backfill", archives[0], path)
        assert (ran.status, ran.out) == (2, "")
        assert str(path) in ran.err


def test_a_second_pipeline_on_one_store_is_refused(tmp_path: Path) -> None:
    store = LiveStore(tmp_path / "pipeline" / "states.db")
    try:
        ran = yrd("pipeline", "run", "--dir", tmp_path)
    finally:
        store.close()
    assert ran.status == 1
    assert "another pipeline runs on this store" in ran.err
