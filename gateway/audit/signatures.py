"""Checks what is signed: each log's checkpoint, and the receipts of peers for one's own."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from gateway.log import note as notes
from gateway.log.checkpoint import (
    Checkpoint,
    is_good,
    log_origin,
    parse,
    witness_name,
)
from gateway.log.merkle import Frontier
from gateway.log.note import Note, NoteError, VerifierKey
from gateway.log.suite import DEFAULT


@dataclass(frozen=True, slots=True)
class Keys:
    """Every public key that this gateway knows."""

    participant: str
    keys: tuple[VerifierKey, ...]

    def named(self, name: str) -> list[VerifierKey]:
        """Keys of that name, one that was replaced included."""
        return [key for key in self.keys if key.name == name]

    def problem(self, note: Note, name: str) -> str:
        """Why the note is not signed by that name; empty if it is, by each key that claims to."""
        known = {(key.name, key.key_id): key for key in self.keys}
        lines = [s for s in note.signatures if s.name == name and (s.name, s.key_id) in known]
        if not lines:
            return f"no signature by {name}"
        good = all(is_good(s, note.text, known[s.name, s.key_id], DEFAULT) for s in lines)
        return "" if good else f"bad signature by {name}"

    def strangers(self, note: Note, names: Iterable[str]) -> list[str]:
        """Names on the note that have no business there."""
        allowed = set(names)
        return [s.name for s in note.signatures if s.name not in allowed]


def checkpoint_problems(
    keys: Keys, log: str, rendered: str, tree: Frontier, *, whole: bool
) -> Iterator[str]:
    """What is wrong with the stored checkpoint of a log. `whole`: the tree was read to its end."""
    if not rendered:
        if tree.size:
            yield "no checkpoint"
        return
    own = log == log_origin(keys.participant)
    signers = [log] if own else [log, witness_name(keys.participant)]
    try:
        note = notes.parse(rendered)
        checkpoint = parse(note.text)
    except NoteError as error:
        yield f"checkpoint: {error}"
        return
    for name in signers:
        problem = keys.problem(note, name)
        if problem:
            yield f"checkpoint: {problem}"
    for name in keys.strangers(note, signers):
        yield f"checkpoint: bears a signature by {name}"
    if whole and checkpoint != Checkpoint(log, tree.size, tree.root()):
        yield (
            f"the checkpoint of size {checkpoint.size} is not that of the {tree.size} entries stored"
        )


def receipt_problems(
    keys: Keys, log: str, cosigner: str, size: object, rendered: str, root: Callable[[int], bytes]
) -> Iterator[str]:
    """What is wrong with a peer's receipt for one's own log. `root`: raises LookupError."""
    if not keys.named(cosigner):
        yield "no key to verify it with: no longer a peer"
        return
    try:
        note = notes.parse(rendered)
        checkpoint = parse(note.text)
    except NoteError as error:
        yield str(error)
        return
    for name in (cosigner, log):
        problem = keys.problem(note, name)
        if problem:
            yield problem
    for name in keys.strangers(note, (cosigner, log)):
        yield f"bears a signature by {name}"
    if checkpoint.size != size:
        yield f"is for {checkpoint.size} entries, stored is {size}"
    try:
        expected = Checkpoint(log, checkpoint.size, root(checkpoint.size))
    except LookupError as error:
        yield str(error)
        return
    if checkpoint != expected:
        yield "is for another tree"
