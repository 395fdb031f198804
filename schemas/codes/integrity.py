"""Checks every code table: each file by itself, then what the tables say of one another."""

from collections.abc import Callable
from pathlib import Path

from schemas.codes.admin import read_admin_codes
from schemas.codes.dangerous_goods import read_un_numbers
from schemas.codes.erg import read_erg
from schemas.codes.geography import read_neighbors, read_points
from schemas.codes.incidents import read_colors, read_signals, read_types
from schemas.codes.index import Index, load
from schemas.codes.lookup import read_tables
from schemas.codes.monitoring import read_measures
from schemas.codes.other_standards import read_agencies, read_edxl, read_reasons
from schemas.codes.plates import read_plate_classes, read_plate_colors
from schemas.codes.reading import FOLDER, TableError, scan
from schemas.codes.resources import read_capabilities, read_layers

_READERS: tuple[Callable[[Path], object], ...] = (
    read_types,
    read_signals,
    read_colors,
    read_admin_codes,
    read_points,
    read_neighbors,
    read_un_numbers,
    read_erg,
    read_plate_classes,
    read_plate_colors,
    read_capabilities,
    read_layers,
    read_measures,
    read_reasons,
    read_edxl,
    read_agencies,
)


def check_all(folder: Path = FOLDER) -> list[str]:
    """Every fault of the tables in a folder, each with file, line, column and remedy; [] if none."""
    try:
        found = load(folder)
    except TableError as error:
        return [str(error)]
    faults = [*_strays(found, folder), *_of_files(found, folder)]
    if faults:
        return faults
    readers = (*_READERS, lambda inside: read_tables(found, inside))
    return list(dict.fromkeys(text for read in readers for text in _fault(read, folder)))


def _of_files(found: Index, folder: Path) -> list[str]:
    return [fault for file in found.files.values() for fault in scan(file.layout, folder)[1]]


def _strays(found: Index, folder: Path) -> list[str]:
    """Files beside the tables that the index does not name."""
    there = sorted(p.name for p in folder.iterdir() if p.suffix in {".tsv", ".csv"})
    return [
        f"{name}: is not in index.yaml; name it under files and in a table, or remove it"
        for name in there
        if name not in found.files
    ]


def _fault(read: Callable[[Path], object], folder: Path) -> list[str]:
    try:
        read(folder)
    except TableError as error:
        return [str(error)]
    return []
