"""Rechecks entries that lie beyond a gap: they came ahead, each with a proof of its own."""

from collections.abc import Iterator

from gateway.audit.context import Context
from gateway.audit.signatures import Keys
from gateway.log import note as notes
from gateway.log.checkpoint import Checkpoint, parse
from gateway.log.merkle import verify_inclusion
from gateway.log.note import NoteError
from gateway.store.sql_ahead import early

_HASH_BYTES = 32
_NO_LIMIT = (1 << 63) - 1


def ahead_problems(context: Context) -> Iterator[str]:
    """What is wrong with the proofs of such entries; the entries are checked like all others."""
    for log, head in context.heads.items():
        known = early(context.connection, context.ids[log], 0, _NO_LIMIT)
        if len(known) < head.ahead and not context.grown:
            yield f"{log}: {head.ahead - len(known)} entries that came ahead are missing"
        trees: dict[str, Checkpoint | str] = {}
        for index, entry in known.items():
            note = entry.proof.checkpoint
            if note not in trees:
                trees[note] = _tree(note, log, context.keys)
            problem = _problem(entry.hash, index, sum(head.counts), entry.proof.path, trees[note])
            if problem:
                yield f"{log}: entry {index}, which came ahead: {problem}"
    named = ",".join(map(str, context.ids.values())) or "-1"
    for log_id, count in context.connection.execute(
        f"SELECT log, count(*) FROM ahead WHERE log NOT IN ({named}) GROUP BY log"
    ):
        yield f"ahead: {count} rows are of log {log_id}, which has no name"


def _tree(rendered: str, log: str, keys: Keys) -> Checkpoint | str:
    """The checkpoint, or what is wrong with it. Without a key, its signature is not checked."""
    try:
        note = notes.parse(rendered)
        checkpoint = parse(note.text)
    except NoteError as error:
        return f"checkpoint: {error}"
    problem = keys.problem(note, log) if keys.named(log) else ""
    if not problem and checkpoint.origin != log:
        problem = f"is one of {checkpoint.origin}"
    return f"checkpoint: {problem}" if problem else checkpoint


def _problem(digest: bytes, index: int, size: int, joined: bytes, tree: Checkpoint | str) -> str:
    if index < size:
        return "there is no gap before it"
    if isinstance(tree, str):
        return tree
    path = [joined[at : at + _HASH_BYTES] for at in range(0, len(joined), _HASH_BYTES)]
    if not verify_inclusion(digest, index, tree.size, path, tree.root):
        return "its proof does not lead to the root of the checkpoint that it came with"
    return ""
