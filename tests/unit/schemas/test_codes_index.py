"""The index, the files, README and the contract name the same tables."""

import re
from pathlib import Path
from typing import Any

import pytest

from schemas.codes.index import Table, TableFile, index
from schemas.codes.reading import FOLDER
from schemas.codes.tables import check_all
from yrd.common.v1.common_pb2 import Code
from yrd.exchange.v1.message_pb2 import Draft
from yrd.options.v1 import options_pb2

README = (FOLDER / "README.md").read_text(encoding="utf-8")
CODE_TABLE: Any = options_pb2.DESCRIPTOR.extensions_by_name["code_table"]


def marked(kind: Any, seen: set[str]) -> list[Any]:
    if kind.full_name in seen:
        return []
    seen.add(kind.full_name)
    found = [f for f in kind.fields if f.GetOptions().HasExtension(CODE_TABLE)]
    deeper = [f.message_type for f in kind.fields if f.message_type is not None]
    return found + [field for each in deeper for field in marked(each, seen)]


def test_the_tables_have_no_fault() -> None:
    assert check_all() == []


def test_index_and_folder_name_the_same_files() -> None:
    there = {path.name for path in FOLDER.iterdir() if path.suffix in {".tsv", ".csv"}}
    assert set(index().files) == there


def test_every_table_that_the_contract_names_is_there_for_that_kind_of_field() -> None:
    fields = marked(Draft.DESCRIPTOR, set())
    assert len(fields) > 5
    for field in fields:
        is_code = field.message_type is not None
        assert not is_code or field.message_type.full_name == Code.DESCRIPTOR.full_name
        table = index().tables[field.GetOptions().Extensions[CODE_TABLE]]
        assert (field.full_name, table.used_in) == (
            field.full_name,
            "Code" if is_code else "string",
        )


@pytest.mark.parametrize("table", index().tables.values(), ids=lambda t: t.id)
def test_readme_lists_the_table(table: Table) -> None:
    lists = ", ".join(
        f"{each.scheme} ({'complete' if each.complete else 'partial'})" for each in table.lists
    )
    cells = (
        table.id,
        f"{table.title_zh} · {table.title_en}",
        table.used_in,
        "open" if table.open else "closed",
        lists or "–",
    )
    assert f"| {' | '.join(cells)} |" in README.splitlines()


@pytest.mark.parametrize("file", index().files.values(), ids=lambda f: f.name)
def test_readme_lists_the_file(file: TableFile) -> None:
    tables = ", ".join(t.id for t in index().tables.values() if file.name in t.files)
    told = (file.source, file.edition, file.licence, file.date, file.certainty)
    assert f"| {' | '.join((file.name, tables, *told))} |" in README.splitlines()


@pytest.mark.parametrize("file", index().files.values(), ids=lambda f: f.name)
def test_a_licence_in_a_file_of_its_own_is_there(file: TableFile) -> None:
    for name in re.findall(r"\S+_LICENSE\.txt", file.licence):
        assert "Permission is hereby granted" in Path(FOLDER, name).read_text(encoding="utf-8")
