"""The folder that an auditor is given: entry, proof, keys, disclosures, and who it was shared with."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from google.protobuf.json_format import MessageToDict
from google.protobuf.message import DecodeError

from gateway.log.evidence import Evidence
from gateway.log.note import NoteError, parse_vkey
from integration.evidence.readme import README
from yrd.exchange.v1.message_pb2 import Disclosure, Leaf
from yrd.exchange.v1.service_pb2 import ActivationEvidence, GetEvidenceResponse, SharedUnder

LEAF, PROOF, KEYS, DISCLOSURES = "leaf", "proof.tlog-proof", "keys", "disclosures"
CLAUSE, ACTIVATIONS, HELP = "clause.json", "activations", "README.txt"
_GROUP = re.compile(r"[a-z0-9]+(\.[a-z0-9_]+)*", re.ASCII)


class FolderError(Exception):
    """The folder can't be written or read; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Folder:
    """What was read. `shared` is what the gateway said; `activations` are the entries that bear it out, by
    their places; `misnamed` are files that are not what their names say.
    """

    evidence: Evidence
    shared: list[SharedUnder] = field(default_factory=list)
    activations: dict[str, Evidence] = field(default_factory=dict)
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
            path.parent.mkdir(parents=True, exist_ok=True)
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
        for activation in answer.activations:
            files |= _activation_files(activation)
    except (NoteError, DecodeError) as error:
        raise FolderError(f"the gateway's answer can't be read: {error}") from None
    return files


def _activation_files(activation: ActivationEvidence) -> dict[str, bytes]:
    at = f"{ACTIVATIONS}/{Leaf.FromString(activation.leaf).stamp.sequence}"
    files = {f"{at}/{LEAF}": activation.leaf, f"{at}/{PROOF}": activation.proof.encode()}
    for data in activation.disclosures:
        files[f"{at}/{DISCLOSURES}/{_group_file(data)}"] = data
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
        evidence, misnamed = _evidence(folder, keys)
        misnamed += _misnamed_keys(keys)
        clause = folder / CLAUSE
        shared = _shared(clause.read_bytes()) if clause.exists() else []
        activations = {}
        for inner in sorted((folder / ACTIVATIONS).glob("*")):
            activations[inner.name], wrong = _evidence(inner, keys)
            misnamed += [f"{ACTIVATIONS}/{inner.name}/{name}" for name in wrong]
    except OSError as error:
        raise FolderError(
            f"{error.filename}: {error.strerror}; is this an exported folder?"
        ) from None
    return Folder(evidence, shared, activations, tuple(misnamed))


def _evidence(folder: Path, keys: Mapping[str, bytes]) -> tuple[Evidence, list[str]]:
    """An entry, and which of its disclosures are not what their names say. Raises OSError."""
    disclosures = dict(_contents(folder / DISCLOSURES))
    evidence = Evidence(
        (folder / LEAF).read_bytes(),
        _text((folder / PROOF).read_bytes()),
        tuple(_text(data).removesuffix("\n") for data in keys.values()),
        tuple(disclosures.values()),
    )
    return evidence, list(_misnamed_disclosures(disclosures))


def _contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    if folder.exists():
        for path in sorted(folder.iterdir()):
            yield path.name, path.read_bytes()


def _text(data: bytes) -> str:
    """Bytes that are no UTF-8 become text that no format allows."""
    return data.decode(errors="replace")


def _shared(data: bytes) -> list[SharedUnder]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise FolderError(f"{CLAUSE}: not JSON: {error}") from None
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise FolderError(f"{CLAUSE}: not a list of participants and clauses")
    try:
        return [_under(item) for item in found]
    except (TypeError, ValueError) as error:
        raise FolderError(f"{CLAUSE}: not a list of participants and clauses: {error}") from None


def _under(item: Mapping[str, Any]) -> SharedUnder:
    """Keys that are not known are left aside. Raises TypeError, ValueError."""
    # not ParseDict: it fails by SystemError on keys that are no Unicode
    names = [name for name in SharedUnder.DESCRIPTOR.fields_by_name if name in item]
    for name in names:
        if not isinstance(item[name], str if name == "participant" else list):
            raise ValueError(f"{name}: {item[name]!r}")
    return SharedUnder(**{name: item[name] for name in names})


def _misnamed_keys(keys: Mapping[str, bytes]) -> Iterator[str]:
    for name, data in keys.items():
        try:
            fits = key_file(_text(data)) == name and data.count(b"\n") == 1 and data[-1:] == b"\n"
        except NoteError:
            continue  # the key itself is reported
        if not fits:
            yield f"{KEYS}/{name}"


def _misnamed_disclosures(disclosures: Mapping[str, bytes]) -> Iterator[str]:
    for name, data in disclosures.items():
        try:
            fits = _group_file(data) == name
        except (DecodeError, FolderError):
            continue  # the disclosure itself is reported
        if not fits:
            yield f"{DISCLOSURES}/{name}"
