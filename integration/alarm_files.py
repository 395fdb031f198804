"""The evidence of an alarm as files that other people's tools can read."""

import base64
from collections.abc import Iterator
from pathlib import Path

from schemas.json_form import to_json
from yrd.exchange.v1.service_pb2 import Alarm, AlarmEvidence


def write(alarm: Alarm, folder: Path) -> list[Path]:
    """Writes a new folder. Returns the files. Raises OSError."""
    folder.mkdir(parents=True)
    found = AlarmEvidence.FromString(alarm.evidence)
    told = Alarm()
    told.CopyFrom(alarm)
    told.ClearField("evidence")
    files = {"alarm.json": f"{to_json(told, indent=1)}\n".encode(), **_files(found, "")}
    files["evidence.json"] = f"{to_json(found, indent=1)}\n".encode()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in files]


def _files(evidence: AlarmEvidence, prefix: str) -> dict[str, bytes]:
    """Checkpoints are signed notes (c2sp.org/tlog-checkpoint); a proof is a C2SP tlog-proof."""
    files: dict[str, bytes] = {}
    if evidence.held_checkpoint:
        files[f"{prefix}held.checkpoint"] = evidence.held_checkpoint.encode()
    if evidence.shown_checkpoint:
        files[f"{prefix}shown.checkpoint"] = evidence.shown_checkpoint.encode()
    if evidence.leaf:
        files[f"{prefix}leaf"] = evidence.leaf
    if evidence.inclusion_proof:
        files[f"{prefix}proof.tlog-proof"] = "".join(_proof(evidence)).encode()
    if evidence.said:
        files[f"{prefix}said.txt"] = f"{evidence.said}\n".encode()
    if evidence.HasField("other"):
        files |= _files(evidence.other, "other-")
    return files


def _proof(evidence: AlarmEvidence) -> Iterator[str]:
    yield f"c2sp.org/tlog-proof@v1\nindex {evidence.index}\n"
    for digest in evidence.inclusion_proof:
        yield f"{base64.b64encode(digest).decode()}\n"
    yield f"\n{evidence.shown_checkpoint}"
