"""Reads an account (gateway/audit/account.py writes it) and checks that it fits together."""

import base64
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gateway.audit.account import FORMAT, Form
from gateway.log import note as notes
from gateway.log.checkpoint import Checkpoint, is_good, parse
from gateway.log.merkle import Frontier
from gateway.log.note import NoteError, VerifierKey
from gateway.log.suite import DEFAULT

MOST_ENTRIES = 100_000_000
"""Of one log in one account: a place in memory is taken for each."""


class AccountError(Exception):
    """A file that is no account; the text names file and line."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Held(_Part):
    """How far a log goes, and its newest checkpoint (empty: none)."""

    size: int = Field(ge=0, le=MOST_ENTRIES)
    checkpoint: str


class Header(_Part):
    """The first line."""

    account: str
    participant: str
    peer: str = Field(alias="with")
    time: str
    logs: dict[str, Held]
    receipt: str


class _Now(_Part):
    form: str
    absent: tuple[str, ...] = ()


class _Run(_Part):
    log: str
    start: Annotated[int, Field(ge=0)]
    form: str
    absent: tuple[str, ...] = ()
    erased: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    term_over: dict[str, str] = {}
    now: _Now | None = None
    hashes: tuple[str, ...]


class _End(_Part):
    end: dict[str, int]


@dataclass(slots=True)
class Side:
    """One log in one account: leaf hash (None: not there) and form of each entry."""

    log: str
    held: Held
    hashes: list[bytes | None] = field(default_factory=list)
    forms: list[Form | None] = field(default_factory=list)

    def root(self, size: int) -> bytes | None:
        """Root of the first entries by their hashes; None if one is not there."""
        hashes = self.hashes[:size]
        found = [digest for digest in hashes if digest is not None]
        return Frontier().extend(found)[0].root() if len(found) == size else None

    def put(self, run: _Run) -> None:
        """Adds a run behind those before. Raises ValueError if it does not lie behind them."""
        if run.start < len(self.hashes):
            raise ValueError(f"entry {run.start} comes twice or out of order")
        if run.start + len(run.hashes) > self.held.size:
            raise ValueError(f"entry {run.start} and those behind it lie beyond {self.held.size}")
        missing: list[None] = [None] * (run.start - len(self.hashes))
        self.hashes += missing
        self.forms += missing
        now = (run.now.form, run.now.absent) if run.now else None
        over = tuple(run.term_over.items())
        form = Form(run.form, run.absent, run.erased, run.clauses, now, over)
        for text in run.hashes:
            digest = base64.b64decode(text, validate=True)
            if len(digest) != 32:
                raise ValueError("a hash has 32 bytes")
            self.hashes.append(digest)
            self.forms.append(form)


@dataclass(slots=True)
class Account:
    """All of one file."""

    header: Header
    sides: dict[str, Side]

    def receipt_size(self) -> int:
        """Entries of the own log that the peer has cosigned, as this participant says."""
        return size_of(self.header.receipt)


def size_of(rendered: str) -> int:
    """Size of a checkpoint note; 0 for none or one that can't be read."""
    try:
        return parse(notes.parse(rendered).text).size
    except NoteError:
        return 0


def read(path: Path) -> Account:
    """Raises AccountError."""
    try:
        with path.open(encoding="utf-8") as lines:
            return _read(lines, str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise AccountError(f"{path}: {error}; name a file made by `yrd audit account`") from None


def _read(lines: Iterable[str], name: str) -> Account:
    account: Account | None = None
    ended = False
    for number, line in enumerate(lines, 1):
        try:
            value: Any = json.loads(line)
            if account is None:
                account = _begun(value)
            elif "end" in value:
                _check_end(account, _End.model_validate(value))
                ended = True
            elif ended:
                raise ValueError("something comes behind the end")
            else:
                run = _Run.model_validate(value)
                account.sides[run.log].put(run)
        except (ValueError, KeyError, TypeError, RecursionError, ValidationError) as error:
            raise AccountError(f"{name}: line {number}: {error}") from None
    if account is None or not ended:
        raise AccountError(f"{name}: it has no end: was it written and sent whole?")
    return account


def _begun(value: Any) -> Account:
    header = Header.model_validate(value)
    if header.account != FORMAT:
        raise ValueError(f"not an account of format {FORMAT}")
    expected = {f"yrd/{header.participant}", f"yrd/{header.peer}"}
    if set(header.logs) != expected:
        raise ValueError(f"logs are {sorted(header.logs)}, not {sorted(expected)}")
    return Account(header, {log: Side(log, held) for log, held in header.logs.items()})


def _check_end(account: Account, end: _End) -> None:
    for log, side in account.sides.items():
        if end.end.get(log) != side.held.size or len(side.hashes) > side.held.size:
            raise ValueError(f"{log}: {len(side.hashes)} entries of {side.held.size}")
        missing: list[None] = [None] * (side.held.size - len(side.hashes))
        side.hashes += missing
        side.forms += missing


def signature_problem(
    rendered: str, signers: Sequence[str], expected: Checkpoint | None, keys: Sequence[VerifierKey]
) -> str:
    """Why a note is not the expected checkpoint under these names; empty if it is.

    Without keys, signatures are not checked. Without an expectation, the tree is not.
    """
    try:
        note = notes.parse(rendered)
        checkpoint = parse(note.text)
    except NoteError as error:
        return str(error)
    if expected is not None and checkpoint != expected:
        return f"is not the checkpoint of its {expected.size} entries"
    known = {(key.name, key.key_id): key for key in keys}
    for name in signers if keys else ():
        lines = [s for s in note.signatures if s.name == name and (s.name, s.key_id) in known]
        if not any(is_good(s, note.text, known[s.name, s.key_id], DEFAULT) for s in lines):
            return f"has no good signature by {name}"
    return ""
