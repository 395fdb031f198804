"""What the code tables take, as plain values that can be kept with a release and compared."""

from pathlib import Path
from typing import Any

from schemas.codes.index import load
from schemas.codes.lookup import Known, read_lists
from schemas.codes.reading import FOLDER


def snapshot(folder: Path = FOLDER) -> dict[str, Any]:
    """Table id → {"open", "lists": {scheme → what it takes}}. Raises TableError."""
    tables = load(folder)
    return {
        table.id: {
            "open": table.open,
            "lists": {
                known.rule.scheme: _list(known) for known in read_lists(tables, table, folder)
            },
        }
        for table in tables.tables.values()
        if table.lists
    }


def _list(known: Known) -> dict[str, Any]:
    rule = known.rule
    return {
        "complete": rule.complete,
        "pattern": rule.pattern,
        "digits": rule.digits,
        "elsewhere": rule.elsewhere,
        "refused": sorted(known.refused),
        "values": sorted(known.values),
    }
