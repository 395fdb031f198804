"""yrd contracts check, as a person types it."""

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from schemas.releases.beside import faults_beside
from schemas.releases.tree import CHECKOUT
from schemas.samples.reading import valid_samples
from tests.support.commands import Ran, yrd
from tests.unit.schemas.compat.probe import field
from tests.unit.schemas.compat.trees import changed, checkout, message, ours, released

SHEET = "yrd.probe.v1.Sheet"
RELEASE = "schemas/releases/1.0.0"


def check(tree: Path, *options: str) -> Ran:
    return yrd("contracts", "check", "--tree", tree, *options)


def add(name: str, number: int) -> Callable[[FileDescriptorSet], None]:
    return lambda set_: message(set_, SHEET).field.append(field(number, name, "string"))


def drop(name: str) -> Callable[[FileDescriptorSet], None]:
    def change(descriptors: FileDescriptorSet) -> None:
        fields = message(descriptors, SHEET).field
        del fields[next(i for i, f in enumerate(fields) if f.name == name)]

    return change


def test_without_a_release_it_says_so(tree: Path) -> None:
    ran = check(tree)
    assert ran.status == 0
    assert "no release yet" in ran.out


def test_nothing_changed_is_compatible(frozen: Path) -> None:
    ran = check(frozen)
    assert (ran.status, ran.out) == (0, "contract: compatible with 1.0.0\n")


def test_an_addition_is_a_note_that_is_shown_when_asked(frozen: Path) -> None:
    changed(frozen, add("more", 40))
    quiet, told = check(frozen), check(frozen, "--notes")
    assert quiet.status == told.status == 0
    assert "NOTE" not in quiet.out
    assert "2 notes" in quiet.out
    assert f"NOTE {SHEET}.more" in told.out
    assert "upgrade each gateway" in told.out


def test_a_break_names_field_why_and_what_instead(frozen: Path) -> None:
    changed(frozen, drop("code"))
    ran = check(frozen)
    assert ran.status == 1
    assert f"BREAK {SHEET}.code  (proto/yrd/probe/v1/probe.proto)" in ran.out
    assert "wire FIELD_REMOVED, since 1.0.0: string code = 19 → nothing" in ran.out
    assert "why" in ran.out
    assert "mark it `deprecated = true`" in ran.out
    assert "breaks at 1 places, compared with 1.0.0" in ran.out


def test_a_break_of_the_real_contract_names_file_and_line(tmp_path: Path) -> None:
    tree = checkout(tmp_path / "tree", ours())
    released(tree, "1.0.0")

    def retype(descriptors: FileDescriptorSet) -> None:
        fields = message(descriptors, "yrd.incident.v1.IncidentReport").field
        next(f for f in fields if f.name == "title").type = 12

    changed(tree, retype)
    ran = check(tree)
    name = "proto/yrd/incident/v1/incident.proto"
    written = (CHECKOUT / name).read_text(encoding="utf-8").splitlines()
    number = next(n for n, line in enumerate(written, 1) if "string title = 2" in line)
    assert ran.status == 1
    assert f"BREAK yrd.incident.v1.IncidentReport.title  ({name}:{number})" in ran.out


def test_the_same_break_against_two_releases_is_told_once(frozen: Path) -> None:
    changed(frozen, add("more", 40))
    released(frozen, "1.1.0")
    changed(frozen, drop("code"))
    ran = check(frozen)
    assert ran.out.count("wire FIELD_REMOVED, since 1.0.0, 1.1.0") == 1


def test_a_break_with_the_last_but_one_release_is_found(frozen: Path) -> None:
    """TRANSITIVE: what only a later release had can break that one alone."""
    changed(frozen, add("more", 40))
    released(frozen, "1.1.0")
    changed(frozen, drop("more"))
    assert "wire FIELD_REMOVED, since 1.1.0: string more" in check(frozen).out
    assert check(frozen, "--against", "1.0.0").status == 0


def test_as_json(frozen: Path) -> None:
    changed(frozen, drop("code"))
    ran = check(frozen, "--json")
    told = ran.json()
    assert ran.status == 1
    assert (told["compatible"], told["compared"], told["drift"]) == (False, ["1.0.0"], [])
    first = next(b for b in told["breaks"] if b["surface"] == "wire")
    assert first["where"] == f"{SHEET}.code"
    assert first["since"] == ["1.0.0"]
    assert first["place"]["file"] == "proto/yrd/probe/v1/probe.proto"


@pytest.mark.parametrize(
    ("against", "words"),
    [("2.0.0", "there is no release 2.0.0: released are 1.0.0"), ("1.0", "'1.0' is not a version")],
)
def test_a_version_that_is_none(frozen: Path, against: str, words: str) -> None:
    ran = check(frozen, "--against", against)
    assert ran.status == 2
    assert words in ran.err


def test_protos_changed_since_the_build(frozen: Path) -> None:
    (frozen / "proto/yrd/probe/v1/probe.proto").write_text("// other\n")
    ran = check(frozen)
    assert ran.status == 2
    assert "run `make setup`" in ran.err


@pytest.mark.parametrize("name", ["build/contract.binpb", "build/contract.sha256"])
def test_nothing_built(frozen: Path, name: str) -> None:
    (frozen / name).unlink()
    ran = check(frozen)
    assert ran.status == 2
    assert name in ran.err
    assert "run `make setup`" in ran.err


def test_the_build_of_this_checkout_is_recognised() -> None:
    """tools/generate.py writes the digest, and schemas.releases.tree computes it again."""
    assert yrd("contracts", "check").status != 2


def test_a_folder_that_is_no_checkout(tmp_path: Path) -> None:
    ran = check(tmp_path)
    assert ran.status == 2
    assert "run this in a checkout" in ran.err


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda path: path.write_bytes(b"{}"), "changed since the release"),
        (lambda path: path.unlink(), "missing"),
        (lambda path: path.with_name("extra.avsc").write_text("{}"), "not in release.json"),
    ],
    ids=["changed", "missing", "extra"],
)
def test_a_release_that_was_touched(
    frozen: Path, damage: Callable[[Path], object], words: str
) -> None:
    damage(frozen / RELEASE / "avro" / f"{SHEET}.avsc")
    ran = check(frozen)
    assert ran.status == 1
    assert words in ran.err
    assert ".avsc" in ran.err


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"version": "1.0.0"}', '{"version": "1.0.1", "date": "x"}']
)
def test_a_release_whose_list_is_damaged(frozen: Path, content: str) -> None:
    (frozen / RELEASE / "release.json").write_text(content)
    ran = check(frozen)
    assert ran.status == 1
    assert "release.json" in ran.err
    assert "restore it" in ran.err


def test_a_release_without_its_list(frozen: Path) -> None:
    (frozen / RELEASE / "release.json").unlink()
    assert "release.json: missing" in check(frozen).err


def test_a_folder_among_the_releases_that_is_no_version(frozen: Path) -> None:
    (frozen / "schemas/releases/1.1").mkdir()
    ran = check(frozen)
    assert ran.status == 1
    assert "'1.1' is not a version" in ran.err


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda path: path.write_text("{}"), "not what the contract gives now"),
        (lambda path: path.write_text("{"), "not what the contract gives now"),
        (lambda path: path.unlink(), "missing"),
        (lambda path: path.with_name("yrd.x.v1.Y.avsc").write_text("{}"), "of no type"),
    ],
)
def test_generated_schemas_that_are_out_of_date(
    frozen: Path, damage: Callable[[Path], object], words: str
) -> None:
    damage(frozen / "schemas/avro" / f"{SHEET}.avsc")
    ran = check(frozen)
    assert ran.status == 1
    assert "DRIFT schemas/avro/" in ran.out
    assert words in ran.out
    assert "1 generated files are out of date" in ran.out


def test_a_code_that_stands_twice_is_told_with_file_and_line(frozen: Path) -> None:
    shutil.copytree(CHECKOUT / "schemas/codes", frozen / "schemas/codes")
    table = frozen / "schemas/codes/capabilities.tsv"
    lines = table.read_text(encoding="utf-8").split("\n")
    table.write_text("\n".join([*lines[:-1], lines[1], ""]), "utf-8")
    ran = yrd("contracts", "check", "--tree", str(frozen))
    assert ran.status == 1
    assert f"capabilities.tsv: line {len(lines)}" in ran.err
    assert "remove one" in ran.err


def test_a_sample_that_does_not_break_its_rule_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "yrd.incident.v1.IncidentReport" / "invalid"
    folder.mkdir(parents=True)
    minimal = next(s for s in valid_samples() if s.name == "minimal")
    content = json.loads(minimal.path.read_text(encoding="utf-8"))
    content["violates"] = [{"field": "incident_report.title", "rule": "string.min_len"}]
    (folder / "no_title.json").write_text(json.dumps(content), "utf-8")
    (fault,) = faults_beside(datetime(2026, 11, 1, tzinfo=UTC), tmp_path)
    assert "invalid/no_title: it breaks no rule where the file says string.min_len" in fault
    assert "correct the draft" in fault
