"""Verifies a folder with nothing but public keys."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from gateway.log.evidence import Findings, examine
from gateway.log.note import NoteError, VerifierKey, parse_vkey
from gateway.log.suite import DEFAULT
from gateway.sharing.proven import Judged
from integration.evidence.clauses import activations, judged
from integration.evidence.folder import Folder, FolderError


class Verified(NamedTuple):
    """What the folder shows, and what became of each clause that is said to have shared the message."""

    findings: Findings
    clauses: list[Judged]


def verify(folder: Folder, trusted: list[VerifierKey], quorum: int) -> Findings:
    """Examines the evidence, whether each file is what its name says, and what clause.json says."""
    return verify_all(folder, trusted, quorum).findings


def verify_all(folder: Folder, trusted: list[VerifierKey], quorum: int) -> Verified:
    """The same, with the clauses; none of them is judged if the evidence of the message does not hold."""
    findings = examine(folder.evidence, trusted, quorum, DEFAULT)
    for name in folder.misnamed:
        findings.wrong(f"{name} 的内容与文件名不符", f"{name} is not what its name says")
    if not findings.ok:
        return Verified(findings, [])
    proved = activations(folder.activations, trusted, quorum, findings)
    clauses = judged(folder.shared, proved, findings, folder.evidence.leaf)
    return Verified(findings, clauses)


def trusted_keys(named: Iterable[str], folder: Path | None) -> list[VerifierKey]:
    """Keys named as text or as a file, and all *.vkey below a folder. Raises FolderError."""
    return list(dict.fromkeys(_keys(named, folder)))


def _keys(named: Iterable[str], folder: Path | None) -> Iterator[VerifierKey]:
    for value in named:
        if "+" in value and not Path(value).exists():
            yield _key(value, value)
        else:
            yield from _keys_of(Path(value))
    if folder is not None:
        files = sorted(folder.rglob("*.vkey"))
        if not files:
            raise FolderError(f"--keys {folder}: no *.vkey there; ask the participants for theirs")
        for path in files:
            yield from _keys_of(path)


def _keys_of(path: Path) -> Iterator[VerifierKey]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FolderError(f"key {path}: {error}; name a file, or the key NAME+ID+KEY") from None
    for line in filter(None, map(str.strip, text.splitlines())):
        yield _key(line, str(path))


def _key(text: str, where: str) -> VerifierKey:
    try:
        return parse_vkey(text)
    except NoteError as error:
        raise FolderError(f"key {where}: {error}") from None
