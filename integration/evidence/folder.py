"""The folder that an auditor is given: entry, proof, keys, disclosures, and who it was shared with."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from google.protobuf.json_format import MessageToDict
from google.protobuf.message import DecodeError

from gateway.log.evidence import Evidence
from gateway.log.note import NoteError, parse_vkey
from integration.evidence.readme import README
from yrd.exchange.v1.message_pb2 import Disclosure
from yrd.exchange.v1.service_pb2 import GetEvidenceResponse

LEAF, PROOF, KEYS, DISCLOSURES = "leaf", "proof.tlog-proof", "keys", "disclosures"
CLAUSE, HELP = "clause.json", "README.txt"
_GROUP = re.compile(r"[a-z0-9]+(\.[a-z0-9_]+)*", re.ASCII)


class FolderError(Exception):
    """The folder can't be written or read; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Folder:
    """What was read. `shared` is what the gateway said; `misnamed` are files that are not what their
    names say.
    """

    evidence: Evidence
    shared: list[dict[str, object]] = field(default_factory=list)
    misnamed: tuple[str, ...] = ()


def write(answer: GetEvidenceResponse, folder: Path) -> None:
    """Writes a gateway's answer into a new folder. Raises FolderError."""
    files = _files(answer)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise FolderError(
                f"{folder}: not empty; name a new folder, so that nothing is mixed up"
            )
        for name, data in files.items():
            path = folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)
    except OSError as error:
        raise FolderError(f"{error.filename}: {error.strerror}; check --out") from None


def _files(answer: GetEvidenceResponse) -> dict[str, bytes]:
    shared = [MessageToDict(s, preserving_proto_field_name=True) for s in answer.shared]
    files = {
        LEAF: answer.leaf,
        PROOF: answer.proof.encode(),
        CLAUSE: json.dumps(shared, ensure_ascii=False, indent=1).encode() + b"\n",
        HELP: README.encode(),
    }
    try:
        for text in answer.verifier_keys:
            files[f"{KEYS}/{key_file(text)}"] = f"{text}\n".encode()
        for data in answer.disclosures:
            files[f"{DISCLOSURES}/{_group_file(data)}"] = data
    except (NoteError, DecodeError) as error:
        raise FolderError(f"the gateway's answer can't be read: {error}") from None
    return files


def key_file(vkey: str) -> str:
    """File of a verifier key: its name with "_" for all that a file system may not like, and its id,
    since a participant that changed its key has two. Raises NoteError.
    """
    key = parse_vkey(vkey)
    return f"{re.sub(r'[^A-Za-z0-9.-]', '_', key.name)}-{key.key_id.hex()}.vkey"


def _group_file(disclosure: bytes) -> str:
    group = Disclosure.FromString(disclosure).group
    if not _GROUP.fullmatch(group):
        raise FolderError(f"group {group!r} can't be the name of a file")
    return f"{group}.bin"


def read(folder: Path) -> Folder:
    """Reads a folder that `write` made. Raises FolderError if a part is not there."""
    try:
        keys = dict(_contents(folder / KEYS))
        disclosures = dict(_contents(folder / DISCLOSURES))
        leaf, proof = (folder / LEAF).read_bytes(), (folder / PROOF).read_bytes()
        clause = folder / CLAUSE
        shared = _shared(clause.read_bytes()) if clause.exists() else []
    except OSError as error:
        raise FolderError(
            f"{error.filename}: {error.strerror}; is this an exported folder?"
        ) from None
    evidence = Evidence(
        leaf,
        _text(proof),
        tuple(_text(data).removesuffix("\n") for data in keys.values()),
        tuple(disclosures.values()),
    )
    return Folder(evidence, shared, tuple(_misnamed(keys, disclosures)))


def _contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    if folder.exists():
        for path in sorted(folder.iterdir()):
            yield path.name, path.read_bytes()


def _text(data: bytes) -> str:
    """Bytes that are no UTF-8 become text that no format allows."""
    return data.decode(errors="replace")


def _shared(data: bytes) -> list[dict[str, object]]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise FolderError(f"{CLAUSE}: not JSON: {error}") from None
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise FolderError(f"{CLAUSE}: not a list of participants and clauses")
    return found


def _misnamed(keys: Mapping[str, bytes], disclosures: Mapping[str, bytes]) -> Iterator[str]:
    for name, data in keys.items():
        try:
            fits = key_file(_text(data)) == name and data.count(b"\n") == 1 and data[-1:] == b"\n"
        except NoteError:
            continue  # the key itself is reported
        if not fits:
            yield f"{KEYS}/{name}"
    for name, data in disclosures.items():
        try:
            fits = _group_file(data) == name
        except (DecodeError, FolderError):
            continue  # the disclosure itself is reported
        if not fits:
            yield f"{DISCLOSURES}/{name}"
