"""Checkpoints (c2sp.org/tlog-checkpoint) and cosignatures (c2sp.org/tlog-cosignature)."""

import base64
import re
from dataclasses import dataclass

from gateway.log import note as notes
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


@dataclass(frozen=True, slots=True)
class LogSigner:
    """Signs the checkpoints of one's own log."""

    origin: str
    key: PrivateKey

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        return VerifierKey(self.origin, notes.LOG, self.key.public)

    def sign(self, checkpoint: Checkpoint) -> Note:
        """The checkpoint as a signed note."""
        text = checkpoint.text()
        blob = self.key.sign(text.encode())
        return Note(text, (Signature(self.origin, self.verifier.key_id, blob),))


@dataclass(frozen=True, slots=True)
class Witness:
    """Cosigns the checkpoints of other logs."""

    name: str
    key: PrivateKey

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        return VerifierKey(self.name, notes.WITNESS, self.key.public)

    def cosign(self, note: Note, unix_time: int) -> Note:
        """The note with this witness's cosignature. `unix_time` in seconds."""
        signature = self.key.sign(cosigned_message(note.text, unix_time))
        blob = unix_time.to_bytes(8, "big") + signature
        return note.with_signature(Signature(self.name, self.verifier.key_id, blob))


def cosigned_message(text: str, unix_time: int) -> bytes:
    """What a cosignature signs."""
    return f"cosignature/v1\ntime {unix_time}\n{text}".encode()


def verified(rendered: str, key: VerifierKey, suite: Suite) -> tuple[Checkpoint, Note]:
    """Reads a note and checks the signature of one log or witness. Raises NoteError."""
    note = notes.parse(rendered)
    signature = note.signature_of(key)
    if signature is None:
        raise NoteError(f"no signature by {key.name}")
    if not is_good(signature, note.text, key, suite):
        raise NoteError(f"bad signature by {key.name}")
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
