"""Every table says where its rows come from, or that they are this project's own choice."""

from pathlib import Path

import pytest

import pipelines
from pipelines.tabled import rows

TABLES = sorted((Path(pipelines.__file__).parent / "tables").glob("*.tsv"))
TELLING = {"source", "basis", "mark", "certainty", "why", "note"}


@pytest.mark.parametrize("path", TABLES, ids=[path.stem for path in TABLES])
def test_a_table_tells_its_source_above_its_rows_or_in_each_of_them(path: Path) -> None:
    found = rows(path.stem)
    assert found
    above = path.read_text(encoding="utf-8").startswith("#")
    columns = TELLING & found[0].keys()
    assert above or columns
    assert all(any(row[column] for column in columns) for row in found if columns)


@pytest.mark.parametrize("path", TABLES, ids=[path.stem for path in TABLES])
def test_every_row_has_every_column(path: Path) -> None:
    for row in rows(path.stem):
        assert None not in row, row
        assert None not in row.values(), row
