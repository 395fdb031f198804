"""Checkouts in a temporary folder, with what a build and the generators leave there."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from google.protobuf.descriptor_pb2 import FileDescriptorSet

from schemas.compat import contract_of
from schemas.releases.freezing import plan, write
from schemas.releases.reading import releases
from schemas.releases.tree import CHECKOUT, DESCRIPTORS, DIGEST, digest_of
from schemas.releases.version import Version

Change = Callable[[FileDescriptorSet], None]


def ours() -> FileDescriptorSet:
    """The contract of this checkout, as it was built."""
    return FileDescriptorSet.FromString((CHECKOUT / DESCRIPTORS).read_bytes())


def message(descriptors: FileDescriptorSet, full_name: str) -> Any:
    """A message of a descriptor set."""
    package, _, name = full_name.rpartition(".")
    return next(
        m
        for f in descriptors.file
        if f.package == package
        for m in f.message_type
        if m.name == name
    )


def checkout(folder: Path, descriptors: FileDescriptorSet) -> Path:
    """A checkout of that contract. Its proto files hold no more than their names."""
    for file in descriptors.file:
        if file.package.startswith("yrd."):
            path = folder / "proto" / file.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"// {file.name}\n", encoding="utf-8")
    (folder / "build").mkdir()
    (folder / "schemas" / "avro").mkdir(parents=True)
    (folder / "schemas" / "json_schema").mkdir()
    (folder / "CHANGELOG.md").write_text("# Changelog\n\n## Unreleased\n- Something.\n")
    built(folder, descriptors)
    return folder


def built(tree: Path, descriptors: FileDescriptorSet) -> None:
    """What a build of that contract writes into the checkout, and the generators."""
    (tree / DESCRIPTORS).write_bytes(descriptors.SerializeToString())
    (tree / DIGEST).write_text(digest_of(tree), encoding="utf-8")
    contract = contract_of(descriptors)
    for name, schema in contract.avro.items():
        (tree / f"schemas/avro/{name}.avsc").write_text(json.dumps(schema), encoding="utf-8")
    for name, schema in contract.json_schemas.items():
        path = tree / f"schemas/json_schema/{name}.schema.json"
        path.write_text(json.dumps(schema), encoding="utf-8")


def changed(tree: Path, change: Change) -> None:
    """Builds the checkout anew with a changed contract."""
    descriptors = FileDescriptorSet.FromString((tree / DESCRIPTORS).read_bytes())
    change(descriptors)
    built(tree, descriptors)


def released(tree: Path, version: str, day: str = "2026-11-30") -> None:
    """Freezes the checkout's contract."""
    contract = contract_of(FileDescriptorSet.FromString((tree / DESCRIPTORS).read_bytes()))
    before = releases(tree / "schemas" / "releases")
    write(tree, plan(contract, before, Version.parse(version), date.fromisoformat(day)))


def content(tree: Path) -> dict[str, bytes]:
    """Every file of a folder, to be compared with what is there later."""
    files = (path for path in tree.rglob("*") if path.is_file())
    return {path.relative_to(tree).as_posix(): path.read_bytes() for path in files}
