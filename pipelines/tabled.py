"""Data tables of the pipelines: tab-separated files in tables/, with notes behind #."""

import csv
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "tables"


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """Rows of tables/<name>.tsv by column, notes left out."""
    with (_FOLDER / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        told = (line for line in file if not line.startswith("#"))
        return tuple(csv.DictReader(told, delimiter="\t"))
