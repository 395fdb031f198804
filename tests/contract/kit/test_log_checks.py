"""The kit's own tree and notes against other implementations of the same formats."""

import hashlib
from pathlib import Path

import pytest
from pymerkle import InmemoryTree

from gateway.log import checkpoint as theirs
from gateway.log.note import VerifierKey, encode_vkey
from gateway.log.note import parse as parse_note
from gateway.log.suite import DEFAULT
from integration import certs
from integration.kit import notes
from integration.kit.follower import require_checkpoint
from integration.kit.model import Unmet
from integration.kit.tree import GrowingTree, leaf_hash, proved_root

LEAVES = [f"leaf {n}".encode() for n in range(70)]


def grown(count: int) -> GrowingTree:
    tree = GrowingTree()
    tree.add(map(leaf_hash, LEAVES[:count]))
    return tree


@pytest.mark.parametrize("count", [1, 2, 3, 7, 8, 64, 65, 70])
def test_roots_are_those_of_another_implementation(count: int) -> None:
    other = InmemoryTree(algorithm="sha256")
    for leaf in LEAVES[:count]:
        other.append_entry(leaf)
    assert grown(count).root() == other.get_root()


def test_a_proof_of_another_implementation_leads_to_the_root() -> None:
    other = InmemoryTree(algorithm="sha256")
    for size, leaf in enumerate(LEAVES, 1):
        other.append_entry(leaf)
        root = other.get_root()
        for index in range(size):
            first, *proof = map(
                bytes.fromhex, other.prove_inclusion(index + 1, size).serialize()["path"]
            )
            assert first == leaf_hash(LEAVES[index])
            assert proved_root(first, index, size, proof) == root
            assert proved_root(leaf_hash(b"x"), index, size, proof) != root
            assert proved_root(first, index, size, [*proof, root]) is None
            assert not proof or proved_root(first, index, size, proof[:-1]) is None
            assert proved_root(first, size, size, proof) is None


def test_the_root_of_nothing() -> None:
    assert GrowingTree().root() == hashlib.sha256(b"").digest()


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("keys")
    certs.make_signing_keys(folder, "310000")
    return folder


@pytest.fixture
def signer(keys: Path) -> notes.Signer:
    return notes.signer(keys / "log.key", "yrd/310000", notes.LOG_KIND)


@pytest.fixture
def witness(keys: Path) -> notes.Signer:
    return notes.signer(keys / "witness.key", "yrd/310000/witness", notes.WITNESS_KIND)


def test_keys_are_read_as_they_are_written(keys: Path, signer: notes.Signer) -> None:
    text = (keys / "log.vkey").read_text()
    assert notes.read_key(text) == signer.key
    assert encode_vkey(signer.key.name, signer.key.kind, signer.key.public) == text.strip()


def test_the_gateway_accepts_what_the_kit_signs(
    signer: notes.Signer, witness: notes.Signer
) -> None:
    note = witness.cosign(signer.checkpoint(3, grown(3).root()), 1_780_000_000)
    for key in (signer.key, witness.key):
        found, _ = theirs.verified(note, VerifierKey(key.name, key.kind, key.public), DEFAULT)
        assert (found.size, found.root) == (3, grown(3).root())


def test_the_kit_accepts_what_the_gateway_signs(keys: Path, signer: notes.Signer) -> None:
    log = theirs.LogSigner("yrd/310000", DEFAULT.load_private_key((keys / "log.key").read_bytes()))
    note = log.sign(theirs.Checkpoint("yrd/310000", 3, grown(3).root())).render()
    assert require_checkpoint(note, signer.key, "yrd/310000", grown(3)).size == 3


def test_a_note_is_refused_for_what_is_wrong(signer: notes.Signer, witness: notes.Signer) -> None:
    good = signer.checkpoint(3, grown(3).root())
    bad = {
        "bad signature": good.replace("\n3\n", "\n4\n"),
        "no signature by": good.replace("yrd/310000 ", "yrd/320000 "),
        "a checkpoint of": signer.checkpoint(4, grown(4).root()),
        "root": signer.checkpoint(3, grown(4).root()),
        "not a checkpoint": "x",
    }
    for note in bad.values():
        with pytest.raises(Unmet):
            require_checkpoint(note, signer.key, "yrd/310000", grown(3))
    with pytest.raises(notes.BadNote, match="no signature by"):
        notes.read(good).require_signed(witness.key)


def test_notes_of_both_are_the_same_text(signer: notes.Signer) -> None:
    note = signer.checkpoint(3, grown(3).root())
    assert parse_note(note).render() == note
