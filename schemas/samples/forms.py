"""The forms of the samples: protobuf, canonical ProtoJSON and Avro, byte for byte the same each time."""

import json
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from google.protobuf.message import Message

from schemas.avro.catalog import descriptor_of
from schemas.avro.codec import encode, write_datum
from schemas.avro.projection import project
from schemas.catalog import body_of
from schemas.json_form import to_json
from schemas.samples.reading import Sample

_MAGIC = b"Obj\x01"
_MARKER_SIZE = 16


def forms_of(sample: Sample) -> dict[Path, bytes]:
    """Path below the samples' folder → content. An invalid sample has no body of its own."""
    verdict = "invalid" if sample.violates else "valid"
    stem = Path(sample.type, "forms", verdict, sample.name)
    made = {"draft.binpb": binary(sample.draft), "draft.json": canonical(sample.draft)}
    body = body_of(sample.draft)
    if verdict == "valid" and body is not None:
        made |= {
            "body.binpb": binary(body),
            "body.json": canonical(body),
            "body.avro": container(body),
            "body.avro1": encode(body),
        }
    return {stem.with_name(f"{stem.name}.{form}"): content for form, content in made.items()}


def all_forms(samples: Sequence[Sample]) -> dict[Path, bytes]:
    """The forms of all samples."""
    return {path: content for sample in samples for path, content in forms_of(sample).items()}


def binary(message: Message) -> bytes:
    """The message in protobuf, fields in the order of their numbers."""
    return message.SerializeToString(deterministic=True)


def canonical(message: Message) -> bytes:
    """The message as canonical ProtoJSON, indented by two, UTF-8."""
    return f"{to_json(message, indent=2)}\n".encode()


def container(body: Message) -> bytes:
    """An Avro object container file of one record with its schema, uncompressed.

    Written here, since fastavro orders a schema's own attributes differently in each process. The sync
    marker follows from the content, so that the same message makes the same file.
    """
    datum = write_datum(body)
    schema = json.dumps(project(descriptor_of(body.DESCRIPTOR.full_name)), ensure_ascii=False)
    meta = {"avro.codec": b"null", "avro.schema": schema.encode()}
    marker = sha256(meta["avro.schema"] + datum).digest()[:_MARKER_SIZE]
    entries = b"".join(_sized(key.encode()) + _sized(value) for key, value in meta.items())
    head = _MAGIC + _long(len(meta)) + entries + _long(0) + marker
    return head + _long(1) + _sized(datum) + marker


def _sized(data: bytes) -> bytes:
    return _long(len(data)) + data


def _long(value: int) -> bytes:
    """Avro's long, for values that are not negative: zigzag, seven bits a byte, the lowest first."""
    rest, out = value << 1, bytearray()
    while rest > 0x7F:
        out.append(rest & 0x7F | 0x80)
        rest >>= 7
    out.append(rest)
    return bytes(out)


def write_forms(forms: Mapping[Path, bytes], folder: Path) -> tuple[int, int]:
    """Writes what differs and removes what is no form any more; returns how many of each."""
    written = 0
    for path, content in forms.items():
        target = folder / path
        if not target.is_file() or target.read_bytes() != content:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            written += 1
    stale = [path for path in committed(folder) if path not in forms]
    for path in stale:
        (folder / path).unlink()
    return written, len(stale)


def committed(folder: Path) -> Iterator[Path]:
    """Paths of the forms that are there, below the folder."""
    return (path.relative_to(folder) for path in folder.glob("*/forms/*/*") if path.is_file())
