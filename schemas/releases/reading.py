"""Reads released revisions of the contract.

A release is a folder X.Y.Z:

| file | what it is |
|---|---|
| release.json | version, date, CRC-64-AVRO fingerprint of each Avro schema, SHA-256 of each other file |
| contract.binpb | FileDescriptorSet with imports, without comments |
| avro/<full type name>.avsc | Avro schema |
| json_schema/<full type name>.schema.json | JSON Schema |
| codes.json | what each code table takes |

Nothing in a release ever changes; reading one checks that nothing has.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.message import DecodeError

from schemas.compat import Contract
from schemas.releases.version import Version, VersionError

FOLDER = Path(__file__).parent
MANIFEST = "release.json"
DESCRIPTORS = "contract.binpb"
AVRO, AVRO_SUFFIX = "avro", ".avsc"
CODES = "codes.json"
JSON_SCHEMA, JSON_SCHEMA_SUFFIX = "json_schema", ".schema.json"
_LOOKS_LIKE_ONE = re.compile(r"\d.*")


class ReleaseError(Exception):
    """A release that is damaged or not there; one line for each thing that is wrong, with remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A released revision. The schemas stand by full type name, also that of Message."""

    version: Version
    date: date
    descriptors: FileDescriptorSet
    avro: Mapping[str, Any]
    json_schemas: Mapping[str, Any]
    codes: Mapping[str, Any]
    fingerprints: Mapping[str, bytes]
    """Full type name → CRC-64-AVRO, little-endian as in single-object encoding."""

    @property
    def contract(self) -> Contract:
        """As it is compared."""
        return Contract(
            descriptors=self.descriptors,
            avro=self.avro,
            json_schemas=self.json_schemas,
            codes=self.codes,
        )


def releases(folder: Path = FOLDER) -> tuple[Release, ...]:
    """All releases, oldest first. Raises ReleaseError that names every damaged file of all of them."""
    found, wrong = [], []
    for path in folders(folder):
        try:
            found.append(read(path))
        except ReleaseError as error:
            wrong.append(str(error))
    if wrong:
        raise ReleaseError("\n".join(wrong))
    return tuple(sorted(found, key=lambda release: release.version))


def folders(folder: Path = FOLDER) -> list[Path]:
    """Folders that hold a release, in the order of their versions. Raises ReleaseError."""
    paths = (
        [p for p in folder.iterdir() if _LOOKS_LIKE_ONE.fullmatch(p.name)]
        if folder.exists()
        else []
    )
    try:
        return sorted(paths, key=lambda path: Version.parse(path.name))
    except VersionError as error:
        raise ReleaseError(f"{folder}: {error}; rename or remove it") from None


def read(path: Path) -> Release:
    """One release, from its folder. Raises ReleaseError."""
    manifest = _manifest(path)
    wrong = _differences(path, manifest["files"])
    if wrong:
        raise ReleaseError("\n".join(wrong))
    return Release(
        version=Version.parse(path.name),
        date=date.fromisoformat(manifest["date"]),
        descriptors=_descriptors(path / DESCRIPTORS),
        avro=_schemas(path / AVRO, AVRO_SUFFIX),
        json_schemas=_schemas(path / JSON_SCHEMA, JSON_SCHEMA_SUFFIX),
        codes=_codes(path / CODES),
        fingerprints={name: bytes.fromhex(f) for name, f in manifest["fingerprints"].items()},
    )


def digest(data: bytes) -> str:
    """SHA-256 of a file's content, in hex."""
    return hashlib.sha256(data).hexdigest()


def _manifest(path: Path) -> Any:
    """release.json, with everything in it of the right type."""
    file = path / MANIFEST
    try:
        manifest = json.loads(file.read_text(encoding="utf-8"))
        if manifest["version"] != path.name:
            raise ReleaseError(
                f"{file}: says version {manifest['version']!r}, the folder {path.name!r}: {_REMEDY}"
            )
        date.fromisoformat(manifest["date"])
        for value in (*manifest["files"].values(), *manifest["fingerprints"].values()):
            bytes.fromhex(value)
    except FileNotFoundError:
        raise ReleaseError(f"{file}: missing: {_REMEDY}") from None
    except OSError as error:
        raise ReleaseError(f"{file}: {error.strerror}: {_REMEDY}") from None
    except (ValueError, TypeError, KeyError, AttributeError, UnicodeDecodeError) as error:
        raise ReleaseError(f"{file}: not the list of a release ({error!r}): {_REMEDY}") from None
    return manifest


_REMEDY = "a release never changes; restore it with `git checkout -- schemas/releases`"


def _differences(path: Path, files: Mapping[str, str]) -> list[str]:
    there = {p.relative_to(path).as_posix() for p in path.rglob("*") if p.is_file()} - {MANIFEST}
    wrong = [f"{path / name}: missing: {_REMEDY}" for name in sorted(files.keys() - there)]
    wrong += [
        f"{path / name}: not in {MANIFEST}: a release never changes; remove the file"
        for name in sorted(there - files.keys())
    ]
    for name in sorted(there & files.keys()):
        if digest((path / name).read_bytes()) != files[name]:
            wrong.append(f"{path / name}: changed since the release: {_REMEDY}")
    return wrong


def _descriptors(path: Path) -> FileDescriptorSet:
    try:
        return FileDescriptorSet.FromString(path.read_bytes())
    except (DecodeError, FileNotFoundError):
        raise ReleaseError(f"{path}: not a descriptor set: {_REMEDY}") from None


def _codes(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def _schemas(folder: Path, suffix: str) -> dict[str, Any]:
    return {
        path.name.removesuffix(suffix): json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob(f"*{suffix}"))
    }
