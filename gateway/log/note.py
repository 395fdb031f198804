"""Signed notes and verifier keys in the C2SP formats (c2sp.org/signed-note).

A note is a text that ends in a newline, an empty line, and signature lines
"— <name> <base64(key id ‖ signature)>". A verifier key is
"<name>+<key id, hex>+<base64(kind ‖ key)>".
"""

import base64
import hashlib
from dataclasses import dataclass

LOG = 0x01
"""Kind of a key that signs a log's checkpoints: Ed25519."""
WITNESS = 0x04
"""Kind of a key that cosigns them: timestamped Ed25519 (c2sp.org/tlog-cosignature)."""

_DASH = "\u2014"


class NoteError(ValueError):
    """A note or key that can't be read, or whose signature is missing or bad."""


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key with its name."""

    name: str
    kind: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        """First four bytes of SHA-256(name ‖ 0x0A ‖ kind ‖ key)."""
        data = self.name.encode() + b"\n" + bytes([self.kind]) + self.public
        return hashlib.sha256(data).digest()[:4]


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line; `blob` is what follows the key id."""

    name: str
    key_id: bytes
    blob: bytes

    def line(self) -> str:
        """The line without its newline."""
        return f"{_DASH} {self.name} {base64.b64encode(self.key_id + self.blob).decode()}"


@dataclass(frozen=True, slots=True)
class Note:
    """A signed text."""

    text: str
    signatures: tuple[Signature, ...]

    def render(self) -> str:
        """The note as it travels."""
        return f"{self.text}\n" + "".join(f"{s.line()}\n" for s in self.signatures)

    def signature_of(self, key: VerifierKey) -> Signature | None:
        """The line that claims to be by that key, or None."""
        for signature in self.signatures:
            if signature.name == key.name and signature.key_id == key.key_id:
                return signature
        return None

    def with_signature(self, signature: Signature) -> "Note":
        """The note with one more signature; one by the same key is replaced."""
        kept = [
            s for s in self.signatures if (s.name, s.key_id) != (signature.name, signature.key_id)
        ]
        return Note(self.text, (*kept, signature))


def parse(rendered: str) -> Note:
    """Reads a note. Raises NoteError."""
    text, separator, block = rendered.rpartition("\n\n")
    if not separator or not block.endswith("\n"):
        raise NoteError("not a signed note: no empty line before its signatures")
    return Note(f"{text}\n", tuple(_signature(line) for line in block[:-1].split("\n")))


def _signature(line: str) -> Signature:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != _DASH:
        raise NoteError(f"not a signature line: {line!r}")
    try:
        data = base64.b64decode(parts[2], validate=True)
    except ValueError as error:
        raise NoteError(f"signature of {parts[1]} is not base64: {error}") from None
    if base64.b64encode(data).decode() != parts[2]:
        raise NoteError(f"signature of {parts[1]}: bits are set where base64 has none")
    if len(data) < 5:
        raise NoteError(f"signature of {parts[1]} is too short")
    return Signature(parts[1], data[:4], data[4:])


def encode_vkey(name: str, kind: int, public: bytes) -> str:
    """A verifier key as text. The name has neither spaces nor '+'."""
    if not name or "+" in name or any(c.isspace() for c in name):
        raise NoteError(f"key name {name!r}: no spaces and no '+' allowed")
    key = VerifierKey(name, kind, public)
    return f"{name}+{key.key_id.hex()}+{base64.b64encode(bytes([kind]) + public).decode()}"


def parse_vkey(text: str) -> VerifierKey:
    """Reads a verifier key. Raises NoteError."""
    parts = text.strip().split("+", 2)
    if len(parts) != 3:
        raise NoteError("not a verifier key: expected NAME+KEYID+KEY")
    try:
        data = base64.b64decode(parts[2], validate=True)
    except ValueError as error:
        raise NoteError(f"verifier key of {parts[0]} is not base64: {error}") from None
    if base64.b64encode(data).decode() != parts[2]:
        raise NoteError(f"verifier key of {parts[0]}: bits are set where base64 has none")
    if len(data) != 33:
        raise NoteError(f"verifier key of {parts[0]}: expected 33 bytes, found {len(data)}")
    key = VerifierKey(parts[0], data[0], data[1:])
    if key.key_id.hex() != parts[1]:
        raise NoteError(f"verifier key of {parts[0]}: key id {parts[1]} is not that of the key")
    return key
