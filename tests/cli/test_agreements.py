"""yrd agreements: check, explain, list."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from integration.stack import AGREEMENTS, Stack
from schemas.json_form import to_json
from tests.cli.test_publish import fresh
from tests.support.commands import yrd
from yrd.exchange.v1.message_pb2 import Draft

BROKEN = """id: broken
title: t
between: ["310000", "320000"]
legal_basis: l
purpose: p
valid_from: 2026-01-01
valid_until: 2099-12-31
clauses:
  - {id: c, types: [yrd.incident.*], to: ["320000"], when: body.kidn == "x"}
"""


@pytest.fixture(scope="module")
def published(stack: Stack) -> Iterator[Draft]:
    """An incident that Shanghai has published."""
    made = fresh()
    (result,) = stack.members["310000"].client().publish([made])
    assert result.HasField("accepted")
    yield made


def test_good_agreements(tmp_path: Path) -> None:
    ran = yrd("agreements", "check", AGREEMENTS)
    assert ran.status == 0
    assert "2 份协议可用 · agreements can be used; 0 errors" in ran.out
    assert [one["severity"] for one in yrd("agreements", "check", AGREEMENTS, "--json").json()] == [
        "warning"
    ]


def test_a_bad_one_is_named_with_file_key_and_remedy(tmp_path: Path) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text(BROKEN, encoding="utf-8")
    ran = yrd("agreements", "check", path, AGREEMENTS)
    assert ran.status == 1
    assert f"错误 error  {path}: clauses.0: when: body.kidn names no field" in ran.out
    assert "did you mean 'kind'?" in ran.out
    (found,) = [
        f for f in yrd("agreements", "check", path, "--json").json() if f["key"] == "clauses.0"
    ]
    assert (found["severity"], found["source"]) == ("error", str(path))


def test_two_files_with_one_id(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(BROKEN.replace("kidn", "title"), encoding="utf-8")
    ran = yrd("agreements", "check", tmp_path)
    assert ran.status == 1
    assert "b.yaml: id: 'broken' is the id of" in ran.out


def test_a_folder_without_any(tmp_path: Path) -> None:
    ran = yrd("agreements", "check", tmp_path)
    assert (ran.status, "no *.yaml here" in ran.err) == (2, True)


def test_what_is_in_force_and_since_when(shanghai: list[str]) -> None:
    found = yrd("agreements", "list", *shanghai, "--of", "310000", "--json").json()
    assert [(one["id"], one["since_entry"]) for one in found] == [
        ("emergency-information", 0),
        ("hazmat-transport", 1),
    ]
    ran = yrd("agreements", "list", *shanghai)
    assert ran.status == 0
    assert "emergency-information  2021-01-01 – 2030-12-31" in ran.out


def test_a_message_is_explained_by_gateway_and_store_alike(
    shanghai: list[str], stack: Stack, published: Draft
) -> None:
    message_id = published.header.message_id
    config = stack.folder / "310000" / "config.yaml"
    for options in (shanghai, ["--config", str(config)]):
        given = yrd("agreements", "explain", message_id, "--to", "joint", *options, "--json")
        assert given.status == 0
        found = given.json()
        assert found["shared"]
        assert found["groups"] == ["personal.contact"]
        assert found["clauses"] == [
            "emergency-information/incidents",
            "emergency-information/incident-contacts",
        ]
        (activation_id,) = found["activation_ids"]
        listed = yrd("agreements", "list", *shanghai, "--of", "310000", "--json").json()
        assert activation_id == listed[0]["activation_id"]
        near = yrd("agreements", "explain", message_id, "--to", "320000", *options)
        assert near.status == 0
        assert "依据 · by emergency-information/incidents, in force by entry 0" in near.out
        missed = "not by emergency-information/incident-contacts"
        assert missed in near.out
        assert "to: it gives to joint, not to 320000" in near.out


def test_a_message_that_is_not_there(shanghai: list[str], stack: Stack) -> None:
    unknown = "01890a5d-ac96-774b-bcce-b302099a8057"
    assert yrd("agreements", "explain", unknown, "--to", "joint", *shanghai).status == 1
    config = str(stack.folder / "310000" / "config.yaml")
    ran = yrd("agreements", "explain", unknown, "--to", "joint", "--config", config)
    assert (ran.status, "no message" in ran.err) == (2, True)


def test_a_draft_is_explained_before_it_is_published(tmp_path: Path) -> None:
    folder = tmp_path / "agreements"
    folder.mkdir()
    text = BROKEN.replace('body.kidn == "x"', "header.revision > 1")
    (folder / "a.yaml").write_text(text, encoding="utf-8")
    path = tmp_path / "draft.json"
    path.write_text(to_json(fresh()), encoding="utf-8")
    ran = yrd("agreements", "explain", path, "--to", "320000", "--agreements", folder)
    assert ran.status == 1
    assert "不提供 · withheld" in ran.out
    assert "when: header.revision > 1 is false" in ran.out
    assert "header.revision = 1" in ran.out
    nobody = yrd("agreements", "explain", path, "--to", "joint", "--agreements", folder)
    assert "no clause comes near" in nobody.out


def test_a_participant_that_is_none() -> None:
    ran = yrd("agreements", "explain", "x", "--to", "350000")
    assert (ran.status, "--to" in ran.err) == (2, True)
