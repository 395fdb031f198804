"""Rechecks entries that lie beyond a gap: they came ahead, each with a proof of its own."""

from collections.abc import Iterator

from gateway.log.checkpoint import verified
from gateway.log.keyring import KeyRing
from gateway.log.merkle import leaf_hash, verify_inclusion
from gateway.log.note import NoteError
from gateway.log.suite import DEFAULT
from gateway.store.port import Early, Entry, Head
from gateway.store.sqlite import SqliteStore

CHUNK = 500
_HASH_BYTES = 32
_NO_LIMIT = (1 << 63) - 1


def ahead_problems(store: SqliteStore, head: Head, keys: KeyRing | None) -> Iterator[str]:
    """What is wrong with them. Without keys, signatures are not checked. Raises StoreError."""
    known = store.early(head.log, 0, _NO_LIMIT)
    if len(known) != head.ahead:
        yield f"{head.log}: {head.ahead - len(known)} entries that came ahead are missing"
    checked: dict[str, tuple[int, bytes] | str] = {}
    indices = sorted(known)
    for start in range(0, len(indices), CHUNK):
        for entry in store.entries_at(head.log, indices[start : start + CHUNK]):
            early = known[entry.sequence]
            note = early.proof.checkpoint
            if keys is not None and note not in checked:
                checked[note] = _tree(note, keys)
            problem = _problem(entry, early, sum(head.counts), checked.get(note))
            if problem:
                yield f"{head.log}: entry {entry.sequence}, which came ahead: {problem}"


def _tree(note: str, keys: KeyRing) -> tuple[int, bytes] | str:
    """Size and root of a checkpoint, or what is wrong with it."""
    try:
        checkpoint, _ = verified(note, keys, DEFAULT, old=True)
    except NoteError as error:
        return f"checkpoint: {error}"
    return checkpoint.size, checkpoint.root


def _problem(entry: Entry, early: Early, size: int, tree: tuple[int, bytes] | str | None) -> str:
    if entry.sequence < size:
        return "there is no gap before it"
    if entry.leaf is None or leaf_hash(entry.leaf) != entry.hash:
        return "the leaf does not have its hash"
    if isinstance(tree, str):
        return tree
    joined = early.proof.path
    path = [joined[at : at + _HASH_BYTES] for at in range(0, len(joined), _HASH_BYTES)]
    if tree and not verify_inclusion(entry.hash, entry.sequence, tree[0], path, tree[1]):
        return "its proof does not lead to the root of the checkpoint that it came with"
    return ""
