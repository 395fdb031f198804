"""Inclusion proofs as text that anyone can verify offline (c2sp.org/tlog-proof).

A header line, the entry's index, the hashes of RFC 6962 §2.1.1 from the leaf's sibling up, an empty
line, and the checkpoint with its signatures as it was signed.
"""

import base64
import re
from dataclasses import dataclass

from gateway.log.checkpoint import Checkpoint
from gateway.log.checkpoint import parse as parse_checkpoint
from gateway.log.merkle import Tree, verify_inclusion
from gateway.log.note import Note, NoteError
from gateway.log.note import parse as parse_note

HEADER = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})", re.ASCII)
_EXTRA = "extra "
_HASH_BYTES = 32
_MOST_HASHES = 63


class ProofError(ValueError):
    """A proof that can't be read, or that proves nothing; the text says why."""


@dataclass(frozen=True, slots=True)
class TlogProof:
    """Where an entry is, the path to the root, and the signed checkpoint, verbatim."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: str
    extra: bytes = b""

    def render(self) -> str:
        """The proof as it is stored."""
        lines = [HEADER]
        if self.extra:
            lines.append(_EXTRA + base64.b64encode(self.extra).decode())
        lines.append(f"index {self.index}")
        lines += [base64.b64encode(node).decode() for node in self.path]
        return "\n".join(lines) + "\n\n" + self.checkpoint

    def proven(self, leaf_hash: bytes) -> tuple[Checkpoint, Note]:
        """The checkpoint in whose tree the leaf is. Raises ProofError. Signatures are not looked at."""
        try:
            note = parse_note(self.checkpoint)
            checkpoint = parse_checkpoint(note.text)
        except NoteError as error:
            raise ProofError(str(error)) from None
        size, root = checkpoint.size, checkpoint.root
        if not verify_inclusion(leaf_hash, self.index, size, self.path, root):
            raise ProofError(
                f"the hashes do not lead from entry {self.index} to the root of {size} entries"
            )
        return checkpoint, note


def prove(tree: Tree, index: int, checkpoint: str) -> TlogProof:
    """Proof that a checkpoint covers an entry. Raises ProofError, or LookupError from the tree."""
    try:
        size = parse_checkpoint(parse_note(checkpoint).text).size
    except NoteError as error:
        raise ProofError(str(error)) from None
    if index >= size:
        raise ProofError(f"a checkpoint of {size} entries does not cover entry {index}")
    return TlogProof(index, tuple(tree.inclusion_proof(index, size)), checkpoint)


def parse(text: str) -> TlogProof:
    """Reads a proof. Raises ProofError, also for what another writer would have written otherwise."""
    head, separator, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    if not separator or lines.pop(0) != HEADER:
        raise ProofError(f"not a proof: it begins with {HEADER!r} and has one empty line")
    extra = b""
    if lines and lines[0].startswith(_EXTRA):
        extra = _decoded(lines.pop(0).removeprefix(_EXTRA))
    index = _INDEX.fullmatch(lines.pop(0)) if lines else None
    if index is None:
        raise ProofError("the index is not a decimal number")
    if len(lines) > _MOST_HASHES:
        raise ProofError(f"{len(lines)} hashes: no tree is that deep")
    path = tuple(_hash(line) for line in lines)
    proof = TlogProof(int(index[1]), path, checkpoint, extra)
    if proof.render() != text:
        raise ProofError("the proof is not written as the format asks")
    return proof


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:
        raise ProofError(f"not base64: {text!r}: {error}") from None


def _hash(line: str) -> bytes:
    data = _decoded(line)
    if len(data) != _HASH_BYTES:
        raise ProofError(f"a hash has {len(data)} bytes, not {_HASH_BYTES}")
    return data
