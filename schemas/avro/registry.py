"""Which schema a fingerprint stands for: those of this version and of every release."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import fastavro

from schemas.avro.catalog import TYPES, descriptor_of, fingerprint_of
from schemas.avro.errors import AvroFormError
from schemas.avro.projection import project

RELEASES = Path(__file__).parent.parent / "releases"
THIS_VERSION = "this version"


@dataclass(frozen=True, slots=True, eq=False)
class WriterSchema:
    """A schema that data may be written with; each is equal to itself alone.

    `versions` are the releases that have it; `parsed` is it without its logical types, ready for
    fastavro, so that times stay numbers.
    """

    full_name: str
    fingerprint: bytes
    versions: tuple[str, ...]
    parsed: Any


Registry = Mapping[bytes, WriterSchema]
"""Fingerprint as in single-object encoding → schema."""


@cache
def known() -> Registry:
    """The schemas of this version and of every release. Raises AvroFormError for a bad file."""
    return registry([*_current(), *released(RELEASES)])


def registry(schemas: Iterable[tuple[str, Any]]) -> Registry:
    """Schemas by fingerprint, from pairs (version, schema as JSON value)."""
    found: dict[bytes, WriterSchema] = {}
    for version, schema in schemas:
        made = writer_schema(schema, (version,))
        before = found.get(made.fingerprint)
        versions = (*before.versions, version) if before else (version,)
        found[made.fingerprint] = WriterSchema(
            made.full_name, made.fingerprint, versions, made.parsed
        )
    return MappingProxyType(found)


def writer_schema(schema: Any, versions: tuple[str, ...]) -> WriterSchema:
    """A schema, given as JSON value. Raises AvroFormError if it is none of a type that we have."""
    name = schema.get("name") if isinstance(schema, dict) else None
    full_name = descriptor_of(str(name)).full_name
    try:
        parsed = fastavro.parse_schema(plain(schema))
        return WriterSchema(full_name, fingerprint_of(schema), versions, parsed)
    except (fastavro.schema.SchemaParseException, ValueError, KeyError) as error:
        raise AvroFormError(f"schema of {full_name}: no Avro schema: {error}") from None


def lookup(fingerprint: bytes, schemas: Registry) -> WriterSchema:
    """The schema of a fingerprint. Raises AvroFormError if it is none of them."""
    found = schemas.get(fingerprint)
    if found is None:
        versions = sorted({version for schema in schemas.values() for version in schema.versions})
        raise AvroFormError(
            f"fingerprint {fingerprint.hex()} is of no known schema (known are those of "
            f"{', '.join(versions)}): install the release of the contract that the writer uses, or "
            "have it write with one of these"
        )
    return found


def plain(schema: Any) -> Any:
    """A schema without docs and logical types; what it reads and writes is the same bytes."""
    if isinstance(schema, list):
        return [plain(branch) for branch in schema]
    if isinstance(schema, dict):
        return {k: plain(v) for k, v in schema.items() if k not in ("doc", "logicalType")}
    return schema


def _current() -> Iterator[tuple[str, Any]]:
    return ((THIS_VERSION, project(descriptor_of(name))) for name in TYPES)


def released(folder: Path) -> Iterator[tuple[str, Any]]:
    """(Version, schema) of each `<version>/avro/*.avsc` in a folder. Raises AvroFormError."""
    for path in sorted(folder.glob("*/avro/*.avsc")):
        try:
            yield path.parent.parent.name, json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise AvroFormError(
                f"{path}: no Avro schema: {error}; put the released file back from version control"
            ) from None
