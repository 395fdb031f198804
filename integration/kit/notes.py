"""Checkpoints and cosignatures, read and made by the kit itself.

Formats: c2sp.org/signed-note, c2sp.org/tlog-checkpoint, c2sp.org/tlog-cosignature; Ed25519, RFC 8032.
"""

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

LOG_KIND, WITNESS_KIND = 1, 4
_DASH = "\u2014"


class BadNote(ValueError):
    """A note that is malformed, or whose signature is missing or bad."""


@dataclass(frozen=True, slots=True)
class Key:
    """A verifier key: who signs, as what, with which Ed25519 key (32 bytes)."""

    name: str
    kind: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        """First four bytes of SHA-256(name ‖ 0x0A ‖ kind ‖ key)."""
        kind_and_key = bytes([self.kind]) + self.public
        return hashlib.sha256(self.name.encode() + b"\n" + kind_and_key).digest()[:4]

    def accepts(self, message: bytes, signature: bytes) -> bool:
        """Whether the signature is good."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            return False
        return True


def read_key(text: str) -> Key:
    """Reads NAME+ID+KEY. Raises BadNote."""
    name, _, rest = text.strip().partition("+")
    try:
        data = base64.b64decode(rest.partition("+")[2], validate=True)
    except ValueError as error:
        raise BadNote(f"{text!r} is not a verifier key: {error}") from None
    if len(data) != 33:
        raise BadNote(f"{text!r} is not a verifier key of 33 bytes")
    return Key(name, data[0], data[1:])


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A checkpoint as read: log, size, root hash, the signed text, and each signature line."""

    origin: str
    size: int
    root: bytes
    text: str
    signatures: tuple[tuple[str, bytes], ...]

    def require_signed(self, key: Key) -> None:
        """Raises BadNote unless the log, or the witness, has signed it."""
        for name, blob in self.signatures:
            if name == key.name and blob[:4] == key.key_id:
                if not key.accepts(*_signed(self.text, key.kind, blob[4:])):
                    raise BadNote(f"the signature of {name} is bad")
                return
        raise BadNote(f"no signature by {key.name}")


def _signed(text: str, kind: int, blob: bytes) -> tuple[bytes, bytes]:
    """Message and signature: a witness signs its time, too."""
    if kind == LOG_KIND:
        return text.encode(), blob
    return _cosigned(text, int.from_bytes(blob[:8], "big")), blob[8:]


def _cosigned(text: str, unix_time: int) -> bytes:
    return f"cosignature/v1\ntime {unix_time}\n{text}".encode()


def read(note: str) -> Checkpoint:
    """Reads a checkpoint. Raises BadNote."""
    text, separator, block = note.rpartition("\n\n")
    lines = f"{text}\n".split("\n")
    if not separator or len(lines) != 4 or not block.endswith("\n"):
        raise BadNote("not a checkpoint: three lines, an empty one, and signature lines")
    try:
        signatures = tuple(_line(line) for line in block[:-1].split("\n"))
        root = base64.b64decode(lines[2], validate=True)
        return Checkpoint(lines[0], int(lines[1]), root, f"{text}\n", signatures)
    except ValueError as error:
        raise BadNote(f"not a checkpoint: {error}") from None


def _line(line: str) -> tuple[str, bytes]:
    dash, _, rest = line.partition(" ")
    name, _, data = rest.partition(" ")
    if dash != _DASH or not name:
        raise BadNote(f"not a signature line: {line!r}")
    return name, base64.b64decode(data, validate=True)


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key that signs as a log or as a witness."""

    key: Key
    private: Ed25519PrivateKey

    def checkpoint(self, size: int, root: bytes) -> str:
        """A signed checkpoint of this log."""
        text = f"{self.key.name}\n{size}\n{base64.b64encode(root).decode()}\n"
        return f"{text}\n{self._note_line(self.private.sign(text.encode()))}"

    def cosign(self, note: str, unix_time: int) -> str:
        """The note with this witness's cosignature behind it."""
        text = read(note).text
        signature = self.private.sign(_cosigned(text, unix_time))
        return note + self._note_line(unix_time.to_bytes(8, "big") + signature)

    def _note_line(self, blob: bytes) -> str:
        data = base64.b64encode(self.key.key_id + blob).decode()
        return f"{_DASH} {self.key.name} {data}\n"


def signer(path: Path, name: str, kind: int) -> Signer:
    """Reads a private key (PKCS #8 PEM). Raises OSError, or BadNote if it is of another kind."""
    private = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(private, Ed25519PrivateKey):
        raise BadNote(f"{path}: not an Ed25519 key")
    public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return Signer(Key(name, kind, public), private)
