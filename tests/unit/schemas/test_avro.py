"""Avro: identity for every type, files that plain fastavro reads, committed schemas up to date."""

from pathlib import Path
from typing import Any

import fastavro
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.avro import archive, codec, generate
from schemas.catalog import BODY_FIELDS
from tests.support.arbitrary import messages
from tests.support.builders import draft, message
from yrd.exchange.v1.message_pb2 import Message

QUIET = settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("full_name", sorted(BODY_FIELDS))
@QUIET
@given(data=st.data())
def test_avro_and_back_is_identity(full_name: str, data: st.DataObject) -> None:
    made = data.draw(messages(BODY_FIELDS[full_name].message_type))
    assert codec.decode(full_name, codec.encode(made)) == made


@QUIET
@given(data=st.data())
def test_whole_messages_too(data: st.DataObject) -> None:
    descriptor: Any = Message.DESCRIPTOR
    made = data.draw(messages(descriptor))
    assert codec.decode("yrd.exchange.v1.Message", codec.encode(made)) == made


def test_an_unknown_fingerprint_is_named() -> None:
    with pytest.raises(codec.AvroFormError, match="fingerprint 0101010101010101"):
        codec.decode("yrd.incident.v1.IncidentReport", b"\xc3\x01" + b"\x01" * 8)


def test_a_truncated_datum_is_an_error() -> None:
    data = codec.encode(draft().incident_report)
    with pytest.raises(codec.AvroFormError, match="damaged"):
        codec.decode("yrd.incident.v1.IncidentReport", data[:-3])


def test_committed_schemas_are_those_of_the_contract() -> None:
    for name, content in generate.schemas().items():
        assert (generate.FOLDER / name).read_text(encoding="utf-8") == content, (
            f"{name} is out of date: run `python -m schemas.avro.generate`"
        )


def test_archives_are_read_by_plain_fastavro(tmp_path: Path) -> None:
    path = tmp_path / "day.avro"
    made = [message("310000", n, draft()) for n in range(5)]
    length = archive.append(path, 0, made[:3])
    archive.append(path, length, made[3:])
    with path.open("rb") as file:
        records = [record for record in fastavro.reader(file) if isinstance(record, dict)]
    assert [r["stamp"]["sequence"] for r in records] == [0, 1, 2, 3, 4]
    assert list(archive.read(path)) == made


def test_what_a_dead_writer_left_is_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "day.avro"
    made = [message("310000", n, draft()) for n in range(3)]
    length = archive.append(path, 0, made[:1])
    archive.append(path, length, made[1:2])
    archive.append(path, length, made[2:])
    assert list(archive.read(path)) == [made[0], made[2]]


def test_a_file_that_is_no_archive_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.avro").write_bytes(b"not avro")
    with pytest.raises(archive.ArchiveError, match=r"x\.avro: not an archive"):
        list(archive.read(tmp_path / "x.avro"))
