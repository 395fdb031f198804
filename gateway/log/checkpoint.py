"""Checkpoints (c2sp.org/tlog-checkpoint) and cosignatures (c2sp.org/tlog-cosignature)."""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.log import note as notes
from gateway.log.keyring import KeyRing
from gateway.log.note import Note, NoteError, Signature, VerifierKey
from gateway.log.suite import PrivateKey, Suite

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


def log_origin(participant: str) -> str:
    """Name of a participant's log and of the key that signs it."""
    return f"yrd/{participant}"


def witness_name(participant: str) -> str:
    """Name of the key with which a participant cosigns."""
    return f"yrd/{participant}/witness"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Size and root hash of a log's tree."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Three lines: origin, decimal size, root in base64."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def parse(text: str) -> Checkpoint:
    """Reads a checkpoint's text. Raises NoteError. Extension lines are refused: we use none."""
    lines = text.split("\n")
    if len(lines) != 4 or lines[3]:
        raise NoteError("a checkpoint has three lines: origin, size, root hash")
    origin, size, root = lines[:3]
    if not _SIZE.fullmatch(size):
        raise NoteError(f"checkpoint of {origin}: size {size!r} is not a decimal number")
    try:
        root_hash = base64.b64decode(root, validate=True)
    except ValueError as error:
        raise NoteError(f"checkpoint of {origin}: root hash: {error}") from None
    if len(root_hash) != 32:
        raise NoteError(f"checkpoint of {origin}: root hash has {len(root_hash)} bytes, not 32")
    checkpoint = Checkpoint(origin, int(size), root_hash)
    if checkpoint.text() != text:
        raise NoteError(f"checkpoint of {origin}: root hash: bits are set where base64 has none")
    return checkpoint


class LogSigner:
    """Signs the checkpoints of one's own log. The first key signs, the others sign along.

    `replace` changes the keys while the signer is in use, in one assignment.
    """

    __slots__ = ("keys", "origin")

    def __init__(self, origin: str, *keys: PrivateKey) -> None:
        self.origin = origin
        self.replace(keys)

    def replace(self, keys: Sequence[PrivateKey]) -> None:
        """Signs with these keys from now on."""
        self.keys = tuple((key, VerifierKey(self.origin, notes.LOG, key.public)) for key in keys)

    @property
    def verifier(self) -> VerifierKey:
        """The public half of the first key."""
        return self.keys[0][1]

    def sign(self, checkpoint: Checkpoint) -> Note:
        """The checkpoint as a signed note."""
        text = checkpoint.text()
        data = text.encode()
        signed = [Signature(self.origin, v.key_id, key.sign(data)) for key, v in self.keys]
        return Note(text, tuple(signed))


class Witness:
    """Cosigns the checkpoints of other logs; keys as those of LogSigner."""

    __slots__ = ("keys", "name")

    def __init__(self, name: str, *keys: PrivateKey) -> None:
        self.name = name
        self.replace(keys)

    def replace(self, keys: Sequence[PrivateKey]) -> None:
        """Cosigns with these keys from now on."""
        self.keys = tuple((key, VerifierKey(self.name, notes.WITNESS, key.public)) for key in keys)

    @property
    def verifier(self) -> VerifierKey:
        """The public half of the first key."""
        return self.keys[0][1]

    def cosign(self, note: Note, unix_time: int) -> Note:
        """The note with this witness's cosignatures. `unix_time` in seconds."""
        message, time = cosigned_message(note.text, unix_time), unix_time.to_bytes(8, "big")
        for key, verifier in self.keys:
            blob = time + key.sign(message)
            note = note.with_signature(Signature(self.name, verifier.key_id, blob))
        return note


def cosigned_message(text: str, unix_time: int) -> bytes:
    """What a cosignature signs."""
    return f"cosignature/v1\ntime {unix_time}\n{text}".encode()


def verified(
    rendered: str, keys: KeyRing | VerifierKey, suite: Suite, *, old: bool = False
) -> tuple[Checkpoint, Note]:
    """Reads a note and checks the signatures of one log or witness. Raises NoteError.

    At least one signature by a key in use must be good, and none that claims to be by any of the
    keys may be bad. `old`: the note was made before, so retired keys count as well.
    """
    ring = keys if isinstance(keys, KeyRing) else KeyRing.of(keys)
    note = notes.parse(rendered)
    claims = ring.signatures(note)
    for listed, signature in claims:
        if not is_good(signature, note.text, listed.key, suite):
            raise NoteError(f"bad signature by {ring.name}")
    if not any(old or not listed.retired for listed, _ in claims):
        only = "; only by a retired key, which makes nothing new good" if claims else ""
        raise NoteError(f"no signature by {ring.name}{only}")
    return parse(note.text), note


def is_good(signature: Signature, text: str, key: VerifierKey, suite: Suite) -> bool:
    """Whether a signature line over a note's text was made with that key."""
    if key.kind == notes.LOG:
        return suite.verify(key.public, text.encode(), signature.blob)
    if key.kind == notes.WITNESS and len(signature.blob) == 72:
        unix_time = cosigned_time(signature)
        return suite.verify(key.public, cosigned_message(text, unix_time), signature.blob[8:])
    return False


def cosigned_time(signature: Signature) -> int:
    """When a cosignature says that it was made; seconds since 1970."""
    return int.from_bytes(signature.blob[:8], "big")
