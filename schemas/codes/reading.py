"""Reads the table files beside this module."""

import csv
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).parent


class TableError(Exception):
    """A table file that can't be used; the text names file, line and remedy."""


def rows(name: str, *key: str) -> Iterator[dict[str, str]]:
    """Rows of a .tsv or .csv file as columns by name. Raises TableError for a repeated key."""
    path = FOLDER / name
    seen: dict[tuple[str, ...], int] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, delimiter="\t" if path.suffix == ".tsv" else ",")
        for row in reader:
            value = tuple(row[column] for column in key)
            if value in seen:
                raise TableError(
                    f"{name}: line {reader.line_num}: {' '.join(value)} stands in line "
                    f"{seen[value]} already; remove one of the two"
                )
            seen[value] = reader.line_num
            yield row
