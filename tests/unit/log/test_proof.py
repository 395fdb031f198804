"""Proofs as text: what is written is read, what is not written so is refused, pymerkle agrees."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymerkle import InmemoryTree, verify_inclusion
from pymerkle.proof import MerkleProof

from gateway.log.checkpoint import Checkpoint
from gateway.log.proof import ProofError, TlogProof, parse, prove
from tests.unit.log.test_merkle import Stored, reference

ORIGIN = "yrd/310000"


def leaves(size: int) -> list[bytes]:
    return [index.to_bytes(4, "big") for index in range(size)]


def unsigned(size: int) -> str:
    """A checkpoint note; whether its signature is good is not the proof's concern."""
    text = Checkpoint(ORIGIN, size, Stored(leaves(size)).frontier.root()).text()
    return f"{text}\n\u2014 {ORIGIN} {base64.b64encode(bytes(68)).decode()}\n"


def proof_of(index: int, size: int) -> TlogProof:
    return prove(Stored(leaves(size)).tree, index, unsigned(size))


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 600), st.data())
def test_a_proof_is_read_as_it_was_written_and_pymerkle_accepts_it(
    size: int, data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, size - 1))
    stored = Stored(leaves(size))
    read = parse(prove(stored.tree, index, unsigned(size)).render())
    assert read == proof_of(index, size)
    checkpoint, _ = read.proven(stored.hashes[index])
    assert (checkpoint.origin, checkpoint.size) == (ORIGIN, size)
    tree: InmemoryTree = reference(leaves(size))
    theirs = tree.prove_inclusion(index + 1, size)
    ours = theirs.serialize() | {
        "path": [stored.hashes[index].hex(), *(h.hex() for h in read.path)]
    }
    verify_inclusion(stored.hashes[index], checkpoint.root, MerkleProof.deserialize(ours))


def test_the_text_is_the_one_of_the_specification() -> None:
    """c2sp.org/tlog-proof: header, extra, index, hashes, empty line, checkpoint."""
    proof = TlogProof(73894, (b"\1" * 32, b"\2" * 32), unsigned(3), extra=b"age")
    assert proof.render().split("\n")[:6] == [
        "c2sp.org/tlog-proof@v1",
        "extra YWdl",
        "index 73894",
        base64.b64encode(b"\1" * 32).decode(),
        base64.b64encode(b"\2" * 32).decode(),
        "",
    ]
    assert proof.render().endswith("\n\n" + unsigned(3))
    assert parse(proof.render()) == proof


def test_an_entry_that_is_not_covered_can_not_be_proven() -> None:
    with pytest.raises(ProofError, match="3 entries does not cover entry 3"):
        prove(Stored(leaves(5)).tree, 3, unsigned(3))


def test_another_leaf_index_or_path_is_refused() -> None:
    hashes, good = Stored(leaves(7)).hashes, proof_of(4, 7)
    good.proven(hashes[4])
    wrong = [
        (good, hashes[5]),
        (TlogProof(5, good.path, good.checkpoint), hashes[4]),
        (TlogProof(4, good.path[:-1], good.checkpoint), hashes[4]),
        (TlogProof(4, (*good.path, good.path[0]), good.checkpoint), hashes[4]),
        (TlogProof(7, good.path, good.checkpoint), hashes[4]),
        (TlogProof(4, good.path, unsigned(6)), hashes[4]),
    ]
    for proof, leaf in wrong:
        with pytest.raises(ProofError):
            proof.proven(leaf)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v2"),
        ("index 4", "index 04"),
        ("index 4", "index +4"),
        ("index 4", "index ４"),
        ("index 4", "index 4 "),
        ("index 4", "Index 4"),
        ("index 4\n", ""),
        ("index 4", "extra \nindex 4"),
        ("index 4\n", "index 4\nAAAA\n"),
        ("=\n\n", "=\n"),
        ("index 4\n", "index 4\r\n"),
        ("index 4\n", "index 4\n" + ("A" * 43 + "=\n") * 64),
    ],
)
def test_another_spelling_is_refused(old: str, new: str) -> None:
    text = proof_of(4, 7).render()
    assert text.count(old) >= 1
    with pytest.raises(ProofError):
        parse(text.replace(old, new, 1))


def test_every_flipped_bit_is_refused() -> None:
    """Also bits that base64 leaves unused, before and in the checkpoint; its signature apart."""
    leaf, data = Stored(leaves(7)).hashes[4], proof_of(4, 7).render().encode()
    for place in range(len(data) - len(unsigned(7).encode().partition(b"\n\n")[2])):
        for bit in range(8):
            damaged = bytearray(data)
            damaged[place] ^= 1 << bit
            with pytest.raises((ProofError, UnicodeDecodeError)):
                checkpoint, _ = parse(damaged.decode()).proven(leaf)
                if checkpoint.origin != ORIGIN:  # the log's name is its signature's concern
                    raise ProofError(checkpoint.origin)
