"""The produced forms are those of the samples, and any reader gets the same message out of each."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import avro.datafile
import avro.io
import fastavro
import pytest
from google.protobuf.json_format import Parse

from schemas.avro.codec import decode_as, from_record
from schemas.catalog import BODY_FIELDS, body_of
from schemas.samples.forms import all_forms, committed, forms_of, write_forms
from schemas.samples.reading import FOLDER, Sample, invalid_samples, valid_samples
from yrd.exchange.v1.message_pb2 import Draft

VALID, INVALID = valid_samples(), invalid_samples()


def body(sample: Sample) -> Any:
    found = body_of(sample.draft)
    assert found is not None
    return found


def form(sample: Sample, name: str) -> bytes:
    verdict = "invalid" if sample.violates else "valid"
    path = FOLDER / sample.type / "forms" / verdict / f"{sample.name}.{name}"
    return path.read_bytes()


def test_committed_forms_are_those_of_the_samples() -> None:
    made = all_forms((*VALID, *INVALID))
    wrong = [str(path) for path, content in made.items() if not _is(FOLDER / path, content)]
    wrong += [str(path) for path in committed(FOLDER) if path not in made]
    assert wrong == [], "run `python -m schemas.samples`"


def _is(path: Path, content: bytes) -> bool:
    return path.is_file() and path.read_bytes() == content


@pytest.mark.parametrize("sample", (*VALID, *INVALID), ids=lambda s: s.id)
def test_draft_forms_hold_the_draft(sample: Sample) -> None:
    from_binary = Draft.FromString(form(sample, "draft.binpb"))
    assert from_binary.SerializeToString() == sample.draft.SerializeToString()
    from_text = Parse(form(sample, "draft.json"), Draft())
    assert from_text.SerializeToString() == sample.draft.SerializeToString()


@pytest.mark.parametrize("sample", VALID, ids=lambda s: s.id)
def test_body_forms_hold_the_body(sample: Sample) -> None:
    wanted = body(sample)
    same = wanted.SerializeToString(deterministic=True)
    make = type(wanted)
    for found in (
        make.FromString(form(sample, "body.binpb")),
        Parse(form(sample, "body.json"), make()),
        decode_as(sample.type, form(sample, "body.avro1")),
    ):
        assert found.SerializeToString(deterministic=True) == same


@pytest.mark.parametrize("sample", VALID, ids=lambda s: s.id)
def test_avro_files_are_read_by_two_libraries(sample: Sample) -> None:
    content = form(sample, "body.avro")
    (ours,) = fastavro.reader(BytesIO(content))
    again = from_record(sample.type, ours)
    same = body(sample).SerializeToString(deterministic=True)
    assert again.SerializeToString(deterministic=True) == same
    with avro.datafile.DataFileReader(BytesIO(content), avro.io.DatumReader()) as reader:
        other: Any = next(reader)
        assert (
            json.loads(reader.meta["avro.schema"])["name"].rpartition(".")[2]
            == (sample.type.rpartition(".")[2])
        )
    assert other.keys() == ours.keys()


def test_forms_are_the_same_each_time() -> None:
    assert forms_of(VALID[0]) == forms_of(VALID[0])


def test_invalid_samples_have_no_body_of_their_own() -> None:
    names = {path.name.removeprefix(s.name) for s in INVALID for path in forms_of(s)}
    assert names == {".draft.binpb", ".draft.json"}


def test_writing_removes_what_is_no_form_any_more(tmp_path: Path) -> None:
    forms = forms_of(VALID[0])
    stale = tmp_path / VALID[0].type / "forms" / "valid" / "gone.body.json"
    stale.parent.mkdir(parents=True)
    stale.write_text("{}", encoding="utf-8")
    assert write_forms(forms, tmp_path) == (len(forms), 1)
    assert write_forms(forms, tmp_path) == (0, 0)
    assert set(committed(tmp_path)) == set(forms)


def test_the_readme_lists_every_type() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    rows = [
        line.split("|")[1].strip(" `") for line in text.splitlines() if line.startswith("| `yrd.")
    ]
    assert rows == [*BODY_FIELDS]
    for name in BODY_FIELDS:
        valid, invalid = len(valid_samples(name)), len(invalid_samples(name))
        assert f"| `{name}` | " in text
        row = next(line for line in text.splitlines() if line.startswith(f"| `{name}` |"))
        assert [cell.strip() for cell in row.split("|")[3:5]] == [str(valid), str(invalid)]
