"""Checkpoints, keys and proofs, as text."""

from gateway.log import checkpoint, evidence, note, proof
from gateway.log.merkle import Tree, leaf_hash
from gateway.log.suite import DEFAULT
from tests.fuzz.target import Target
from tests.support.handmade import HandmadeLog
from tests.support.materials import Materials


def notes(materials: Materials, log: HandmadeLog) -> list[Target]:
    """Signed notes and what is in them."""
    vkeys = [path.read_bytes() for path in sorted(materials.folder.glob("*/*.vkey"))]
    signed = [log.checkpoint(size).encode() for size in (0, 1, 7, 40)]
    texts = [note.parse(one.decode()).text.encode() for one in signed]
    wrong = (note.NoteError, UnicodeDecodeError)
    return [
        Target("signed note", lambda d: note.parse(d.decode()).render(), signed, wrong, 6),
        Target("checkpoint", lambda d: checkpoint.parse(d.decode()).text(), texts, wrong, 6),
        Target("verifier key", lambda d: note.parse_vkey(d.decode()), vkeys, wrong, 6),
    ]


def proofs(materials: Materials, log: HandmadeLog) -> list[Target]:
    """What is shown offline."""
    hashes = [leaf_hash(entry.leaf) for entry in log.entries]
    tree = Tree(lambda level, index: hashes if not (level or index) else [])
    proofs = [proof.prove(tree, index, log.checkpoint(40)).render() for index in (0, 5, 39)]
    key = (materials.folder / "320000" / "log.vkey").read_text()

    def examine(data: bytes) -> object:
        leaf, proof_text, part = [*data.split(b"\xfe\xfe", 2), b"", b""][:3]
        made = evidence.Evidence(leaf, proof_text.decode(), (key,), (part,))
        return evidence.examine(made, [], 0, DEFAULT)

    entry = log.entries[5]
    whole = b"\xfe\xfe".join([entry.leaf, proofs[1].encode(), *entry.disclosures[:1]])
    return [
        Target(
            "tlog-proof",
            lambda d: proof.parse(d.decode()).render(),
            [one.encode() for one in proofs],
            (proof.ProofError, note.NoteError, UnicodeDecodeError),
            4,
        ),
        Target("evidence", examine, [whole], (UnicodeDecodeError,), 2),
    ]
