"""yrd contracts release, as a person types it."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from schemas.avro.catalog import fingerprint_of
from schemas.releases.reading import releases
from tests.support.commands import Ran, yrd
from tests.unit.schemas.compat.probe import Probe, field, set_rules
from tests.unit.schemas.compat.trees import changed, checkout, content, message, ours

SHEET = "yrd.probe.v1.Sheet"
Change = Callable[[FileDescriptorSet], None]


def release(tree: Path, version: str, *options: str) -> Ran:
    return yrd("contracts", "release", version, "--tree", tree, *options)


def more(descriptors: FileDescriptorSet) -> None:
    message(descriptors, SHEET).field.append(field(40, "more", "string"))


def looser(descriptors: FileDescriptorSet) -> None:
    set_rules(message(descriptors, SHEET).field[0], "string {min_len: 1 max_len: 300}")


def broken(descriptors: FileDescriptorSet) -> None:
    del message(descriptors, SHEET).field[2]


def told(descriptors: FileDescriptorSet) -> None:
    descriptors.file[-1].source_code_info.location.add(path=[], span=[0, 0, 1])


def test_the_first_release_lists_types_and_can_be_read(tree: Path) -> None:
    ran = release(tree, "1.0.0", "--date", "2026-11-30")
    assert ran.status == 0
    assert "## Contract 1.0.0 — 2026-11-30\n" in ran.out
    assert "- probe: types Card, Sheet." in ran.out
    made = releases(tree / "schemas/releases")[0]
    assert (str(made.version), made.date) == ("1.0.0", date(2026, 11, 30))
    assert made.fingerprints == {n: fingerprint_of(s) for n, s in made.avro.items()}
    assert made.avro.keys() == {"yrd.exchange.v1.Message", "yrd.exchange.v1.Draft", SHEET} | {
        "yrd.probe.v1.Card"
    }


def test_the_entry_stands_behind_what_is_unreleased(frozen: Path) -> None:
    changed(frozen, more)
    assert release(frozen, "1.1.0", "--date", "2026-12-24").status == 0
    text = (frozen / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = [line for line in text.splitlines() if line.startswith("## ")]
    assert headings == [
        "## Unreleased",
        "## Contract 1.1.0 — 2026-12-24",
        "## Contract 1.0.0 — 2026-11-30",
    ]
    assert "- probe: new field Sheet.more.\n" in text


def test_frozen_files_carry_no_comments_and_are_the_same_every_time(tmp_path: Path) -> None:
    trees = [checkout(tmp_path / name, ours()) for name in ("one", "other")]
    for tree in trees:
        assert release(tree, "1.0.0", "--date", "2026-11-30").status == 0
    one, other = (content(tree / "schemas/releases/1.0.0") for tree in trees)
    assert one == other
    set_ = FileDescriptorSet.FromString(one["contract.binpb"])
    assert not any(file.HasField("source_code_info") for file in set_.file)


def test_a_looser_rule_stands_in_the_entry(frozen: Path) -> None:
    changed(frozen, looser)
    ran = release(frozen, "1.1.0", "--date", "2026-12-24")
    assert "looser rule Sheet.title: string.max_len = 200 → string.max_len = 300" in ran.out


def test_comments_alone_may_be_a_patch(frozen: Path) -> None:
    changed(frozen, told)
    ran = release(frozen, "1.0.1", "--date", "2026-12-24")
    assert ran.status == 0
    assert "- Comments and generated schemas only." in ran.out


def test_a_new_major_version_may_break_and_says_so(frozen: Path) -> None:
    changed(frozen, broken)
    ran = release(frozen, "2.0.0", "--date", "2026-12-24")
    assert ran.status == 0
    assert "Sheet.total wire FIELD_REMOVED" in ran.out.replace("\n ", "")
    after = yrd("contracts", "check", "--tree", frozen)
    assert (after.status, after.out) == (0, "contract: compatible with 2.0.0\n")
    assert yrd("contracts", "check", "--tree", frozen, "--against", "1.0.0").status == 1


@pytest.mark.parametrize(
    ("change", "version", "options", "status", "words"),
    [
        (broken, "1.1.0", [], 1, "breaks against releases of the same major version"),
        (more, "1.0.1", [], 1, "too small a step from 1.0.0: the contract says new things"),
        (looser, "1.0.1", [], 1, "take 1.1.0"),
        (more, "1.0.0", [], 1, "1.0.0 is not newer than 1.0.0"),
        (more, "0.9.0", [], 1, "0.9.0 is not newer than 1.0.0"),
        (more, "1.1.0", ["--date", "2026-11-29"], 1, "lies before 2026-11-30"),
        (more, "1.1", [], 2, "'1.1' is not a version"),
        (more, "1.01.0", [], 2, "'1.01.0' is not a version"),
        (more, "1.1.0-rc1", [], 2, "'1.1.0-rc1' is not a version"),
        (more, "v1.1.0", [], 2, "'v1.1.0' is not a version"),
        (more, "1.1.0", ["--date", "24.12.2026"], 2, "'24.12.2026' is no date"),
    ],
)
def test_what_is_refused_and_changes_nothing(
    frozen: Path, change: Change, version: str, options: list[str], status: int, words: str
) -> None:
    changed(frozen, change)
    before = content(frozen)
    ran = release(frozen, version, *(options or ["--date", "2026-12-24"]))
    assert ran.status == status
    assert words in ran.err
    assert content(frozen) == before


def test_schemas_out_of_date_are_not_released(tree: Path) -> None:
    (tree / f"schemas/avro/{SHEET}.avsc").write_text("{}")
    before = content(tree)
    ran = release(tree, "1.0.0")
    assert ran.status == 1
    assert "schemas.avro.generate" in ran.err
    assert content(tree) == before


def test_a_type_without_a_schema_is_not_released(tmp_path: Path) -> None:
    probe = Probe()
    probe.field("Sheet.weight").type = 2
    tree = checkout(tmp_path / "tree", probe.set)
    ran = release(tree, "1.0.0")
    assert ran.status == 1
    assert not (tree / "schemas/releases").exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "does not begin with '# Changelog'"),
        ("# Changelog\n\n## Contract 1.0.0 — 2020-01-01\n", "has an entry for contract 1.0.0"),
    ],
)
def test_a_changelog_that_takes_no_entry(tree: Path, text: str, words: str) -> None:
    (tree / "CHANGELOG.md").write_text(text, encoding="utf-8")
    before = content(tree)
    ran = release(tree, "1.0.0")
    assert ran.status == 1
    assert words in ran.err
    assert content(tree) == before


def test_a_full_disk_leaves_nothing_behind(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = content(tree)

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device", str(target))

    monkeypatch.setattr(Path, "replace", full)
    ran = release(tree, "1.0.0")
    assert ran.status == 2
    assert "No space left on device: nothing was released" in ran.err
    assert content(tree) == before
