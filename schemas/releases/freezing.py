"""Makes a release: refuses what must not be released, and writes it all or not at all."""

import json
import os
import shutil
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from google.protobuf.descriptor_pb2 import FileDescriptorSet

from schemas.avro.catalog import fingerprint_of
from schemas.compat import Contract
from schemas.releases import changelog, reading
from schemas.releases.changes import News, news
from schemas.releases.checking import Check, check, line
from schemas.releases.reading import Release
from schemas.releases.version import Version

CHANGELOG = "CHANGELOG.md"
FOLDER = "schemas/releases"


class RefusedError(Exception):
    """A release that must not be made; the text says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A release that may be made: all of its files by name, and its entry in the changelog."""

    version: Version
    files: dict[str, bytes]
    entry: str


def plan(contract: Contract, released: tuple[Release, ...], version: Version, day: date) -> Plan:
    """Decides whether the contract may be released under that version. Raises RefusedError."""
    _refuse_unprojected(contract)
    last = released[-1] if released else None
    if last is None:
        found = news(None, contract)
    else:
        _refuse_order(last, version, day)
        _refuse_breaks(check(contract, line(released, version.major)))
        findings = check(contract, [last]).findings
        found = news(last.contract, contract, findings)
        _refuse_small_step(last.version, version, found, noted=bool(findings))
    files = frozen(contract, version, day)
    return Plan(version=version, files=files, entry=changelog.entry(version, day, found))


def _refuse_unprojected(contract: Contract) -> None:
    for schemas in (contract.avro, contract.json_schemas):
        for name, schema in schemas.items():
            if isinstance(schema, str):
                raise RefusedError(f"{name} has no schema: {schema}; take a type that has one")


def _refuse_order(last: Release, version: Version, day: date) -> None:
    if version <= last.version:
        raise RefusedError(
            f"{version} is not newer than {last.version}, the last release: take a higher version"
        )
    if day < last.date:
        raise RefusedError(
            f"{day} lies before {last.date}, when {last.version} was released: correct --date"
        )


def _refuse_breaks(found: Check) -> None:
    if found.breaks:
        first = found.breaks[0]
        raise RefusedError(
            f"{len(found.breaks)} breaks against releases of the same major version, the first at "
            f"{first.where} ({first.surface} {first.rule}): `yrd contracts check` explains them; take "
            "them back, or begin a new major version"
        )


def _refuse_small_step(last: Version, version: Version, found: list[News], *, noted: bool) -> None:
    if (found or noted) and (last.major, last.minor) == (version.major, version.minor):
        what = (
            f"{found[0].what} {found[0].text}"
            if found
            else "a note of `yrd contracts check --notes`"
        )
        raise RefusedError(
            f"{version} is too small a step from {last}: the contract says new things ({what}); "
            f"take {last.major}.{last.minor + 1}.0"
        )


def frozen(contract: Contract, version: Version, day: date) -> dict[str, bytes]:
    """The files of a release by name, release.json among them."""
    files = {reading.DESCRIPTORS: _bare(contract.descriptors)}
    for folder, suffix, schemas in (
        (reading.AVRO, reading.AVRO_SUFFIX, contract.avro),
        (reading.JSON_SCHEMA, reading.JSON_SCHEMA_SUFFIX, contract.json_schemas),
    ):
        files |= {f"{folder}/{name}{suffix}": _json(schema) for name, schema in schemas.items()}
    if contract.codes:
        files[reading.CODES] = _json(contract.codes)
    manifest = {
        "version": str(version),
        "date": day.isoformat(),
        "fingerprints": {n: fingerprint_of(s).hex() for n, s in sorted(contract.avro.items())},
        "files": {name: reading.digest(content) for name, content in sorted(files.items())},
    }
    return files | {reading.MANIFEST: _json(manifest)}


def _bare(descriptors: FileDescriptorSet) -> bytes:
    """Without comments, in the same bytes whenever the contract is the same."""
    bare = FileDescriptorSet()
    bare.CopyFrom(descriptors)
    for file in bare.file:
        file.ClearField("source_code_info")
    return bare.SerializeToString(deterministic=True)


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()


def write(root: Path, made: Plan) -> Path:
    """Writes the release and the changelog into a checkout; returns the release's folder.

    Both are made complete beside their place first. Raises ChangelogError and OSError, with nothing
    changed.
    """
    target = root / FOLDER / str(made.version)
    written = root / CHANGELOG
    text = changelog.inserted(written.read_text(encoding="utf-8"), made.version, made.entry)
    if target.exists():
        raise RefusedError(
            f"{target}: is there already: a release never changes; remove it by hand"
        )
    (root / "build").mkdir(exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix="release-", dir=root / "build"))
    try:
        for name, content in made.files.items():
            _put(scratch / "release" / name, content)
        _put(scratch / CHANGELOG, text.encode())
        target.parent.mkdir(parents=True, exist_ok=True)
        (scratch / "release").rename(target)
        try:
            (scratch / CHANGELOG).replace(written)
        except OSError:
            target.rename(scratch / "release")
            raise
    finally:
        shutil.rmtree(scratch)
    return target


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
