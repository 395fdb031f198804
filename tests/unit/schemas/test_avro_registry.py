"""Old data with this version's schemas, new data with older ones, and data of nobody's schema."""

import copy
import json
from io import BytesIO
from pathlib import Path
from typing import Any

import fastavro
import pytest

from schemas.avro import codec, registry
from schemas.avro.catalog import TYPES, descriptor_of, fingerprint_of
from schemas.avro.framing import RegistryFraming
from schemas.avro.projection import project
from tests.support.builders import draft, message
from yrd.exchange.v1.message_pb2 import Disposition, Message
from yrd.incident.v1.incident_pb2 import IncidentReport

MESSAGE = "yrd.exchange.v1.Message"
INCIDENT = "yrd.incident.v1.IncidentReport"


def _schema(full_name: str) -> Any:
    return copy.deepcopy(project(descriptor_of(full_name)))


def _field(schema: Any, name: str) -> Any:
    return next(field for field in schema["fields"] if field["name"] == name)


def _without(schema: Any, *names: str) -> Any:
    schema["fields"] = [field for field in schema["fields"] if field["name"] not in names]
    return schema


def _write(schema: Any, record: Any) -> bytes:
    """Single-object encoding by fastavro."""
    out = BytesIO(codec.MARKER + fingerprint_of(schema))
    out.seek(0, 2)
    fastavro.schemaless_writer(out, fastavro.parse_schema(schema), record)
    return out.getvalue()


def _incident() -> IncidentReport:
    made = draft().incident_report
    made.casualties.as_of_time.FromJsonString("2026-06-01T12:00:00.123456789Z")
    return made


def test_every_schema_of_this_version_is_known() -> None:
    found = {schema.full_name for schema in registry.known().values()}
    assert found == set(TYPES)


def test_data_of_an_older_schema_are_read() -> None:
    older = _without(_schema(INCIDENT), "description", "casualties", "reporter")
    made = _incident()
    data = _write(older, codec.to_record(made))
    known = registry.registry([("this version", _schema(INCIDENT)), ("0.9.0", older)])
    expected = IncidentReport()
    expected.CopyFrom(made)
    for name in ("description", "casualties", "reporter"):
        expected.ClearField(name)
    assert codec.decode(data, known) == expected


def test_an_older_writer_without_times_and_cases_is_read() -> None:
    older = _schema(MESSAGE)
    older["fields"] = [f for f in older["fields"] if f["name"] != "body__case"]
    _without(_field(older, "stamp")["type"][1], "sealed_time", "sealed_time__nanos")
    made = message("310000", 1, draft())
    data = _write(older, codec.to_record(made))
    found = codec.decode(data, registry.registry([("0.9.0", older)]))
    made.stamp.ClearField("sealed_time")
    assert found == made


def test_times_keep_their_nanoseconds_through_another_schema() -> None:
    older = _without(_schema(INCIDENT), "title")
    made = _incident()
    found: Any = codec.decode(
        _write(older, codec.to_record(made)), registry.registry([("0.9.0", older)])
    )
    assert found.casualties.as_of_time == made.casualties.as_of_time
    assert found.casualties.as_of_time.nanos == 123_456_789


def test_an_older_writer_of_an_unknown_number_gives_it_its_name() -> None:
    older = _schema(MESSAGE)
    receipt = _field(older, "receipt")["type"][1]
    _field(receipt, "disposition")["type"]["symbols"].remove("DISPOSITION_QUARANTINED")
    record = {"receipt": {"disposition": "DISPOSITION_UNSPECIFIED", "disposition__number": 4}}
    found: Any = codec.decode(_write(older, record), registry.registry([("0.9.0", older)]))
    assert found.receipt.disposition == Disposition.DISPOSITION_QUARANTINED


def test_an_older_reader_reads_new_data() -> None:
    newer = _schema(INCIDENT)
    newer["fields"].insert(1, {"name": "wind", "type": "double", "default": 0.0})
    _field(newer, "kind")["type"]["symbols"].append("REPORT_KIND_NEW")
    record = codec.to_record(_incident()) | {"wind": 33.0, "kind": "REPORT_KIND_NEW"}
    found: Any = codec.decode(_write(newer, record), registry.registry([("9.0.0", newer)]))
    expected = _incident()
    expected.kind = 0  # type: ignore[assignment]
    assert found == expected


def test_an_older_reader_is_told_that_the_body_is_of_a_newer_type() -> None:
    newer = _schema(MESSAGE)
    tsunami = {"type": "record", "name": "yrd.sea.v1.Tsunami", "fields": []}
    newer["fields"].append({"name": "tsunami", "type": ["null", tsunami], "default": None})
    record = {"body__case": "tsunami", "tsunami": {}}
    with pytest.raises(codec.AvroFormError, match=r"'tsunami' is not known.*newer release"):
        codec.decode(_write(newer, record), registry.registry([("9.0.0", newer)]))


def test_unknown_fingerprints_are_named_with_the_known_versions_and_a_remedy() -> None:
    known = registry.registry([("this version", _schema(INCIDENT)), ("1.0.0", _schema(INCIDENT))])
    with pytest.raises(codec.AvroFormError) as caught:
        codec.decode(codec.MARKER + b"\x01" * 8, known)
    text = str(caught.value)
    assert "fingerprint 0101010101010101" in text
    assert "1.0.0, this version" in text
    assert "install the release" in text


def test_versions_with_the_same_schema_share_an_entry() -> None:
    known = registry.registry([("1.0.0", _schema(INCIDENT)), ("1.1.0", _schema(INCIDENT))])
    (entry,) = known.values()
    assert entry.versions == ("1.0.0", "1.1.0")


@pytest.mark.parametrize("data", [b"", b"\xc3\x01", b"\xc3\x02" + b"\0" * 9, b"Obj\x01 and more"])
def test_what_is_no_single_object_encoding_is_named(data: bytes) -> None:
    with pytest.raises(codec.AvroFormError, match="no single-object encoding: it begins with"):
        codec.decode(data)


def test_the_type_that_is_due_is_checked() -> None:
    data = codec.encode(_incident())
    assert codec.decode_as(INCIDENT, data) == _incident()
    with pytest.raises(codec.AvroFormError, match=r"IncidentReport where yrd.aid.v1.AidRequest is"):
        codec.decode_as("yrd.aid.v1.AidRequest", data)
    with pytest.raises(codec.AvroFormError, match="'x' has no Avro form"):
        codec.decode_as("x", data)


def test_damaged_data_of_an_older_schema_are_an_error_at_every_length() -> None:
    older = _without(_schema(INCIDENT), "description")
    known = registry.registry([("0.9.0", older)])
    data = _write(older, codec.to_record(_incident()))
    for length in range(10, len(data)):
        with pytest.raises(codec.AvroFormError, match=f"damaged datum of {INCIDENT}"):
            codec.decode(data[:length], known)
    with pytest.raises(codec.AvroFormError, match="more bytes follow"):
        codec.decode(data + b"\0", known)
    for at in range(10, len(data)):
        for byte in (0xFF, 0x7F, 0x01):
            try:
                codec.decode(data[:at] + bytes([byte]) + data[at + 1 :], known)
            except codec.AvroFormError as error:
                assert str(error).startswith(f"damaged datum of {INCIDENT}: ")


def test_released_schemas_are_read_from_their_folders(tmp_path: Path) -> None:
    older = _without(_schema(INCIDENT), "description")
    folder = tmp_path / "1.0.0" / "avro"
    folder.mkdir(parents=True)
    (folder / f"{INCIDENT}.avsc").write_text(json.dumps(older), encoding="utf-8")
    ((version, schema),) = registry.released(tmp_path)
    assert (version, schema) == ("1.0.0", older)
    (folder / f"{INCIDENT}.avsc").write_text("{", encoding="utf-8")
    with pytest.raises(codec.AvroFormError, match=r"1\.0\.0.*IncidentReport\.avsc: no Avro schema"):
        list(registry.released(tmp_path))


def _of_fields(*fields: Any) -> Any:
    return {"type": "record", "name": INCIDENT, "fields": list(fields)}


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "record", "name": "x.Y", "fields": []}, "'x.Y' has no Avro form"),
        ("string", "'None' has no Avro form"),
        (_of_fields({"name": "a", "type": "nonsense"}), f"schema of {INCIDENT}: no Avro schema"),
    ],
)
def test_schemas_that_are_none_of_ours_are_refused(schema: Any, words: str) -> None:
    with pytest.raises(codec.AvroFormError, match=words):
        registry.registry([("1.0.0", schema)])


def test_registry_framing() -> None:
    older = _without(_schema(INCIDENT), "description")
    framing = RegistryFraming({7: older, 0x01020304: _schema(INCIDENT)})
    made = _incident()
    data = framing.encode(made)
    assert data[:5] == b"\x00\x01\x02\x03\x04"
    assert data[5:] == codec.encode(made)[10:]
    assert framing.decode(data) == made
    old_data = b"\x00\x00\x00\x00\x07" + _write(older, codec.to_record(made))[10:]
    assert framing.decode(old_data) == made


def test_registry_framing_names_what_is_wrong() -> None:
    framing = RegistryFraming({7: _schema(INCIDENT)})
    with pytest.raises(codec.AvroFormError, match="no registry framing: it begins with '01'"):
        framing.decode(b"\x01\x00\x00\x00\x07")
    with pytest.raises(codec.AvroFormError, match=r"no registry framing: .* has 4 bytes"):
        framing.decode(b"\x00\x00\x00\x07")
    with pytest.raises(codec.AvroFormError, match=r"schema id 8 is not known \(known are \[7\]\)"):
        framing.decode(b"\x00\x00\x00\x00\x08")
    with pytest.raises(codec.AvroFormError, match=f"no id for this version's schema of {MESSAGE}"):
        framing.encode(Message())
