"""Reads what the pages are made from: descriptor set, mappings, code tables, samples, states."""

import json
from collections.abc import Mapping
from pathlib import Path

from schemas.codes.index import index
from schemas.reference.book import Book
from schemas.reference.contract import Contract, ContractFileError, bodies, read
from schemas.reference.homes import homes
from schemas.reference.mappings import standards
from schemas.states.steps import SOURCES

ROOT = Path(__file__).parents[2]
DESCRIPTORS = ROOT / "build" / "contract.binpb"
SAMPLES = ROOT / "schemas" / "samples"
PAGES = ROOT / "docs" / "contract"


def book(descriptors: Path = DESCRIPTORS, samples: Path = SAMPLES) -> Book:
    """Everything, read from files.

    Raises ContractFileError without a usable descriptor set, MappingFileError for a bad mapping.
    """
    if not descriptors.is_file():
        raise ContractFileError(f"{descriptors.name} is not there: run `make setup`")
    contract = read(descriptors.read_bytes())
    return Book(
        contract=contract,
        homes=homes(contract),
        standards=standards(),
        tables=index().tables,
        samples=_samples(contract, samples),
        sources=SOURCES,
    )


def _samples(contract: Contract, folder: Path) -> Mapping[str, str]:
    found = {}
    for body in bodies(contract):
        name = body.message.full_name
        path = folder / name / "valid" / "minimal.json"
        if path.is_file():
            draft = json.loads(path.read_text("utf-8"))["draft"]
            found[name] = json.dumps(draft, ensure_ascii=False, indent=2)
    return found
