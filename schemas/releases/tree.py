"""The contract as it stands in a checkout, compared with what was built and written from it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.message import DecodeError

from schemas.codes.integrity import check_all
from schemas.codes.snapshot import snapshot
from schemas.compat import Contract, contract_of

CHECKOUT = Path(__file__).parents[2]
DESCRIPTORS = "build/contract.binpb"
DIGEST = "build/contract.sha256"
PROTOS = "proto/yrd"
CODES = "schemas/codes"


class TreeError(Exception):
    """A checkout that can't be compared; the text says why and what to do."""


class TablesError(TreeError):
    """Code tables that contradict themselves; one line for each fault, with file, line and remedy."""


def read_tree(root: Path = CHECKOUT) -> Contract:
    """The contract as compiled from the checkout's proto files.

    Raises TreeError if there are none, or if they are not those that were compiled.
    """
    if not any((root / PROTOS).rglob("*.proto")):
        raise TreeError(
            f"{root}: no proto files in {PROTOS}: run this in a checkout of the project"
        )
    descriptors, digest = root / DESCRIPTORS, root / DIGEST
    for path in (descriptors, digest):
        if not path.exists():
            raise TreeError(f"{path}: missing: run `make setup`, which compiles the contract")
    if digest.read_text(encoding="utf-8").strip() != digest_of(root):
        raise TreeError(
            f"{root / PROTOS}: a proto file was changed since the contract was compiled: "
            "run `make setup`, then this again"
        )
    try:
        found = contract_of(FileDescriptorSet.FromString(descriptors.read_bytes()))
    except DecodeError:
        raise TreeError(f"{descriptors}: not a descriptor set: run `make setup`") from None
    return replace(found, codes=_codes(root))


def _codes(root: Path) -> dict[str, Any]:
    """What the tables take; a checkout without tables has none. Raises TablesError."""
    folder = root / CODES
    if not folder.is_dir():
        return {}
    faults = check_all(folder)
    if faults:
        raise TablesError("\n".join(f"{folder}/{fault}" for fault in faults))
    return snapshot(folder)


def digest_of(root: Path) -> str:
    """SHA-256 over the names and contents of the contract's files, as tools/generate.py writes it."""
    found = hashlib.sha256()
    proto = root / "proto"
    for name in sorted(p.relative_to(proto).as_posix() for p in (root / PROTOS).rglob("*.proto")):
        content = (proto / name).read_bytes()
        found.update(f"{name} {len(content)}\n".encode())
        found.update(content)
    return found.hexdigest()


def drift(root: Path, contract: Contract) -> list[str]:
    """Generated schemas in the tree that are not what the generators make of the contract now."""
    avro = {f"schemas/avro/{name}.avsc": schema for name, schema in contract.avro.items()}
    json_schema = {
        f"schemas/json_schema/{name}.schema.json": schema
        for name, schema in contract.json_schemas.items()
    }
    return [
        *_drift(root, avro, "schemas/avro/*.avsc", "schemas.avro.generate"),
        *_drift(root, json_schema, "schemas/json_schema/*.json", "schemas.json_schema.generate"),
    ]


def _drift(root: Path, schemas: Mapping[str, Any], pattern: str, generator: str) -> list[str]:
    remedy = f"run `.venv/bin/python -m {generator}` and commit what it writes"
    there = {path.relative_to(root).as_posix() for path in root.glob(pattern)}
    wrong = [f"{name}: missing: {remedy}" for name in sorted(schemas.keys() - there)]
    wrong += [
        f"{name}: of no type of the contract: remove it" for name in sorted(there - schemas.keys())
    ]
    for name in sorted(schemas.keys() & there):
        try:
            same = json.loads((root / name).read_text(encoding="utf-8")) == schemas[name]
        except ValueError:
            same = False
        if not same:
            wrong.append(f"{name}: not what the contract gives now: {remedy}")
    return wrong
