"""yrd contracts convert, as a person types it."""

from pathlib import Path

import fastavro
import pytest

from schemas.avro.codec import parsed_schema
from schemas.samples.reading import Sample, invalid_samples, valid_samples
from tests.support.commands import yrd

FULL = next(s for s in valid_samples("yrd.hazmat.v1.Waybill") if s.name == "full")
FORMS = FULL.path.parent.parent / "forms" / "valid"
WAYBILL = ("--type", "yrd.hazmat.v1.Waybill")
REPORT = "yrd.incident.v1.IncidentReport"


def test_round_through_all_forms(tmp_path: Path) -> None:
    steps = ["a.avro1", "b.avro", "c.binpb", "d.json"]
    before = FORMS / "full.body.json"
    for name in steps:
        ran = yrd("contracts", "convert", str(before), str(tmp_path / name), *WAYBILL)
        assert (ran.status, "1 message" in ran.err) == (0, True), ran.err
        before = tmp_path / name
    assert before.read_bytes() == (FORMS / "full.body.json").read_bytes()
    assert (tmp_path / "c.binpb").read_bytes() == (FORMS / "full.body.binpb").read_bytes()
    assert (tmp_path / "a.avro1").read_bytes() == (FORMS / "full.body.avro1").read_bytes()


def foreign(path: Path) -> None:
    """A file that an unknown revision of the type has written."""
    schema = {"type": "record", "name": REPORT, "fields": [{"name": "wind", "type": "double"}]}
    with path.open("wb") as file:
        fastavro.writer(file, schema, [{"wind": 33.0}])


def deep(levels: int) -> bytes:
    return b'{"header": ' + b"[" * levels + b"]" * levels + b"}"


BAD: dict[str, tuple[str, bytes, list[str]]] = {
    "key twice": (
        "d.json",
        b'{\n"header": {"messageId": "a",\n"messageId": "b"}}',
        ["d.json: line 3", "header.messageId", "keep one"],
    ),
    "NaN": (
        "d.json",
        b'{"header": {"revision": NaN}}',
        ["d.json: line 1", "header.revision", "NaN"],
    ),
    "deep": ("d.json", deep(10_000), ["d.json: line 1", "header", "deep"]),
    "unknown fingerprint": (
        "d.avro1",
        b"\xc3\x01" + b"\x07" * 8 + b"x",
        ["d.avro1", "0707070707070707", "1.0.0", "install the release"],
    ),
    "damaged datum": (
        "d.avro1",
        (FORMS / "full.body.avro1").read_bytes()[:-5],
        ["d.avro1", "damaged datum of yrd.hazmat.v1.Waybill", "ask for it again"],
    ),
    "damaged file": (
        "d.avro",
        (FORMS / "full.body.avro").read_bytes()[:-20],
        ["d.avro", "no sound Avro container file"],
    ),
    "no Avro at all": ("d.avro", b"hello", ["d.avro", "no sound Avro container file"]),
    "another type": (
        "d.binpb",
        (FORMS / "full.body.binpb").read_bytes(),
        ["d.binpb", "check --type"],
    ),
}


@pytest.mark.parametrize(("name", "data", "words"), BAD.values(), ids=BAD)
def test_bad_input_is_told_and_nothing_is_written(
    tmp_path: Path, name: str, data: bytes, words: list[str]
) -> None:
    source, to = tmp_path / name, tmp_path / "to.json"
    source.write_bytes(data)
    ran = yrd("contracts", "convert", str(source), str(to))
    assert ran.status == 1
    assert not to.exists()
    for word in words:
        assert word in ran.err


def test_a_file_of_an_unknown_revision_is_told_and_nothing_is_written(tmp_path: Path) -> None:
    foreign(tmp_path / "d.avro")
    ran = yrd("contracts", "convert", str(tmp_path / "d.avro"), str(tmp_path / "to.json"))
    assert (ran.status, (tmp_path / "to.json").exists()) == (1, False)
    assert "fingerprint" in ran.err
    assert "is of no known schema (known are those of 1.0.0" in ran.err


@pytest.mark.parametrize(
    "sample", [s for s in invalid_samples(REPORT) if s.name == "grade_too_mild"], ids=lambda s: s.id
)
def test_rules_are_checked_on_demand(tmp_path: Path, sample: Sample) -> None:
    form = sample.path.parent.parent / "forms" / "invalid" / f"{sample.name}.draft.binpb"
    to = str(tmp_path / "to.json")
    ran = yrd("contracts", "convert", str(form), to, "--check")
    assert (ran.status, Path(to).exists()) == (1, False)
    assert "(rule incident.grade_below_basis)" in ran.err
    assert yrd("contracts", "convert", str(form), to).status == 0


def test_several_messages_stay_in_a_file_for_several(tmp_path: Path) -> None:
    with (tmp_path / "d.avro").open("wb") as file:
        fastavro.writer(file, parsed_schema("yrd.exchange.v1.Draft"), [{}, {}])
    ran = yrd("contracts", "convert", str(tmp_path / "d.avro"), str(tmp_path / "to.json"))
    assert (ran.status, ".json holds one message, there are 2" in ran.err) == (1, True)
    assert (
        yrd("contracts", "convert", str(tmp_path / "d.avro"), str(tmp_path / "e.avro")).status == 0
    )


def test_endings_that_say_nothing(tmp_path: Path) -> None:
    ran = yrd("contracts", "convert", "d.xml", str(tmp_path / "to.json"))
    assert (ran.status, ".json, .binpb, .avro, .avro1" in ran.err) == (2, True)
