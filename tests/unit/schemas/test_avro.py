"""Avro: committed schemas, what other libraries make of them, damaged data, archives."""

import json
import random
import re
from io import BytesIO
from pathlib import Path
from typing import Any

import avro.io
import avro.schema
import fastavro
import pytest
from google.protobuf.message import Message as AnyMessage
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.avro import archive, codec, generate
from schemas.avro.catalog import TYPES, descriptor_of
from schemas.avro.projection import project
from schemas.avro.registry import plain
from schemas.contract_comments import contract_comments
from tests.support.arbitrary import messages
from tests.support.builders import draft, message
from yrd.common.v1.common_pb2 import Casualties
from yrd.exchange.v1.message_pb2 import Message
from yrd.incident.v1.incident_pb2 import IncidentReport

FEW = settings(deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))


def test_committed_schemas_are_those_of_the_contract() -> None:
    made = generate.schemas(contract_comments())
    committed = {path.name for path in generate.FOLDER.glob("*.avsc")}
    assert committed == set(made), "run `python -m schemas.avro.generate`; remove what is left over"
    for name, content in made.items():
        assert (generate.FOLDER / name).read_text(encoding="utf-8") == content, (
            f"{name} is out of date: run `python -m schemas.avro.generate`"
        )


def test_docs_are_the_comments_and_change_no_fingerprint() -> None:
    descriptor = descriptor_of("yrd.incident.v1.IncidentReport")
    documented = project(descriptor, {"yrd.incident.v1.IncidentReport.title": "标题"})
    (title,) = (f for f in documented["fields"] if f["name"] == "title")
    assert title["doc"] == "标题"
    committed = json.loads((generate.FOLDER / f"{descriptor.full_name}.avsc").read_text("utf-8"))
    assert all(field.get("doc") for field in committed["fields"])
    assert _fingerprint(committed) == codec.fingerprint(descriptor.full_name)


def _fingerprint(schema: Any) -> bytes:
    """By Apache's library. Its canonical form keeps {"type": "long"} where a logical type stood, which
    the specification ([PRIMITIVES]) and its Java sister don't: it is given none."""
    parsed: Any = avro.schema.parse(json.dumps(plain(schema)))
    found: bytes = parsed.fingerprint("CRC-64-AVRO")
    return found


@pytest.mark.parametrize("full_name", TYPES)
@FEW
@given(data=st.data())
def test_apaches_library_reads_what_we_write(full_name: str, data: st.DataObject) -> None:
    made = data.draw(messages(descriptor_of(full_name)))
    schema = _apache_schema(full_name)
    datum = codec.encode(made)[10:]
    theirs = avro.io.DatumReader(schema).read(avro.io.BinaryDecoder(BytesIO(datum)))
    assert theirs == fastavro.schemaless_reader(
        BytesIO(datum), codec.parsed_schema(full_name), None
    )
    assert codec.from_record(full_name, theirs) == made


@pytest.mark.parametrize("full_name", TYPES)
@FEW
@given(data=st.data())
def test_we_read_what_apaches_library_writes(full_name: str, data: st.DataObject) -> None:
    made = data.draw(messages(descriptor_of(full_name)))
    parsed, datum = codec.parsed_schema(full_name), codec.encode(made)
    record = fastavro.schemaless_reader(BytesIO(datum[10:]), parsed, None)
    out = BytesIO()
    avro.io.DatumWriter(_apache_schema(full_name)).write(record, avro.io.BinaryEncoder(out))
    assert codec.decode(datum[:10] + out.getvalue()) == made


def _apache_schema(full_name: str) -> Any:
    return avro.schema.parse((generate.FOLDER / f"{full_name}.avsc").read_text(encoding="utf-8"))


def test_a_oneof_tells_which_member_is_set() -> None:
    made = message("310000", 1, draft())
    assert codec.to_record(made)["body__case"] == "incident_report"
    assert codec.to_record(Message())["body__case"] == ""


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"body__case": "waybill"}, "the case is 'waybill', but incident_report is set"),
        ({"incident_report": None}, "the case is 'incident_report', but it is not set"),
        ({"body__case": "tsunami", "incident_report": None}, "'tsunami' is not known to this ver"),
        ({"waybill": {}}, "incident_report and waybill are both set"),
    ],
)
def test_a_oneof_that_contradicts_itself_is_refused(changes: dict[str, Any], words: str) -> None:
    record = codec.to_record(message("310000", 1, draft())) | changes
    out = BytesIO()
    fastavro.schemaless_writer(out, codec.parsed_schema("yrd.exchange.v1.Message"), record)
    head = codec.encode(Message())[:10]
    with pytest.raises(codec.AvroFormError, match=words):
        codec.decode(head + out.getvalue())
    whole = fastavro.schemaless_reader(
        BytesIO(out.getvalue()), codec.parsed_schema("yrd.exchange.v1.Message"), None
    )
    with pytest.raises(codec.AvroFormError, match=words):
        codec.from_record("yrd.exchange.v1.Message", whole)


def test_a_writer_may_leave_the_case_empty() -> None:
    made = message("310000", 1, draft())
    record = codec.to_record(made) | {"body__case": ""}
    out = BytesIO()
    fastavro.schemaless_writer(out, codec.parsed_schema("yrd.exchange.v1.Message"), record)
    assert codec.decode(codec.encode(made)[:10] + out.getvalue()) == made


@pytest.mark.parametrize(
    ("seconds", "nanos"), [(-62_135_596_801, 0), (253_402_300_800, 0), (0, -1)]
)
def test_a_time_that_is_none_is_named(seconds: int, nanos: int) -> None:
    made = IncidentReport(casualties=Casualties())
    made.casualties.as_of_time.seconds, made.casualties.as_of_time.nanos = seconds, nanos
    for write in (codec.encode, codec.to_record):
        with pytest.raises(codec.AvroFormError, match=r"Casualties.as_of_time: no time.*1 to 9999"):
            write(made)


def test_a_truncated_datum_is_an_error_at_every_length() -> None:
    data = codec.encode(message("310000", 1, draft()))
    for length in range(10, len(data)):
        with pytest.raises(codec.AvroFormError, match=r"damaged datum of yrd\.exchange"):
            codec.decode(data[:length])
    with pytest.raises(codec.AvroFormError, match=r"more bytes follow"):
        codec.decode(data + b"\0")


@pytest.mark.parametrize("full_name", TYPES)
def test_damaged_bytes_are_a_message_or_an_error(full_name: str) -> None:
    made = _sample(full_name)
    data, chance = codec.encode(made), random.Random(full_name)
    for _ in range(400):
        hurt = bytearray(data)
        for _ in range(chance.randint(1, 3)):
            hurt[chance.randrange(10, len(hurt))] = chance.randrange(256)
        try:
            found = codec.decode(bytes(hurt))
        except codec.AvroFormError as error:
            assert str(error).startswith(f"damaged datum of {full_name}: ")
        else:
            assert type(found) is type(made)


def _sample(full_name: str) -> AnyMessage:
    """A message that has something in it: the longest of a few."""
    found: list[AnyMessage] = []

    @settings(FEW, database=None, derandomize=True, max_examples=20)
    @given(made=messages(descriptor_of(full_name)))
    def collect(made: AnyMessage) -> None:
        if made.ByteSize() < 3000:
            found.append(made)

    collect()
    return max(found, key=lambda made: made.ByteSize())


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


def test_an_archive_of_another_revision_is_not_added_to(tmp_path: Path) -> None:
    path, made = tmp_path / "day.avro", message("310000", 1, draft())
    older = project(descriptor_of("yrd.exchange.v1.Message"))
    older["fields"] = [f for f in older["fields"] if f["name"] != "body__case"]
    with path.open("wb") as file:
        fastavro.writer(file, fastavro.parse_schema(older), [codec.to_record(Message())])
    before = path.read_bytes()
    with pytest.raises(archive.ArchiveError, match=r"day\.avro: begun with another revision"):
        archive.append(path, len(before), [made])
    assert path.read_bytes() == before
    assert list(archive.read(path)) == [Message()]


def test_an_archive_that_another_program_began_is_added_to(tmp_path: Path) -> None:
    path = tmp_path / "day.avro"
    made = [message("310000", n, draft()) for n in range(2)]
    with path.open("wb") as file:
        schema = json.loads((generate.FOLDER / "yrd.exchange.v1.Message.avsc").read_text("utf-8"))
        fastavro.writer(file, fastavro.parse_schema(schema), [codec.to_record(made[0])])
    archive.append(path, path.stat().st_size, made[1:])
    assert list(archive.read(path)) == made


def test_a_file_that_is_no_archive_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.avro").write_bytes(b"not avro")
    with pytest.raises(archive.ArchiveError, match=r"x\.avro: not an archive"):
        list(archive.read(tmp_path / "x.avro"))


def test_an_archive_with_a_damaged_schema_is_named(tmp_path: Path) -> None:
    path = tmp_path / "day.avro"
    archive.append(path, 0, [Message()])
    path.write_bytes(
        re.sub(rb'"default": "(\w+)UNSPECIFIED"', rb'"default": "\1UNSPECIFIEE"', path.read_bytes())
    )
    with pytest.raises(archive.ArchiveError, match=r"day\.avro: not an archive"):
        list(archive.read(path))
